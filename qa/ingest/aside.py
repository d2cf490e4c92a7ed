"""What stands on a page beside its articles and may be asked for all the same, and what in them is none of their text.

The first are the facts of an imprint: the hotline, the editors, the edition's price, the postal number. They make small
passages of their own. The date of a masthead is in none of these: it answers no question of when something happened.
The second is the stamp that a site sets below a headline, with the day on which the page came out: an article's date,
not a day that it tells of.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qa.ingest import english
from qa.ingest.articles import Story
from qa.ingest.dates import FULL, WITHOUT_DATE, is_date_line
from qa.ingest.lines import Line, Role, split_lines
from qa.ingest.masthead import IMPRINT, MAX_LINE, is_colophon, is_of_head
from qa.text import Slice

SAYS = re.compile(r"[:：0-9０-９一二三四五六七八九十]")  # what a label has behind it
BEGINS = re.compile(r"(?:^|[\s\u3000,，。;；|｜])[^\s\u3000,，。;；|｜]*$")
MAX_STAMP = 60
STAMP = re.compile(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[:：][0-9]{2}|(?:时间|時間|日期)[:：]")
BELOW_TITLE = (Role.CREDIT, Role.DATE_LINE, Role.JUMP)


def imprints(stories: Sequence[Story], text: str, aside: Iterable[Slice]) -> list[Line]:
    """Return what the mastheads and colophons of a page say of who makes the paper and how to reach it, each once."""
    kickers = (line for story in stories for line in story.kickers)
    edges = (_moved(line, start) for start, end in aside for line in split_lines(text[start:end]))
    first: dict[str, Line] = {}
    for line in sorted((part for line in (*kickers, *edges) if (part := _imprint(line))), key=lambda line: line.start):
        first.setdefault(line.text, line)
    return list(first.values())


def _imprint(line: Line) -> Line | None:
    """Return the part of a line that an imprint is; without the name, the date and the page before it.

    >>> [line] = split_lines("2008年11月6日 星期四   责编:冀小红 版式:温静")
    >>> _imprint(line).text
    '责编:冀小红 版式:温静'
    """
    found = IMPRINT.search(line.text)
    if found is None or len(line.text) > MAX_LINE or not (is_of_head(line.text) or is_colophon(line.text)):
        return None
    begins = BEGINS.search(line.text, 0, found.start())
    start = found.start() - len(begins[0].lstrip(" \t\u3000,，。;；|｜\xa0")) if begins else found.start()
    dates = (date.start() for date in FULL.finditer(line.text, found.end()))
    end = next((at for at in dates if not IMPRINT.search(line.text, at)), len(line.text))
    words = line.text[start:end].rstrip()
    return line.part(start, start + len(words)) if SAYS.search(words) else None


def without_stamps(story: Story) -> tuple[Story, list[Line]]:
    """Return an article without the stamps below its title, and these."""
    body, stamps = list[Line](), list[Line]()
    lines = iter(story.body)
    for line in lines:
        if line.role not in BELOW_TITLE:
            body.append(line)
            break
        bounds = _stamp(line.text)
        stamps += [line.part(*bounds)] if bounds else []
        body += _rest(line, bounds) if bounds else [line]
    body += lines
    return (replace(story, body=tuple(body)), stamps) if body and stamps else (story, [])


def _stamp(text: str) -> Slice | None:
    """Return the bounds of the stamp in a line below a title."""
    if stamped := english.stamp(text):
        return stamped
    if len(text) > MAX_STAMP:
        return None
    if is_date_line(text) and (dated := FULL.search(text)):
        labelled = text[: dated.start()].rstrip().endswith((":", "："))
        return (0 if labelled else dated.start(), len(text)) if STAMP.search(text) else None
    found = WITHOUT_DATE.search(text)
    return found.span() if found and STAMP.search(found[0]) else None


def _rest(line: Line, bounds: Slice) -> Iterator[Line]:
    for start, end in ((0, bounds[0]), (bounds[1], len(line.text))):
        words = line.text[start:end]
        start += len(words) - len(words.lstrip())
        if words.strip():
            yield line.part(start, start + len(words.strip()))


def _moved(line: Line, by: int) -> Line:
    return replace(line, slices=tuple((start + by, end + by) for start, end in line.slices))
