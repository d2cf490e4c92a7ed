"""Chinese characters, and which language a text is answered in."""

import re
from typing import Final, Literal

HAN: Final = r"[\u3400-\u9fff]"
"""One Chinese character, as a pattern: the unified ideographs and their first extension."""

_HAN: Final = re.compile(HAN)
_LATIN: Final = re.compile("[A-Za-z]")
_QUOTED: Final = re.compile(r"[(（《“「\"][^()（）《》“”「」\"]*[)）》”」\"]")
_CHINESE: Final = re.compile("[谁誰哪什甚么麼何几幾多吗嗎呢的是了在吧请請]")
_ENGLISH: Final = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how|is|was|are|were|did|does|do|the|of|in|and|about|besides)\b",
    re.IGNORECASE,
)
"""Words of which either language has one in nearly every question."""


def is_latin(text: str) -> bool:
    """Return whether more than half of what a text prints are Latin letters.

    >>> is_latin("The bridge opened in 1936."), is_latin("GDP 增长7%"), is_latin("1936 | 1,460")
    (True, False, False)
    """
    return 2 * len(_LATIN.findall(text)) > len("".join(text.split()))


def language(text: str) -> Literal["zh", "en"]:
    """Return the language in which to speak of ``text``: Chinese if it has Chinese characters that no English quotes.

    >>> language("谁是 Li?"), language("那 GDP 呢?"), language("When was Sun (孙延文) born?"), language("《日报》")
    ('zh', 'zh', 'en', 'zh')
    """
    if not _HAN.search(text):
        return "en"
    own = _QUOTED.sub("", text)
    is_english = _ENGLISH.search(own) and not _CHINESE.search(own)
    return "en" if is_english or (_LATIN.search(own) and not _HAN.search(own)) else "zh"
