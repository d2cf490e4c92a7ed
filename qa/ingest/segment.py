"""A document into articles and chunks."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, dropwhile, groupby, islice, takewhile
from pathlib import Path
from typing import TypeVar

from qa.errors import SourceError
from qa.ingest.articles import Story, divide, entitle
from qa.ingest.aside import imprints, without_stamps
from qa.ingest.bracketed import second_values
from qa.ingest.bylines import find_byline
from qa.ingest.chunks import ChunkingParameters, chunk
from qa.ingest.clean import CleanText, clean, compose
from qa.ingest.columns import heads_in
from qa.ingest.dates import dateline_date, full_date, stated_date
from qa.ingest.decode import decode_name
from qa.ingest.english_jumps import page_stated
from qa.ingest.files import stem
from qa.ingest.furniture import furniture
from qa.ingest.headlines import bare, label_of
from qa.ingest.jumps import continued_from, continues_on, page_named, title_continued_from
from qa.ingest.leads import leads_of
from qa.ingest.lines import BLANKS, HEADINGS, Line, Role, split_lines
from qa.ingest.masthead import Masthead, bare_page, folio, is_of_head, page_in, paper_in, read_masthead
from qa.ingest.paragraphs import Paragraph, paragraphs
from qa.ingest.roles import with_roles
from qa.text import Slice
from qa.text.spacing import joined
from qa.types import RECORD, Article, Chunk, Document, Head

DEFAULT_CHUNKING = ChunkingParameters()
MAX_ARTICLES = 20_000  # of one document; a volume of a daily has some ten thousand, and each costs a millisecond
# Of a record:
BYLINE = "byline"
PUBLICATION_FIELDS = ("publication", "newspaper", "paper", "报纸", "报名", "报刊", "刊名")
EDITION_FIELDS = ("edition", "section", "版名")
BEFORE_JUMP = (Role.CREDIT, Role.DATE_LINE)  # what may stand between a title and the jump line below it
SECTION = re.compile(r"[\u3400-\u9fff·]{2,6}")
Told = TypeVar("Told")
MIN_PAGES = 2  # that a document's lines name, for the name of one to be none of the others'
PAGE_FIELDS = ("page", "版次", "版面")  # of a record


@dataclass(frozen=True, slots=True)
class Segmentation:
    """What a document is made of.

    Every visible character of what it shows is in exactly one chunk, except for Markdown marks, hyphens at the ends of
    lines and ``outside``: the original spans of kickers, banners and other headings that belong to no article, of the
    page's furniture, and of the stamps that date articles. ``mastheads`` are passages outside all articles that say who
    makes the paper and how to reach it: each names the article by whose date it is told when it was printed.
    """

    articles: tuple[Article, ...]
    chunks: tuple[Chunk, ...]
    outside: tuple[Slice, ...] = ()
    mastheads: tuple[Chunk, ...] = ()

    @property
    def passages(self) -> tuple[Chunk, ...]:
        """All that can be found and read."""
        return self.chunks + self.mastheads


def segment(document: Document, parameters: ChunkingParameters = DEFAULT_CHUNKING) -> Segmentation:
    """Divide a document into articles, and each of them into chunks, in the order of the text.

    Raises ``SourceError`` for a document of more than ``MAX_ARTICLES``.
    """
    view = document.view
    if view is None:
        return _segment(document, parameters)
    found = _segment(replace(document, text=view.text, view=None), parameters)
    to_source = view.alignment.to_original
    bounds = (to_source(article.start, article.end) for article in found.articles)
    articles = (replace(a, start=start, end=end) for a, (start, end) in zip(found.articles, bounds, strict=True))
    chunks, mastheads = (
        tuple(replace(chunk, alignment=compose(chunk.alignment, view.alignment)) for chunk in group)
        for group in (found.chunks, found.mastheads)
    )
    return Segmentation(tuple(articles), chunks, tuple(to_source(*span) for span in found.outside), mastheads)


def _segment(document: Document, parameters: ChunkingParameters) -> Segmentation:
    articles, chunks, outside = list[Article](), list[Chunk](), list[Slice]()
    ordinals = count()
    aside = _outside(document)
    whole = document.title is not None or RECORD in document.metadata
    lines = with_roles(list(split_lines(document.text, aside)), whole=whole)
    stories = divide(lines)
    if not stories:  # all that the page has is its head
        outside += [piece for line in lines for piece in _joined(line.slices, document.text)]
    if len(stories) > MAX_ARTICLES:
        raise SourceError(document.source, f"{len(stories):,} articles, more than {MAX_ARTICLES:,}: split the file")
    issues: list[tuple[int, tuple[str, str | None]]] = []
    if document.date is None:
        issues = _issues(document, stories, aside)
        document = replace(document, date=_masthead_date(document, stories, aside))
    pages = _pages(document, stories, aside)
    issue = _issue(document, stories, aside if len(pages) < MIN_PAGES else ())
    for number, story in enumerate(entitle(story, document.title) for story in stories):
        text = clean(list(_paragraphs(story)), document.text)
        page = _at(story.lines[0].start, pages)
        named = document.title if len(stories) == 1 and RECORD in document.metadata else None
        day, paper = _at(story.lines[0].start, issues) or (document.date, issue.publication)
        printed = replace(document, date=day)
        article = _article(printed, number, story, text, page, replace(issue, publication=paper), named)
        articles.append(article)
        context = _context(document, story, article)
        told, stamps = without_stamps(story)
        if stamps:
            text = clean(list(_paragraphs(told)), document.text)
        chunks += chunk(article, text, context, parameters, ordinals, _heads(document, story))
        outside += [piece for line in (*story.kickers, *stamps) for piece in _joined(line.slices, document.text)]
    found = imprints(stories, document.text, aside)
    mastheads = _mastheads(document, articles, found, pages, parameters, ordinals) if articles else ()
    return Segmentation(tuple(articles), tuple(chunks), tuple(sorted([*outside, *aside])), tuple(mastheads))


def _mastheads(
    document: Document,
    articles: Sequence[Article],
    lines: Sequence[Line],
    pages: Sequence[tuple[int, str]],
    parameters: ChunkingParameters,
    ordinals: Iterator[int],
) -> Iterator[Chunk]:
    """Yield the passages that the imprints of a document make, page by page."""
    dated = next((article for article in articles if article.date == document.date), articles[0])
    for page, group in groupby(lines, key=lambda line: _at(line.start, pages)):
        text = clean([Paragraph((line,)) for line in group], document.text)
        named = (dated.publication, page and f"{page}版", dated.edition if len(pages) < MIN_PAGES else None)
        context = " ".join(filter(None, named))
        yield from chunk(dated, text, (context,) if context else (), parameters, ordinals)


def _heads(document: Document, story: Story) -> list[Head]:
    """Return the heads of the cells and items of an article: those its format gives, and those of plain ones."""
    start, end = story.lines[0].start, story.lines[-1].end
    given = [head for head in document.heads if start <= head[0] < end]
    plain = heads_in(story.body, document.text)
    if given:
        tables = [
            list(lines) for row, lines in groupby(story.body, key=lambda line: line.role is Role.TABLE_ROW) if row
        ]
        known = [(rows[0].start, rows[-1].end) for rows in tables]
        known = [(a, b) for a, b in known if any(a <= at < b for at, _ in given)]
        plain = (head for head in plain if not any(a <= head[0] < b for a, b in known))
    found = dict([*leads_of(story.body, document.text), *plain, *given])
    return sorted(second_values(story.lines, found).items())


def _joined(pieces: Sequence[Slice], text: str) -> Iterator[Slice]:
    """Yield the pieces of a line, those that only blanks part as one."""
    start, end = pieces[0]
    for first, last in pieces[1:]:
        if text[end:first].strip(BLANKS):
            yield start, end
            start = first
        end = last
    yield start, end


def _outside(document: Document) -> list[Slice]:
    """Return what stands at the edges of pages, and other furniture, in order."""
    edges = document.edges
    found = furniture(document.text)
    apart = [(a, b) for a, b in found if not any(start < b and a < end for start, end in edges)] if edges else found
    return sorted([*edges, *apart])


def _masthead_date(document: Document, stories: Sequence[Story], aside: Sequence[Slice]) -> str | None:
    """Return the date of the issue, from a line above the first article or at the edge of a page."""
    lines = [line.text for line in stories[0].kickers] if stories else []
    return next(filter(None, map(full_date, (*lines, *(document.text[a:b] for a, b in aside)))), None)


def _issues(
    document: Document, stories: Sequence[Story], aside: Sequence[Slice]
) -> list[tuple[int, tuple[str, str | None]]]:
    """Return the issues of a file that holds several: where the head of each stands, its date, and its paper."""
    found, paper = list[tuple[int, tuple[str, str | None]]](), None
    for start, words in sorted(_head_lines(document, [line for story in stories for line in story.kickers], aside)):
        if not is_of_head(words):
            continue
        paper = paper_in(words) or paper
        if (day := full_date(words)) and (not found or found[-1][1] != (day, paper)):
            found.append((start, (day, paper)))
    return found if len({day for _, (day, _) in found}) > 1 else []


def _head_lines(document: Document, kickers: Sequence[Line], aside: Sequence[Slice]) -> list[tuple[int, str]]:
    """Return what may tell the issue or the page: lines above titles, then what is set aside, each with its offset."""
    lines = [(line.start, "   ".join(line.fields)) for line in kickers]
    return [*lines, *((start, document.text[start:end]) for start, end in aside)]


def _issue(document: Document, stories: Sequence[Story], aside: Sequence[Slice]) -> Masthead:
    """Return the paper and the edition: the record's, or as the head of the page, or its edges, name them."""
    heads = [line for line in stories[0].kickers if is_of_head(line.text)] if stories else []
    lines = ["   ".join(line.fields) for line in heads]  # as far apart as they are printed
    edges = [document.text[start:end] for start, end in aside]
    printed, around = read_masthead(lines), read_masthead([line for line in edges if is_of_head(line)])

    def stated(names: Sequence[str]) -> str | None:
        return next((document.metadata[name] for name in names if document.metadata.get(name)), None)

    below = _section_below(stories[0]) if stories else None
    beside = filter(None, map(paper_in, (*lines, *edges)))
    named = stated(PUBLICATION_FIELDS) or printed.publication or next(beside, None)
    if below == named:
        below = None
    return Masthead(publication=named, section=stated(EDITION_FIELDS) or printed.section or below or around.section)


