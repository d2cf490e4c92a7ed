"""Lines of a page into its articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.ingest.bylines import is_credit, is_dateline
from qa.ingest.dates import is_date_line
from qa.ingest.headings import (
    is_dash_deck,
    is_kicker,
    is_numbered,
    is_protocol,
    names_event,
    title_index,
)
from qa.ingest.jumps import is_jump, jump_mark
from qa.ingest.lines import Line
from qa.text.punctuation import NON_STARTERS, OPENING

MAX_PLAIN_KICKERS = 3  # plain lines in a row among headings
MAX_MASTHEAD = 12  # the same at the top of a page: name of the paper, date, issue, publisher
DEEPEST = 6
MAX_TITLE = 40
OPENING_LENGTH = 600  # characters of a body that are compared with its headings


@dataclass(frozen=True, slots=True)
class Story:
    """The lines of one article. ``kickers`` stand above its title and belong to no article."""

    title: tuple[Line, ...]
    decks: tuple[Line, ...]
    body: tuple[Line, ...]
    kickers: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of the article."""
        return self.title + self.decks + self.body


def divide(lines: Sequence[Line]) -> tuple[Story, ...]:
    """Divide a page at its runs of headings and at its jump lines.

    Words above the first heading are an article of their own, unless all they can be is kickers. Headings at the end,
    with no body below, belong to no article; they are kickers of the last one, or, alone on a page, its title.
    """
    starts = _starts(lines)
    stories = list[Story]()
    for start, end in pairwise([*sorted({0, *starts}), len(lines)]):
        run = _run(lines, start, end) if start in starts else start
        stories.append(_story(lines, start, run, end))
    if len(stories) > 1 and not stories[-1].body:
        trailing = stories.pop()
        last = stories.pop()
        stories.append(Story(last.title, last.decks, last.body, (*last.kickers, *trailing.kickers, *trailing.lines)))
    return tuple(story for story in stories if story.lines)


def _starts(lines: Sequence[Line]) -> set[int]:
    """Return the indices of the lines at which a run of headings or a continued article begins."""
    article_level, starts, index = _article_level(lines), set[int](), 0
    while index < len(lines):
        if _is_start(lines, index, article_level):
            starts.add(index)
            index = _run(lines, index, len(lines))  # the line below a run is body, whatever it looks like
        index += 1
    return starts


def _is_start(lines: Sequence[Line], index: int, article_level: int) -> bool:
    line = lines[index]
    if index == 0 and _leads_to_heading(lines, 0, MAX_MASTHEAD):
        return True
    if line.level and index and is_numbered(line.text):
        return False
    return 0 < line.level <= article_level or bool(jump_mark(line.text))


def _article_level(lines: Sequence[Line]) -> int:
    """Return the deepest level of heading that opens articles; deeper ones divide an article into parts.

    It is the level of the first heading with a body, unless a byline above or a dateline below shows that a deeper one
    opens articles as well: then that of the first is the name of the paper.
    """
    first, levels = 0, list[int]()
    for index, (above, line) in enumerate(pairwise(lines)):
        if above.level and not line.level and is_dateline(line.text):
            levels.append(above.level)
        if line.level and not above.level and (is_credit(above.text) or is_date_line(above.text)):
            levels.append(line.level)
        if not first and above.level and not line.level and not _leads_to_heading(lines, index + 1, MAX_MASTHEAD):
            first = above.level
    return max([first, *levels]) or DEEPEST


def _run(lines: Sequence[Line], start: int, end: int) -> int:
    """Return the index after the run of headings that begins at ``start``: kickers, title, decks."""
    index, allowed = start, MAX_PLAIN_KICKERS if start else MAX_MASTHEAD
    while index < end and (_heads(lines, start, index) or _leads_to_heading(lines, index, allowed)):
        index += 1
    while start < index < end and _is_plain_deck(lines, index, end):
        index += 1
    return index


def _heads(lines: Sequence[Line], start: int, index: int) -> bool:
    return lines[index].level > 0 and not (index > start and is_numbered(lines[index].text))


def _leads_to_heading(lines: Sequence[Line], index: int, allowed: int) -> bool:
    """Whether up to ``allowed`` lines that may be kickers stand between ``index`` and a heading."""
    for line in lines[index : index + allowed + 1]:
        if line.level:
            return not is_numbered(line.text)
        if not (is_kicker(line) or is_jump(line.text)) or is_credit(line.text):
            return False
    return False


def _is_plain_deck(lines: Sequence[Line], index: int, end: int) -> bool:
    if index + 1 >= end or is_jump(lines[index].text):
        return False
    text = lines[index].text
    body = _opening(lines, index + 1, end)
    return is_dash_deck(text) or (is_protocol(text, body) and names_event(lines[index - 1].text, text, body))


def _opening(lines: Sequence[Line], start: int, end: int) -> str:
    words, length = list[str](), 0
    for line in lines[start : min(end, start + OPENING_LENGTH)]:
        if length >= OPENING_LENGTH or line.level:
            break
        words.append(line.text[:OPENING_LENGTH])
        length += len(words[-1])
    return "".join(words)


def _story(lines: Sequence[Line], start: int, run: int, end: int) -> Story:
    headings, body = lines[start:run], tuple(lines[run:end])
    if not headings:
        return Story((), (), body)
    title = title_index(headings, _opening(lines, run, end))
    return Story((headings[title],), tuple(headings[title + 1 :]), body, tuple(headings[:title]))


def entitle(story: Story, title: str | None) -> Story:
    """Take the first line for the title of a story without headings.

    It must be a jump line or repeat ``title``, the document's; when the document has none, any short line will do.
    """
    if story.title or len(story.body) < 2:
        return story
    first = story.body[0]
    short = len(first.text) <= MAX_TITLE and is_kicker(first) and not is_credit(first.text)
    whole = first.text[-1] not in OPENING and story.body[1].text[0] not in NON_STARTERS
    if first.text == title or is_jump(first.text) or (title is None and short and whole):
        return Story((first,), (), story.body[1:], story.kickers)
    return story
