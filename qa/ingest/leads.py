"""What the items of numbered and marked lists stand under: the leads of the items that they are parts of.

The marks tell: what is numbered otherwise than the item above is a part of it (一、 then （一） then 1. then ①), until
a mark of an outer kind comes again. A lead is short and no sentence; below one that is not, no item has heads.
"""

import re
from collections.abc import Iterator, Sequence

from qa.ingest.grid import MAX_HEAD
from qa.ingest.lines import Line, Role
from qa.text.punctuation import COLON
from qa.text.spacing import joined
from qa.types import Head

_HAN = "一二三四五六七八九十"
MARKS = (
    ("一、", re.compile(rf"[{_HAN}]{{1,3}}、\s?(?=\S)")),
    ("（一）", re.compile(rf"[（(]\s?[{_HAN}]{{1,3}}\s?[）)]、?\s?(?=\S)")),
    ("1.", re.compile(r"[0-9０-９]{1,3}(?:[.．](?![0-9０-９])|、)\s?(?=\S)")),
    ("（1）", re.compile(r"[（(]\s?[0-9０-９]{1,3}\s?[）)]\s?(?=\S)")),
    ("1）", re.compile(r"[0-9０-９]{1,3}[）)]\s?(?=\S)")),
    ("①", re.compile(r"[①-⑳]\s?(?=\S)")),
    ("", re.compile(r"[●■◆▲★•○□◇△☆]\s?(?=\S)")),
)
ENDED = re.compile(r"[。；！？;!?]")
MIN_LEAD = 2
OPEN_END = frozenset("，,、—-（(“《")
NEWLINES = "\r\n"


def leads_of(lines: Sequence[Line], text: str) -> Iterator[Head]:
    """Yield where each item of an article's lists begins, behind its mark, and its leads; ascending.

    A line without a mark right below a lead stands under it, where it is as short.
    """
    above = list[tuple[str, str | None]]()
    alone = False  # whether only short lines without marks stand between the last lead and this line
    for line in lines:
        found = _mark(line, text)
        if found is None:
            alone = alone and not line.level and line.role in (Role.TEXT, Role.TABLE_ROW) and _is_short(line.text)
            above = [] if line.level else above
            if alone and line.role is Role.TEXT and (words := joined_leads([lead for _, lead in above])):
                yield line.start, words
            continue
        kind, end = found
        known = next((depth for depth, (one, _) in enumerate(above) if one == kind), len(above))
        above = above[:known]
        if words := joined_leads([lead for _, lead in above]):
            yield line.original(end), words
        lead = lead_in(line.text[end:])
        above.append((kind, lead))
        alone = lead is not None and line.ending in COLON


def _mark(line: Line, text: str) -> tuple[str, int] | None:
    """Return the kind of a line's mark, and where its words begin; a Markdown mark is of the kind of its column."""
    if (line.level and line.role is not Role.SUBHEADING) or line.role is Role.CREDIT:
        return None
    for kind, pattern in MARKS:
        if found := pattern.match(line.text):
            return kind or found[0][0], found.end()
    if not line.bullet:
        return None
    begin = max(text.rfind(mark, 0, line.start) for mark in NEWLINES) + 1
    margin = text[begin : line.start]
    return f"-{len(margin.expandtabs(4)) - len(margin.expandtabs(4).lstrip())}", 0


def lead_in(words: str) -> str | None:
    """Return what an item says of those below it; ``None`` if it is no lead."""
    bare = words.rstrip("：: ")
    short = (
        sum(map(str.isalnum, bare)) >= MIN_LEAD
        and len(bare) <= MAX_HEAD
        and not ENDED.search(bare)
        and bare[-1] not in OPEN_END
    )
    return bare if short else None


def _is_short(words: str) -> bool:
    return len(words) <= MAX_HEAD and not ENDED.search(words)


def joined_leads(leads: Sequence[str | None]) -> str | None:
    """Return what is read before an item below these, of which some may be empty.

    ``None`` where there are none, or one is no lead.
    """
    return joined([lead for lead in leads if lead]) if any(leads) and None not in leads else None
