"""What is said around a question: greetings and thanks, which are no topic, and the words that correct one."""

import re
from typing import Final

_MARKS: Final = r"\s,，.。!！?？~、;；"
_CHINESE: Final = (
    "[您你]好|大家好|嗨|[早晚]安|[早上中下晚][上午]好|多谢|谢谢|谢[了啦]|感谢|[十非]分?常?感谢|辛苦了?|麻烦了|不客气|"
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
_NO: Final = (
    r"(?:不是[^,，]{1,20}[,，]\s*(?=我)|(?:(?:不是|不对|不|错了|搞错了|抱歉|对不起)的?(?:[,，.。!！;；]\s*|\s+|(?=我)))+)|"
    r"(?:(?:no|sorry|not that|wrong|actually)(?:[,，.!;]\s*|\s+(?=i )))+"
)
_I_MEANT: Final = r"我(?:刚才|其实|本来)?(?:是[问指说]|[问指说]的(?:其实)?是)|i (?:actually )?meant?\b[\s,:]*"
_I_ASKED: Final = (
    r"我(?:(?:想|要)(?:问|知道)的?是?|[问指说])|i (?:asked|was asking|want(?:ed)? to know)(?: about)?\b[\s,:]*"
)
_CORRECTION: Final = re.compile(
    rf"(?:(?:{_NO})(?:{_I_MEANT}|{_I_ASKED})|(?:{_I_MEANT}))(?P<meant>.+)|(?:{_NO})(?P<instead>.+)",
    re.IGNORECASE | re.DOTALL,
)


def is_small_talk(said: str) -> bool:
    """Whether ``said`` is a greeting, thanks or the like and nothing else.

    >>> is_small_talk("好的,谢谢!"), is_small_talk("Thank you very much."), is_small_talk("谢谢,那王芳呢?")
    (True, True, False)
    """
    return len(said) <= _LONGEST and bool(_SMALL_TALK.fullmatch(said.strip()))


def corrected(said: str) -> tuple[str, bool] | None:
    """Return what somebody who corrects a question asks instead, and whether they say so; ``None`` for other questions.

    >>> corrected("不是,我问的是石门镇"), corrected("No, when did it open?"), corrected("No one was there?")
    (('石门镇', True), ('when did it open?', False), None)
    """
    found = _CORRECTION.match(said.strip())
    return (found["meant"] or found["instead"], bool(found["meant"])) if found else None
