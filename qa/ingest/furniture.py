"""What stands on a page for its own sake: page numbers, running heads, a web site's labels and links.

It is left out of articles, and where it stands in a line it ends a sentence as a line break does.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from qa.ingest.dates import FULL
from qa.ingest.lines import BLANKS, NEWLINE
from qa.ingest.masthead import NAME
from qa.text import Slice
from qa.text.punctuation import CLAUSE_MARKS

_BLANK = rf"[{re.escape(BLANKS)}]{{0,40}}"  # bounded: they are looked for from every line's start, over empty ones
_PAGES = r"[页版]"
_NUMBER = r"[0-9０-９]{1,4}"
# A credit without a name (责任编辑：) says nothing; one with a name is kept.
_LABELS = (
    r"^[^\n，,。]{0,30}?(?P<body>，正文：)",
    rf"(?:(?<=正文：)|(?<=[\n\r。！？])|^){_BLANK}(?P<original>原标题[：:])",
    rf"(?P<sohu>返回搜狐，查看更多(?:{_BLANK}责任编辑[：:]?{_BLANK}$)?)",
    rf"(?P<editor>[\[【（(]?责任?编辑?[：:]{_BLANK}[\]】）)]?){_BLANK}$",
    r"(?P<more>更多精彩内容请(?:进入|关注|点击)[^\n，,。]{1,12})$",
    r"(?P<scan>[（(]?(?:扫描|长按)[^\n，,。]{0,8}二维码[^\n，,。]{0,12}关注[^\n，,。]{0,12})$",
)
_TOOLS = (
    r"返回(?:首页|顶部|列表|上页)?|打印(?:本[页文])?|关闭(?:窗口|本页)?|收藏(?:本[页文])?|分享到?|[上下]一[篇页]|首页|末页|字号[：:]?(?:\s?[大中小]){0,3}"
    r"|(?<!\d)\d{1,3}(?!\d)"
)
_WHOLE = (
    rf"[-—–·•]+\s*{_NUMBER}\s*[-—–·•]+",
    r"(?:[—–─━═=]\s?){3,120}",  # rules between headlines and articles
    r"[\u2500-\u257f][\u2500-\u257f\s]{2,250}|\+[-=]{2}[-=+]{1,250}",  # and between the rows of a table: ├──┼──┤
    # The same as OCR reads them: ,. ~ . - __ -
    r"(?!(\S)(?:\s|\1)*$)(?=(?:[^\n]*?[~^_=*•-]){2})[~^_=*•.,;'`\"°<> -]{4,120}",
    rf"第\s?{_NUMBER}\s?{_PAGES}(?:\s*[/，,]?\s*共\s?{_NUMBER}\s?{_PAGES})?",
    r"[A-Za-z]?[0-9０-９]{1,3}\s?版",
    r"[Pp]age\s[0-9]{1,4}(?:\s(?:of|/)\s[0-9]{1,4})?",
    r"\[[^\[\]\n]{1,30}\]\([^()\s]{1,500}\)",
    # What a site says of itself, and the tools of its pages.
    r"[^\n。]{0,60}?(?:版权所有|版權所有|未经授权不得转载|ICP备\s?[0-9]{6,10}号)[^\n。]{0,120}",
    r"(?:©|[Cc]opyright ©?\s?[12][0-9]{3})[^\n]{0,160}|[Aa]ll rights reserved\.?[^\n]{0,80}",
    r"(?:Already a subscriber\?|Subscribe (?:now )?to (?:continue|keep) reading)[^\n]{0,80}",
    r"Sign up for (?:our|the) [^\n.]{0,40}?newsletter[^\n]{0,80}",
    rf"(?=[^\n]{{0,60}}?(?:返回|打印|关闭|收藏|分享|[上下]一[篇页]))(?:(?:{_TOOLS})[\s|｜·【】\[\]]{{0,5}}){{2,20}}",
    r"https?://[^\s，。]{1,500}|www\.[^\s，。]{1,500}",
)
LABEL = re.compile("|".join(_LABELS), re.MULTILINE)
WHOLE = re.compile("|".join(_WHOLE))
# At the edge of a page only: a bare number, and a line that dates the issue or names the page.
BARE_NUMBER = re.compile(r"[A-Za-z]?[0-9０-９]{1,4}(?:\s?/\s?[0-9]{1,4})?")
MASTHEAD = re.compile(
    rf"[^。！？，,；]{{0,20}}?(?:{FULL.pattern}).{{0,30}}?(?:星期|周[一二三四五六日]|{_PAGES}|责编).{{0,30}}"
)
PAGE_BREAK = "\f"
EDGE = 2  # lines at the top and at the bottom of a page
MIN_REPEATED = 3  # pages that show the same line there, but for its digits
MAX_LINE = 60


def furniture(text: str) -> list[Slice]:
    r"""Return the spans of ``text`` that belong to no article, in order, none empty.

    >>> text = "原标题：会议召开\n会议召开。返回搜狐，查看更多责任编辑：\n- 3 -"
    >>> [text[a:b] for a, b in furniture(text)]
    ['原标题：', '返回搜狐，查看更多责任编辑：', '- 3 -']
    """
    spans = [match.span(match.lastgroup or 0) for match in LABEL.finditer(text)]
    spans += [(a, b) for a, b in _lines(text) if WHOLE.fullmatch(text, a, b)]
    if PAGE_BREAK in text:
        spans += _page_edges(text)
    return _disjoint(sorted(set(spans)))


def _lines(text: str) -> Iterator[Slice]:
    """Yield the short lines of ``text``, without blanks around them."""
    start = 0
    for newline in (*(match.span() for match in NEWLINE.finditer(text)), (len(text), len(text))):
        line = text[start : newline[0]] if newline[0] - start <= 600 else ""  # links are the longest
        words = line.strip(BLANKS)
        if words:
            first = start + line.index(words)
            yield first, first + len(words)
        start = newline[1]


def _page_edges(text: str) -> Iterator[Slice]:
    breaks = [at for at in range(len(text)) if text[at] == PAGE_BREAK]
    pages: list[list[Slice]] = [[] for _ in range(len(breaks) + 1)]
    for line in _lines(text):
        pages[bisect_right(breaks, line[0])].append(line)
    edges = [(*page[:EDGE], *page[max(EDGE, len(page) - EDGE) :]) for page in pages]
    repeated = Counter(key for edge in edges for key in {_key(text, line) for line in edge})
    for edge in edges:
        for (first, last), below in zip(edge, [*edge[1:], (0, 0)], strict=False):
            words = text[first:last]
            often = repeated[_key(text, (first, last))] >= MIN_REPEATED and CLAUSE_MARKS.isdisjoint(words)
            if (
                (often and len(words) <= MAX_LINE)
                or BARE_NUMBER.fullmatch(words)
                or (len(words) <= MAX_LINE and MASTHEAD.fullmatch(words))
                or (NAME.fullmatch(words) and MASTHEAD.fullmatch(text[slice(*below)]))
            ):
                yield first, last


def _key(text: str, line: Slice) -> str:
    return re.sub(r"[0-9０-９]+", "0", text[line[0] : line[1]])


def _disjoint(spans: Sequence[Slice]) -> list[Slice]:
    kept = list[Slice]()
    for start, end in spans:
        if start < end and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return kept
