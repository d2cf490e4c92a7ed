"""Greetings, thanks and the like: what is said around questions, which no archive answers."""

import re
from typing import Final

_MARKS: Final = r"\s,，.。!！?？~、;；"
_CHINESE: Final = (
    "[您你]好|各位好?|大家好|嗨|[早晚]安|[早上中下晚][上午]好|多谢|谢谢|谢[了啦]|感谢|[十非]分?常?感谢|辛苦了?|麻烦了|不客气|"
    "再见|拜拜|好的?|行|可以|嗯+|[哦噢]+|知道了|明白了?|了解了?|收到|原来如此|没事了?|没问题"
)
_ENGLISH: Final = (
    "hello|hi|hey|there|good (?:morning|afternoon|evening|night)|(?:many )?thanks|thx|good|fine|mate|really|"
    "thank you|"
    "a lot|so much|very much|again|cheers|great|perfect|ok(?:ay)?|all ?right|i see|got it|understood|(?:good)?bye"
)
_SMALL_TALK: Final = re.compile(
    rf"(?:(?:{_CHINESE})(?:[您你啊呀哈啦了]|大家|各位|你们)?[{_MARKS}]*)+|(?:(?:{_ENGLISH})(?![a-z])[{_MARKS}]*)+",
    re.IGNORECASE,
)
_LONGEST: Final = 80


def is_small_talk(said: str) -> bool:
    """Whether ``said`` is a greeting, thanks or the like and nothing else.

    >>> is_small_talk("好的,谢谢!"), is_small_talk("Thank you very much."), is_small_talk("谢谢,那王芳呢?")
    (True, True, False)
    """
    return len(said) <= _LONGEST and bool(_SMALL_TALK.fullmatch(said.strip()))