def _section_below(story: Story) -> str | None:
    """Return the name of the page where it stands on a line of its own, right below that which numbers it."""
    above = (*story.kickers, *story.lines[:1])
    for head, line, below in zip(above, above[1:], above[2:], strict=False):
        if page_in(head.text) and is_of_head(head.text) and not line.gap and below.gap and SECTION.fullmatch(line.text):
            return line.text
    return None


def _paragraphs(story: Story) -> Iterator[Paragraph]:
    for line in (*story.title, *story.decks):
        yield Paragraph((line,))
    yield from paragraphs(story.body)


def _pages(document: Document, stories: Sequence[Story], aside: Sequence[Slice]) -> list[tuple[int, str]]:
    """Return the pages of the paper that the document is on, each with the offset of the line that names it."""
    stated = next((document.metadata[name] for name in PAGE_FIELDS if name in document.metadata), None)
    if stated:
        return [(0, page_named(stated) or page_stated(stated) or stated)]
    named_above = [{page for line in story.kickers if (page := _page_in(line.text))} for story in stories]
    kickers = [  # a list of all pages names none
        line
        for story, pages in zip(stories, named_above, strict=True)
        if len(pages) <= MIN_PAGES
        for line in story.kickers
    ]
    heads = _head_lines(document, kickers, aside)
    told = [(start, _page_in(words)) for start, words in heads]
    folios = [(line.start, folio(line.fields)) for line, (_, page) in zip(kickers, told, strict=False) if not page]
    # A number alone beside the date is the page's where others have others: in the head of a Word file it may be any.
    bare = [(start, page) for start, words in heads if (page := _bare_page_in(words))]
    told += [*folios, *(bare if len({page for _, page in bare}) >= MIN_PAGES else ())]
    named = sorted((start, page) for start, page in told if page)
    only = {page for _, page in named}
    # A line at the foot of the only page will do.
    return [(0, only.pop())] if len(only) == 1 else named


