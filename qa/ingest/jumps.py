"""Articles that go on on another page of the paper: 下转04版 at the end of one part, 上接01版 above the next.

A page is named by its number alone (``4``, ``A2``). Where a paper tells several jumps to one page apart by a sign
(``下转4版①``), the sign follows it (``4①``); where an article goes on on several pages, ``、`` stands between them.
"""

import re
import unicodedata

from qa.ingest import english_jumps
from qa.text.dates import cardinal

_OPENING, _CLOSING = "（(【\\[〔「『〈＜<", "）)】\\]〕」』〉＞>"
_OPEN, _CLOSE = rf"[{_OPENING}]\s?", rf"\s?[{_CLOSING}]"
_SIGNS = "①-⑳▲△▼▽■□◆◇●○★☆"
_SIGN = f"[{_SIGNS}]"
_POINTER, _BACK = r"[▶►▷→☞➤⇨»>↓*]*\s?", r"[◀◄◁←☜«<↑]*\s?"
_LETTERS = "A-Za-z\uff21-\uff3a\uff41-\uff5a"
_FIGURES = r"-?[0-9０-９]{1,3}(?![0-9０-９])"
_HAN = "[一二三四五六七八九十]{1,3}"
_NUMBER = rf"(?:[{_LETTERS}]{{0,2}}{_FIGURES}|{_HAN}|[①-⑳]|[头頭])"
_PAGE_NUMBER = rf"(?:第\s?)?{_NUMBER}(?:\s?[版頁页])?"
# 4版, 第四版, 2版、3版, ②版, A04.
_PAGES = (
    rf"(?P<pages>{_PAGE_NUMBER}(?:\s?[、,，和及—–~～-]\s?{_PAGE_NUMBER}){{0,3}}(?<=[版頁页])"
    rf"|[{_LETTERS}]{{1,2}}{_FIGURES})"
)
_SECTION = r"\s?(?:(?:(?![第一二三四五六七八九十头頭])[\u3400-\u9fff]){1,4}[·・\s]?)??"  # 下转要闻4版, 今日4版
_REST = rf"[^，,。;；{_CLOSING}]{{0,40}}"  # the title, repeated
_AFTER = rf"(?P<rest>{_REST}){_CLOSE}\s?(?P<last>{_SIGN}?)"
_BARE_REST = rf"(?P<rest>(?:[\s:：·・《“「]{_REST})?|{_SIGN})"
_FROM = tuple(
    re.compile(rf"\*?{form}\*?")  # Markdown's emphasis, as below
    for form in (
        # （上接01版）, 【上接第3版《春天》】, ▲（上接第一版）, （接A1版）
        rf"(?P<sign>{_SIGN}?)\s?{_OPEN}(?P<inner>{_SIGN}?)\s?(?:[上紧緊承续續]接{_SECTION}|[接续續]\s?){_PAGES}{_AFTER}",
        # 上接A1版, ①上接第一版 春天
        rf"{_BACK}(?P<sign>{_SIGN}?)\s?(?:[上紧緊承续續]接{_SECTION}|[接续續]\s?){_PAGES}{_BARE_REST}",
        rf"{_OPEN}[上紧緊]接\s?(?P<pages>[①-⑳]){_CLOSE}",
    )
)
# A sign before the bracket may be the end of the text.
_FLAGGED, _ONWARD = rf"{_SIGN}?\s?{_POINTER}", r"文?(?:[下紧緊][转轉]|下接)"
_ON = tuple(
    re.compile(rf"{form}[\s▶►→»>*]*\Z")
    for form in (
        rf"{_FLAGGED}{_OPEN}{_POINTER}(?P<inner>{_SIGN}?)\s?(?:{_ONWARD}{_SECTION}|文?[转轉][入至]?\s?){_PAGES}{_AFTER}",
        rf"{_FLAGGED}{_ONWARD}{_SECTION}{_PAGES}{_BARE_REST}",
        rf"{_OPEN}{_ONWARD}\s?(?P<pages>[①-⑳]){_CLOSE}",
        rf"\A{_FLAGGED}文?[转轉]\s?{_PAGES}",
    )
)
_OPENING_BARE = re.compile(rf"{_BACK}{_SIGN}?\s?[上紧緊]接\s?{_PAGES}")
_IN_BRACKETS = re.compile(rf"{_SIGN}?\s?[{_OPENING}][^{_CLOSING}]{{2,60}}[{_CLOSING}]\s?{_SIGN}?")
_AT_END = re.compile(rf"[{_OPENING}][^{_OPENING}{_CLOSING}]{{2,60}}[{_CLOSING}]\s?{_SIGN}?\s*\Z")
MAX_MARK = 80  # characters

