"""The people that a byline names."""

import re
from typing import Final

from qa.text.script import HAN

_ROLES: Final = re.compile(
    r"(?:本报|本刊|本社)?(?:首席|见习|实习|特约|特派|全媒体)?"
    r"(?:记者|記者|通讯员|通訊員|编辑|編輯|评论员|評論員|摄影|攝影|作者|整理|文/?|图/?|報道|报道|讯|訊)"
)
_HAN_BREAKS: Final = re.compile(r"[\s,，、;；()（）/]+")
_LATIN_BREAKS: Final = re.compile(r"\s*(?:,|;|&|\band\b)\s*", re.IGNORECASE)
_BY: Final = re.compile(r"by\s+", re.IGNORECASE)


def names_in(byline: str) -> tuple[str, ...]:
    """Return the names in a byline, each once, without what the people are.

    >>> names_in("本报记者 白云飞 通讯员 王勇"), names_in("By Mary O'Neil and John Smith"), names_in("张三、李四")
    (('白云飞', '王勇'), ("Mary O'Neil", 'John Smith'), ('张三', '李四'))
    """
    parts = _HAN_BREAKS.split(byline) if re.search(HAN, byline) else _LATIN_BREAKS.split(_BY.sub("", byline, count=1))
    named = (part.strip() for part in parts if not _ROLES.fullmatch(part))
    return tuple(dict.fromkeys(name for name in named if name))
