"""What newspapers' sites say of a page in its markup: who wrote the article, for whom, when, where it stands."""

import json
import re
from collections.abc import Iterator
from html import unescape

from qa.ingest.dates import file_date, full_date, stamp_date
from qa.text import Slice

MAX_HEAD = 256 << 10  # characters in which facts are looked for at either end of a page
META = re.compile(r"<meta\b[^<>]{0,2000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w:-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
AUTHORS = ("og:article:author", "article:author", "author", "byl", "dc.creator", "parsely-author", "sailthru.author")
SITES = ("og:site_name", "dc.publisher", "publisher")
TIMES = (
    *("article:published_time", "og:published_time", "og:article:published_time", "og:release_date", "pubdate"),
    *("publishdate", "publish-date", "publish_date", "datepublished", "dc.date.issued", "dc.date", "date", "pubtime"),
)
# WeChat: var ct = "1656648000"; createTime = '2022-07-01 12:00'. Others: "publishTime": "2022-07-01", pubtime: …
STAMP = re.compile(
    r"""\b(?:ct|createTime|create_time|publish_?[tT]ime|pub_?[tT]ime|publish_?[dD]ate|pub_?[dD]ate|datePublished)"""
    r"""["']?\s*[:=]\s*["']?(?P<time>[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{13}|[0-9]{10})(?![0-9])"""
)
ADDRESS = re.compile("https?:|/|@")
NOT_A_NAME = re.compile(rf"{ADDRESS.pattern}|^(?:admin\w*|root|editor|管理员|编辑|小编|佚名|本站|匿名)$", re.IGNORECASE)
MAX_NAME = 60
LINKED = re.compile(
    r"""<script\b[^<>]{0,200}\btype\s*=\s*["']?application/ld\+json\b[^<>]{0,200}>(?P<data>[^<]*+)</script""",
    re.IGNORECASE,
)
ARTICLE = re.compile("Article|Report|BlogPosting")
# Where the article stands, in the systems of WeChat and of the newspapers' own sites.
BODY = re.compile(
    r"""<(?P<tag>div|td|section|article|founder-content)\b[^<>]{0,400}?\b(?:id|class)\s*=\s*["'](?:[^"'<>]{0,100}\s)?"""
    r"""(?P<name>js_content|ozoom|TRS_Editor|UCAP-CONTENT|zoom|article-content|articleContent|artibody|endText)(?=[\s"'])""",
)
ALWAYS = "js_content"  # what stands around it in WeChat looks like sentences
# Founder's system for printed papers has elements of its own, which comments may quote: title, author, text.
FOUNDER = re.compile(r"<!--|-->|<founder-(?:pretitle|title|subtitle|author|content)\b", re.IGNORECASE)
FOUNDER_END = re.compile("</founder-content", re.IGNORECASE)
FOUNDER_DATE = re.compile(r"<(?:founder-)?date>\s*(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})", re.IGNORECASE)


def author(source: str) -> str | None:
    """Return who wrote the article, as the head of its page says, or its linked data.

    >>> author('<script type="application/ld+json">{"@type": "NewsArticle", "author": [{"name": "Ann Lee"}]}</script>')
    'Ann Lee'
    """
    stated = (*_meta(source, AUTHORS), *_linked(source, "author"))
    return next((value for value in stated if len(value) <= MAX_NAME and not NOT_A_NAME.search(value)), None)


def site(source: str) -> str | None:
    """Return what the head of a page calls the paper or the site that it is of.

    >>> site('<meta property="og:site_name" content="Gull Point Herald">')
    'Gull Point Herald'
    """
    stated = (*_meta(source, SITES), *_linked(source, "publisher"))
    return next((value for value in stated if len(value) <= MAX_NAME and not ADDRESS.search(value)), None)


def published(source: str) -> str | None:
    """Return the day on which the page came out, as its head says, or the system that made it, in Beijing time.

    >>> published('<meta name="pubdate" content="2022-07-01 09:15">')
    '2022-07-01'
    """
    stated = (full_date(value) or file_date(value) for value in _meta(source, TIMES))
    made = FOUNDER_DATE.search(source)
    return next(filter(None, stated), None) or (made["date"] if made else stamped(source) if ALWAYS in source else None)


def stamped(source: str) -> str | None:
    """Return the first day that a script names as that of publication; a time stamp is one of Beijing.

    >>> stamped('<script>var ct = "1656691200";</script>'), stamped('{"pubTime": "2022年7月1日 09:15"}')
    ('2022-07-02', '2022-07-01')
    """
    ends = source[:MAX_HEAD], source[max(MAX_HEAD, len(source) - MAX_HEAD) :]
    return next(
        filter(
            None,
            (stamp_date(match["time"]) or full_date(match["time"]) for part in ends for match in STAMP.finditer(part)),
        ),
        None,
    )


def body(source: str) -> tuple[Slice, bool] | None:
    """Return where the article stands in the source, and whether that is so for certain; ``None`` if not known."""
    if ended := FOUNDER_END.search(source):
        comment = False
        for tag in FOUNDER.finditer(source, 0, ended.start()):
            if tag.group().startswith("<") and not comment and tag.group() != "<!--":
                return (tag.start(), ended.start()), True
            comment = tag.group() == "<!--"
    begun = next((match for match in BODY.finditer(source) if match["name"] == ALWAYS), None) or BODY.search(source)
    if begun is None:
        return None
    depth = 0
    for tag in re.compile(rf"<(/?){begun['tag']}\b", re.IGNORECASE).finditer(source, begun.start()):
        depth += -1 if tag[1] else 1
        if not depth:
            return (begun.start(), tag.start()), begun["name"] == ALWAYS
    return (begun.start(), len(source)), False


def _linked(source: str, name: str) -> Iterator[str]:
    """Yield what the article of a page's linked data names as ``author`` or ``publisher``, several at once."""
    for script in LINKED.finditer(source):
        if script.end() - script.start() > MAX_HEAD:
            continue
        try:
            data = json.loads(script["data"])
        except (ValueError, RecursionError):
            continue
        graph = data.get("@graph", data) if isinstance(data, dict) else data
        for one in graph if isinstance(graph, list) else [graph]:
            if isinstance(one, dict) and ARTICLE.search(str(one.get("@type"))):
                named = one.get(name)
                names = map(_name, named if isinstance(named, list) else [named])
                if words := ", ".join(filter(None, names)):
                    yield words


def _name(value: object) -> str:
    """Return the name of a person or a body, by itself or in its object."""
    stated = value.get("name") if isinstance(value, dict) else value
    return " ".join(unescape(stated).split()) if isinstance(stated, str) else ""


def _meta(source: str, names: tuple[str, ...]) -> list[str]:
    """Return what the page says under these names, in their order."""
    said = dict[str, str]()
    for tag in META.finditer(source[:MAX_HEAD]):
        stated = {key.lower(): unescape(one or other).strip() for key, one, other in ATTRIBUTE.findall(tag.group())}
        name = stated.get("property") or stated.get("name") or stated.get("itemprop") or ""
        if stated.get("content"):
            said.setdefault(name.lower(), stated["content"])
    return [said[name] for name in names if name in said]