_NAMED = re.compile(_NUMBER)
_ONE_SIGN = re.compile(_SIGN)
_PAGE = rf"第?\s?(?P<page>[{_LETTERS}]?[0-9０-９]{{1,3}}|{_HAN})\s?版"
_FIRST = re.compile(rf"{_PAGE}(?:\s?[:：·|].{{0,20}}|\s[^。！？，,]{{0,20}})?")
_LAST = re.compile(rf".{{1,40}}(?<![\w-]){_PAGE}")


def is_jump(text: str) -> bool:
    """Whether a whole line says that an article goes on from another page.

    >>> is_jump("(上接01版)"), is_jump("上接第一版"), is_jump("(上接01版)在洛阳")
    (True, True, False)
    """
    return len(text) <= MAX_MARK and (any(form.fullmatch(text) for form in _FROM) or bool(english_jumps.back(text)))


def is_onward_jump(text: str) -> bool:
    """Whether a whole line says that an article goes on on another page.

    >>> is_onward_jump("▶下转第四版"), is_onward_jump("会议指出,要加快(下转04版)")
    (True, False)
    """
    return len(text) <= MAX_MARK and (any(form.fullmatch(text) for form in _ON) or english_jumps.is_onward(text))


def jump_mark(text: str) -> str | None:
    """Return the jump line that opens ``text``, the whole of it or its first words.

    >>> jump_mark("①（上接第一版）会议指出"), jump_mark("上接第一版会议指出,要加快")
    ('①（上接第一版）', '上接第一版')
    """
    if is_jump(text):
        return text
    openings = (pattern.match(text) for pattern in (_IN_BRACKETS, _OPENING_BARE))
    return next((match.group() for match in openings if match and is_jump(match.group())), None)


def continued_from(text: str) -> str | None:
    """Return the page named by the jump line that opens ``text``.

    >>> continued_from("(上接01版)"), continued_from("（紧接第一版①）会议指出"), continued_from("会议指出")
    ('1', '1①', None)
    """
    mark = jump_mark(text)
    found = (form.fullmatch(mark) for form in _FROM) if mark else ()
    return next((_label(match) for match in found if match), english_jumps.back(mark) if mark else None)


def title_continued_from(title: str) -> str | None:
    """Return the page that a title names which the jump line opens, or closes.

    >>> title_continued_from("何雄调研产业集聚（上接01版）"), title_continued_from("何雄调研产业集聚")
    ('1', None)
    """
    closing = _AT_END.search(title)
    return continued_from(title) or (continued_from(closing.group().strip()) if closing else None)


def continues_on(text: str) -> str | None:
    """Return the page named by the jump line that closes ``text``.

    >>> continues_on("会议指出, (下转\uff21０4版)"), continues_on("▶下转2版、3版"), continues_on("(下转04版)会议指出")
    ('A4', '2、3', None)
    """
    found = (form.search(text, max(0, len(text) - MAX_MARK)) for form in _ON)
    return next((_label(match) for match in found if match), english_jumps.onward(text))


def page_named(line: str) -> str | None:
    """Return the page that a line at the edge of a page names.

    >>> page_named("第04版:要闻"), page_named("洛阳日报 2021年10月14日 星期四 A02版"), page_named("改版公告")
    ('4', 'A2', None)
    """
    match = _FIRST.fullmatch(line) or _LAST.fullmatch(line)
    return _number(match["page"]) if match else None


def _label(match: re.Match[str]) -> str:
    groups = match.groupdict()
    around = "".join(groups.get(name) or "" for name in ("sign", "inner", "last"))
    sign = _ONE_SIGN.search(around) or _ONE_SIGN.match((groups.get("rest") or "").strip())
    pages = dict.fromkeys(_number(page.group()) for page in _NAMED.finditer(groups["pages"]))
    return "、".join(pages) + (sign.group() if sign else "")


def _number(page: str) -> str:
    page = unicodedata.normalize("NFKC", page).upper().replace("-", "").replace("头", "1").replace("頭", "1")
    digits = page.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"{page[: len(page) - len(digits)]}{cardinal(digits)}"
