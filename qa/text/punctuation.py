"""Which characters end, part, open and close what newspapers write; Chinese, full-width and ASCII forms."""

import re
import unicodedata

CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff“”‘’…—·]")
SENTENCE_END = "。！？!?…"
CLAUSE_END = "；;"
COMMA = "，,"
ENUMERATION = "、"
COLON = "：:"
OPENING = "“‘《〈「『（(【[〔"
CLOSING = "”’》〉」』）)】]〕"
STRAIGHT = "\"'"
HYPHENS = "-\u2010¬"
"""What print sets where a line ends in the middle of a Latin word."""
PAIRS = dict(zip(CLOSING, OPENING, strict=True))
# No line of Chinese print begins with one of these.
NON_STARTERS = frozenset("。！？；：，、" + ",;:!?" + CLOSING)
CLAUSE_MARKS = frozenset(COMMA + CLAUSE_END + SENTENCE_END + ENUMERATION)
CLOSED_BY = frozenset(SENTENCE_END + CLAUSE_END + COLON + ".")  # a sentence, a clause of a list, the lead of one


def is_mark(character: str) -> bool:
    """Whether a character is punctuation or a symbol."""
    return unicodedata.category(character)[0] in "PS"


def is_cjk(character: str) -> bool:
    """Whether a character belongs to a script that sets no space between words (hanzi, kana and their punctuation)."""
    return bool(CJK.match(character))


def bare_end(text: str) -> str:
    """Return the last character that is not a closing quote or bracket; empty if there is none.

    >>> bare_end("他说:“好。”"), bare_end("“二分之一”")
    ('。', '一')
    """
    return text.rstrip(CLOSING + STRAIGHT)[-1:]
