"""A follow-up question, rewritten so that it can be asked alone."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final, Protocol

from qa.chat import chinese, english, words
from qa.chat.completeness import is_complete
from qa.chat.corrected import corrected
from qa.chat.exchange import Context, Exchange
from qa.config import MAX_QUESTION
from qa.question import is_small_talk
from qa.text.dates import cardinal
from qa.text.folding import simplified
from qa.text.script import language

REMEMBERED: Final = 4
"""Turns that a follow-up may refer to: further back, what a pronoun refers to is unclear."""

MOST_ITEMS: Final = 100
"""Items of one answer that a follow-up may refer to, as many as a question has room for: of more, none."""

_BESIDES = re.compile("^(?:除了.+?[,，](?:还有)?|Besides .+?, (?=(?:who|what|which|when|where) ))")
_ASKS_PERSON = re.compile(r"\bwhom?\b|谁|哪.?[位名]|(?:哪些|什么|何)人|叫[什啥]|什么名字", re.IGNORECASE)
_NTH: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTED = re.compile(
    r"(?:第(?P<digits>[一二三四五六七八九十]{1,3}|\d{1,2})|最后一)[个位项家座条部所件](?!.+的(?!$))(?P<rest>.*)|"
    rf"(?:^|\bthe )(?P<nth>{'|'.join(_NTH)}|last)(?: one\b|(?=$| (?:is|was|did|does|will)\b))",
    re.IGNORECASE,
)
"""What counts to an item of a list: 第二个, 最后一位, the third one."""
_SENTENCE_END = re.compile(r"[.。!！;；,，]\s*(?=.)")


class _Language(Protocol):
    """What either module offers: the signs that it knows a follow-up by, and the operations on one."""

    MORE: re.Pattern[str]
    WHEN_ALONE: re.Pattern[str]
    ASKING: re.Pattern[str]
    ASKS_FOR_THING: re.Pattern[str]
    PRONOUN: re.Pattern[str]
    BESIDES: tuple[str, str]

    def bare(self, question: str) -> str: ...
    def topic(self, said: str) -> str | None: ...
    def names(self, text: str) -> list[str]: ...
    def is_person(self, name: str) -> bool: ...
    def subject(self, asked: str) -> str | None: ...
    def about(self, topic: str, context: Context) -> str: ...
    def when(self, when: str, context: Context) -> str: ...
    def resolved(self, asked: str, context: Context) -> str: ...
    def is_named(self, asked: str) -> bool: ...
    def signs(self, asked: str) -> dict[str, float]: ...
    def continued(self, asked: str, context: Context) -> str | None: ...


LANGUAGES: Final[dict[str, _Language]] = {"zh": chinese, "en": english}


def understand(question: str, earlier: Sequence[Exchange]) -> str:
    """Return ``question`` as it is to be asked alone; unchanged where it is complete in itself.

    ``earlier`` are the turns before, the latest last, each with its question as understood. What is longer than a
    question can be is not looked into: rules search it in every direction, and clients send what they like as history.

    >>> understand("孙延文呢?", [Exchange("李新建被任命为什么职务?", ("副市长",))])
    '孙延文被任命为什么职务?'
    >>> understand("Who chaired it?", [Exchange("When was the 28th meeting held?", ("12日",))])
    'Who chaired the 28th meeting?'
    >>> understand("“三清两建”专项行动什么时候完成?", [Exchange("周瑞文的职务是什么?")])
    '“三清两建”专项行动什么时候完成?'
    """
    if len(question) > MAX_QUESTION or is_small_talk(question):
        return question
    topics = (turn for turn in reversed(earlier) if len(turn.question) <= MAX_QUESTION)
    before = list(islice((turn for turn in topics if not is_small_talk(turn.question)), REMEMBERED))[::-1]
    rewritten = _rewritten(question, before) if before else None
    # A question too long to be asked helps nobody: better the words as they were typed.
    return rewritten if rewritten and len(rewritten) <= MAX_QUESTION else question


def asks_for_more(question: str) -> bool:
    """Whether ``question`` asks for further items of the last answer, and nothing else.

    >>> asks_for_more("还有谁?"), asks_for_more("Who else?"), asks_for_more("还有谁被免职?")
    (True, True, False)
    """
    part = _part(question)
    return len(question) <= MAX_QUESTION and bool(part.MORE.fullmatch(part.bare(question)))


def listed(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the item of the last answer that ``question`` names or counts to, where it asks nothing of it.

    >>> listed("第二家呢?", [Exchange("哪两家企业获奖?", ("光明厂", "红旗厂"))])
    '红旗厂'
    """
    turns = [turn for turn in earlier if not is_small_talk(turn.question)]
    if len(question) > MAX_QUESTION or not turns or not 1 < len(turns[-1].items) <= MOST_ITEMS:
        return None
    part = _part(question)
    topic = part.topic(question)
    meant = topic and _resolved(topic, _context(turns[-1:], part), part)
    return next((item for item in turns[-1].items if meant in (item, simplified(item))), None)