def _page_in(line: str) -> str | None:
    return page_named(line) or (page_in(line) if is_of_head(line) else None)


def _bare_page_in(line: str) -> str | None:
    return bare_page(line) if is_of_head(line) and not _page_in(line) else None


def _at(start: int, told: Sequence[tuple[int, Told]]) -> Told | None:
    """Return what the last line above tells: the page, or the issue."""
    above = bisect_right(told, start, key=lambda line: line[0])
    return told[above - 1][1] if above else None


def _article(
    document: Document, number: int, story: Story, text: CleanText, page: str | None, issue: Masthead, named: str | None
) -> Article:
    """Make the article of a story. ``named`` is what its record calls it; headings inside are then others."""
    body = [paragraph.text for paragraph in text.paragraphs if paragraph.role not in HEADINGS]
    return Article(
        document_id=document.id,
        number=number,
        title=named or _printed_title(story) or document.title or _fallback_title(document),
        start=story.lines[0].start,
        end=story.lines[-1].end,
        deck=" ".join(line.text for line in story.decks) or None,
        byline=find_byline(body) or document.metadata.get(BYLINE),
        date=_date(body, document, story),
        page=page,
        continued_from=_continued_from(story),
        continues_on=_continues_on(story),
        publication=issue.publication,
        edition=issue.section,
    )


