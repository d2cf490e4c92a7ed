"""The words by which somebody corrects a question that they asked."""

import re
from typing import Final

_NO: Final = (
    r"(?:不是[^,，]{1,20}[,，]\s*(?=我)|(?:(?:不是|不对|不|错了|搞错了|抱歉|对不起)的?(?:[,，.。!！;；]\s*|\s+|(?=我)))+)|"
    r"(?:(?:no|sorry|not that|wrong|actually)(?:[,，.!;]\s*|\s+(?=i )))+"
)
_I_MEANT: Final = r"我(?:刚才|其实|本来)?(?:是[问指说]|[问指说]的(?:其实)?是)|i (?:actually )?meant?\b[\s,:]*"
_I_ASKED: Final = (
    r"我(?:(?:想|要)(?:问|知道)的?是?|[问指说])|i (?:asked|was asking|want(?:ed)? to know)(?: about)?\b[\s,:]*"
)
_CORRECTION: Final = re.compile(
    rf"(?:(?:{_NO})(?:{_I_MEANT}|{_I_ASKED})?|(?:{_I_MEANT}))(?P<said>.+)", re.IGNORECASE | re.DOTALL
)


def corrected(said: str) -> str | None:
    """Return what somebody who corrects a question asks instead; ``None`` for other questions.

    >>> corrected("不是,我问的是石门镇"), corrected("No, when did it open?"), corrected("No one was there?")
    ('石门镇', 'when did it open?', None)
    """
    found = _CORRECTION.match(said.strip())
    return found["said"] if found else None