def _part(text: str) -> _Language:
    return LANGUAGES[language(text)]


def _rewritten(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the question as it can be asked alone, ``None`` if it already can."""
    correction = corrected(question)
    said, is_meant = correction or (question, False)
    part = _part(said)
    if not correction or part.ASKING.search(part.bare(said)):
        rewritten = _alone(said, _context(earlier, part), part)
        return said if rewritten is None and is_meant else rewritten
    # No, I meant the librarian. What is her name?
    meant, _, rest = _SENTENCE_END.sub("\n", said, count=1).partition("\n")
    if rest and part.ASKING.search(part.bare(rest)):
        return _rewritten(rest, [*earlier, Exchange("Which one or who is it?", (meant,))]) or rest
    return _closed(part.about(part.bare(meant), _context(earlier, part)))


def _alone(said: str, context: Context, part: _Language) -> str | None:
    """Rewrite by the first operation that fits; ``None`` if none does, or the question is complete.

    They are the same in both languages: ask for more; put a topic in the place of its like; ask when or where, or who
    was removed, of what was said; put for pronouns what they mean; add what the talk is about.
    """
    asked = part.bare(said)
    if part.MORE.fullmatch(asked):
        found: str | None = _more(context.last, *part.BESIDES)
    elif topic := part.topic(said):
        # 那他呢 asks of him what was asked before.
        found = part.about(_resolved(topic, context, part), context)
    elif not part.ASKING.search(asked):
        found = None
    elif alone := part.WHEN_ALONE.fullmatch(asked):
        found = part.when(alone["when"], context)
    elif (resolved := _resolved(asked, context, part)) != asked:
        found = resolved
    elif part.is_named(asked) or is_complete(part.signs(asked), language(said)):
        found = None
    else:
        found = part.continued(asked, context)
    return None if found is None else _closed(found)


def _resolved(asked: str, context: Context, part: _Language) -> str:
    """Name what pronouns refer to, and the item of the last list that is counted to."""
    found = _COUNTED.search(asked)
    kinds = [kind for _, kind in words.tagged(found["rest"])[:2]] if found and found["rest"] else []
    # 第一位女市长 is nobody of a list; 第一位毕业于… is.
    if not found or (kinds and kinds[0][0] in "nbajf" and kinds[1:] != ["p"]):
        return part.resolved(asked, context)
    digits, nth = found["digits"], (found["nth"] or "").lower()
    last = len(context.items)
    at = cardinal(digits) if digits else 1 + _NTH.index(nth) if nth in _NTH else last
    end = found.start("rest") if found["rest"] is not None else found.end()
    item = context.items[at - 1] if 0 < at <= last else asked[found.start() : end]
    return part.resolved(asked[: found.start()] + item + asked[end:], context)


def _more(last: Exchange, besides: str, joint: str) -> str:
    """Ask for what the last answer did not have."""
    question = last.question[:1].lower() + last.question[1:]
    return besides.format(joint.join(last.items), question) if last.items else last.question


def _closed(question: str) -> str:
    return f"{question[:1].upper()}{question[1:]}?"


def _context(earlier: Sequence[Exchange], part: _Language) -> Context:
    """Return what a follow-up in the language of ``part`` may refer to; each turn is read in its own."""
    spelled = simplified if part is chinese else str
    turns, people, answers, subject = list[Exchange](), tuple[str, ...](), set[str](), None
    for turn in earlier:
        own = _part(turn.question)
        asked = own.bare(_BESIDES.sub("", own.bare(turn.question)))
        fit = len(turn.items) <= MOST_ITEMS and sum(map(len, turn.items)) <= MAX_QUESTION
        items = tuple(map(spelled, turn.items)) if fit else ()
        turns.append(Exchange(asked, items))
        if items and (_ASKS_PERSON.search(asked) or all(_part(item).is_person(item) for item in items)):
            people = items
            answers.update(items)
        else:
            people = tuple(own.names(asked)) or people
        if not (subject and subject.lower() in asked.lower()):
            # Who was the answer does not take over: the talk is still of the company whose director was asked for.
            found = own.subject(asked)
            subject = subject if subject and (found or "").startswith(tuple(answers)) else found
    last = turns[-1]
    is_thing = len(last.items) == 1 and not last.items[0][:1].isdigit()
    thing = last.items[0] if is_thing and _part(last.question).ASKS_FOR_THING.search(last.question) else None
    items = next((turn.items for turn in reversed(turns) if len(turn.items) > 1), ())
    return Context(tuple(turns), people, thing, subject, items)
