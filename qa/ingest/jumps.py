"""Articles that go on on another page of the paper: 下转04版 at the end of one half, 上接01版 above the other."""

import re
import unicodedata

from qa.ingest.dates import cardinal

_PAGE = r"第?\s?(?P<page>[A-Za-z\uff21-\uff3a\uff41-\uff5a]?[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})\s?版"
# (上接01版), 上接A1版, （紧接第一版）, 【上接第3版】; the title may be repeated after it.
_FROM = re.compile(rf"[（(【\[]?\s?[上紧]接\s?{_PAGE}[^，,。;；）)】\]]{{0,40}}[）)】\]]?")
_ON = re.compile(rf"[（(【\[]\s?下转\s?{_PAGE}[^，,。;；）)】\]]{{0,40}}[）)】\]]\s*\Z")
_FIRST = re.compile(rf"{_PAGE}(?:\s?[:：·|].{{0,20}}|\s[^。！？，,]{{0,20}})?")
_LAST = re.compile(rf".{{1,40}}(?<![\w-]){_PAGE}")


def is_jump(text: str) -> bool:
    """Whether a whole line says that an article goes on from another page.

    >>> is_jump("(上接01版)"), is_jump("(上接01版)在洛阳")
    (True, False)
    """
    return bool(_FROM.fullmatch(text))


def jump_mark(text: str) -> str | None:
    """Return the jump line that opens ``text``, the whole of it or its first words."""
    match = _FROM.fullmatch(text) or re.match(r"[（(【\[][^）)】\]]{2,50}[）)】\]]", text)
    return match.group() if match and is_jump(match.group()) else None


def continued_from(text: str) -> str | None:
    """Return the page named by the jump line that opens ``text``.

    >>> continued_from("(上接01版)"), continued_from("（紧接第一版）会议指出"), continued_from("会议指出")
    ('1', '1', None)
    """
    mark = jump_mark(text)
    match = _FROM.fullmatch(mark) if mark else None
    return _label(match["page"]) if match else None


def continues_on(text: str) -> str | None:
    """Return the page named by the jump line that closes ``text``.

    >>> continues_on("会议指出, (下转\uff21０4版)"), continues_on("(下转04版)会议指出")
    ('A4', None)
    """
    match = _ON.search(text, max(0, len(text) - 60))
    return _label(match["page"]) if match else None


def page_named(line: str) -> str | None:
    """Return the page that a line at the edge of a page names.

    >>> page_named("第04版:要闻"), page_named("洛阳日报 2021年10月14日 星期四 A02版"), page_named("改版公告")
    ('4', 'A2', None)
    """
    match = _FIRST.fullmatch(line) or _LAST.fullmatch(line)
    return _label(match["page"]) if match else None


def _label(page: str) -> str:
    page = unicodedata.normalize("NFKC", page).upper()
    letter, digits = (page[0], page[1:]) if "A" <= page[0] <= "Z" else ("", page)
    return f"{letter}{cardinal(digits)}"