def _date(body: Sequence[str], document: Document, story: Story) -> str | None:
    """Return the date of an article: its own, its dateline's, or the issue's.

    One that goes on on another page keeps the issue's, by which its halves find each other.
    """
    issued = document.date
    wired = dateline_date(body, issued) if issued and not _continues_on(story) else None
    return stated_date(body) or wired or issued


def _continued_from(story: Story) -> str | None:
    """Return the page that the title names, or the jump line below title and credits."""
    titled = (title_continued_from(line.text) for line in (*story.title, *story.decks))
    above = takewhile(lambda line: line.role in BEFORE_JUMP, story.body)
    first = islice(dropwhile(lambda line: line.role in BEFORE_JUMP, story.body), 1)
    opening = (continued_from(line.text) for line in (*above, *first))
    return next(filter(None, (*titled, *opening)), None)


def _continues_on(story: Story) -> str | None:
    """Return the page that the last jump line names."""
    return next(filter(None, (continues_on(line.text) for line in reversed(story.body))), None)


def _context(document: Document, story: Story, article: Article) -> tuple[str, ...]:
    """Return what later chunks repeat; a title that only names the file tells nothing of the article."""
    titled = bool(_printed_title(story) or document.title)
    return tuple(line for line in (article.title if titled else None, article.deck) if line)


def _printed_title(story: Story) -> str | None:
    if story.title:
        return bare(joined(line.text for line in story.title))
    if story.column or not story.body:
        return bare(story.column) if story.column else None
    return story.body[0].jump or label_of(story.body[0].text)


def _fallback_title(document: Document) -> str:
    """Return the record's own id, or the file's name in words."""
    _, _, record = document.id.partition(":")
    return record or decode_name(stem(Path(document.path)))
