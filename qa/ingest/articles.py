"""Lines of a page into its articles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa.ingest.headings import is_label
from qa.ingest.headlines import label_of
from qa.ingest.lines import Line, Role
from qa.text.punctuation import NON_STARTERS, OPENING

PLACES = (Role.MASTHEAD, Role.HEADING, Role.DECK)


@dataclass(frozen=True, slots=True)
class Story:
    """The lines of one article. ``kickers`` stand above its title and belong to no article.

    ``column`` is the title that it stands under with others: a brief of several.
    """

    title: tuple[Line, ...]
    decks: tuple[Line, ...]
    body: tuple[Line, ...]
    kickers: tuple[Line, ...] = ()
    column: str | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of the article."""
        return self.title + self.decks + self.body


def divide(lines: Sequence[Line]) -> tuple[Story, ...]:
    """Divide a page where its lines open articles.

    Words above the first heading are an article of their own, unless all they can be is kickers. Headings at the end,
    with no body below, belong to no article; they are kickers of the last one, or, alone on a page, its title.
    """
    starts = {0} | {index for index, line in enumerate(lines) if line.opens}
    stories = list[Story]()
    for start, end in pairwise([*sorted(starts), len(lines)]):
        story = _story(lines[start:end])
        if stories and not stories[-1].lines:  # the head of the page, above a jump line that opens the first article
            story = replace(story, kickers=stories.pop().kickers + story.kickers)
        if stories and not story.title and story.body and story.body[0].opens and story.body[0].item:
            above = stories[-1]
            title = "".join(line.text for line in above.title) if above.body and above.body[0].item else ""
            story = replace(story, column=above.column or title or None)
        stories.append(story)
    if len(stories) > 1 and not stories[-1].body:
        trailing = stories.pop()
        last = stories.pop()
        stories.append(Story(last.title, last.decks, last.body, (*last.kickers, *trailing.kickers, *trailing.lines)))
    return tuple(story for story in stories if story.lines)


def _story(lines: Sequence[Line]) -> Story:
    parts = {role: tuple(line for line in lines if line.role is role) for role in PLACES}
    body = tuple(line for line in lines if line.role not in PLACES)
    return Story(parts[Role.HEADING], parts[Role.DECK], body, parts[Role.MASTHEAD])


def _is_brief(story: Story) -> bool:
    return story.body[0].opens and story.body[0].role is Role.LIST_ITEM


def entitle(story: Story, title: str | None) -> Story:
    """Take the first line for the title of a story without headings.

    It must be a jump line or repeat ``title``, the document's; when the document has none, any short line will do.
    """
    if story.title or story.column or len(story.body) < 2 or _is_brief(story) or label_of(story.body[0].text):
        return story
    first = story.body[0]
    whole = first.text[-1] not in OPENING and story.body[1].text[0] not in NON_STARTERS
    if first.text in (title, first.jump) or (title is None and is_label(first) and whole):
        return Story((replace(first, role=Role.HEADING),), (), story.body[1:], story.kickers)
    return story
