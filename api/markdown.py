"""An answer as a chat message: Markdown that also reads well unrendered, and where each citation applies in it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa.text.script import language
from qa.text.wording import CLOSEST, COUNTED, DECLINED, MORE, SUPERSEDED
from qa.types import Answer, Citation

UNDERSTOOD = {"zh": "问题理解为:", "en": "Understood as: "}

_SYNTAX = re.compile(r"[\\`*_\[\]<>~|]|&(?=#?\w++;)|^[-+#]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
_LONG_NUMBER = re.compile(r"(\d{3,9})([.)])(?=\s|\Z)")
"""Begins a list where a blank follows; a year and month (2021.10) do not."""
_BLANKS = re.compile(r"\s+")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the order of what follows around, beyond the quote itself."""
_ESCAPED = re.compile(r"\\(.)")
_PIECE = re.compile(r"(?P<end> (?:\[\d++\])++(?:、|\Z))|(?P<broken>\[|\\\Z)|\\.|[^\\\[ ]++| ")
"""What a line of items is made of: numbers after an item, what no item holds, an escape, words, a blank."""
_QUOTE = "> "


@dataclass(frozen=True, slots=True)
class Mark:
    """``citation`` backs the words of an item at ``content[start:end]``, in code points."""

    start: int
    end: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Message:
    """The text of a reply and the citations in it; ``sources`` are the numbered ones, in order."""

    content: str
    marks: tuple[Mark, ...]
    sources: tuple[Citation, ...] = ()


def render(answer: Answer, *, question: str | None = None, link: Callable[[Citation], str] | None = None) -> Message:
    """Return the items, each with the numbers of its quotes, and below them the quotes with their source lines.

    Above them stands how ``question`` was understood, where that is not as it was asked. ``link`` makes the address
    that a source line leads to.
    """
    spoken = language(answer.question)
    content = ""
    if question is not None and question.strip() != answer.question.strip():
        content = f"{_QUOTE}{UNDERSTOOD[spoken]}{escaped(answer.question)}\n\n"
    if not answer.answered:
        nearest = f"\n\n{_QUOTE}{CLOSEST[spoken]}{_told(answer.closest.citations[0])}" if answer.closest else ""
        return Message(content + DECLINED[spoken] + nearest, ())
    if answer.count is not None:
        content += f"{_QUOTE}{COUNTED[spoken].format(count=answer.count)}\n\n"
    numbers = _numbered(answer)
    marks: list[Mark] = []
    for position, item in enumerate(answer.items):
        content += "、" if position else ""
        start, words = len(content), escaped(item.text)
        marks += [Mark(start, start + len(words), citation) for citation in item.citations]
        places = dict.fromkeys(numbers[_place(citation)][0] for citation in item.citations)
        content += words + " " + "".join(f"[{number}]" for number in places)
    sources = tuple(citation for _, citation in numbers.values())
    lines = (_source(number, citation, link) for number, citation in enumerate(sources, 1))
    notes = [
        f"{_QUOTE}{SUPERSEDED[old.reason][spoken]}: {_told(citation)}"
        for old in answer.superseded
        for citation in old.citations
    ]
    if answer.more_passages:
        notes.append(_QUOTE + MORE[spoken].format(count=answer.more_passages))
    below = ["", "\n\n".join(notes)] if notes else []
    return Message("\n".join([content, "", *lines, *below]), tuple(marks), sources)


def items_of(content: str) -> tuple[str, ...]:
    r"""Return the items that ``render`` wrote into ``content``; none if it declined, or wrote something else.

    >>> items_of("> 问题理解为:谁?\n\n李新建 [1]、\\*孙 [2][3]\n\n1. …")
    ('李新建', '*孙')
    """
    lines = (line for line in content.split("\n") if line and not line.startswith(_QUOTE))
    return tuple(_ESCAPED.sub(r"\1", words) for words in _items(next(lines, "")))


def _items(line: str) -> Iterator[str]:
    """Yield the words of each item, still escaped, in one pass."""
    start = 0
    for piece in _PIECE.finditer(line):
        if piece["broken"] or (piece["end"] and piece.start() == start):
            start = piece.start() + piece[0].rfind("[") + 1 if "[" in piece[0] else piece.end()
        elif piece["end"]:
            yield line[start : piece.start()]
            start = piece.end()


def understood_in(content: str) -> str | None:
    r"""Return how the question was understood, where ``render`` has said so.

    >>> understood_in("> 问题理解为:谁?\n\n李新建 [1]")
    '谁?'
    """
    line = content.split("\n", 1)[0]
    said = (line.removeprefix(_QUOTE + words) for words in UNDERSTOOD.values() if line.startswith(_QUOTE + words))
    found = next(said, None)
    return None if found is None else _ESCAPED.sub(r"\1", found)


def source_line(citation: Citation) -> str:
    """Return ``title · source:line``, or the record."""
    return f"{citation.title} · {citation.where}"


def escaped(text: str) -> str:
    r"""Return ``text`` on one line, so that Markdown shows it as it is.

    A line break between Chinese characters goes without a trace, as it would in print; any other becomes a blank.

    >>> print(escaped("依托龙\n\n头企业 *<b>*"), escaped("vice \nmayor"), escaped("2. 任命"))
    依托龙头企业 \*\<b\>\* vice mayor 2\. 任命
    """
    words = _DIRECTION.sub("\ufffd", text.strip())
    joined = _BLANKS.sub(lambda blanks: _joint(words, blanks), words)
    plain = _SYNTAX.sub(lambda mark: f"\\{mark[0]}", joined)
    listed = _LONG_NUMBER.match(plain)
    return f"{listed[1]}\\{plain[len(listed[1]) :]}" if listed else plain


def _joint(words: str, blanks: re.Match[str]) -> str:
    if "\n" not in blanks[0] and "\r" not in blanks[0]:
        return blanks[0]
    return "" if min(words[blanks.start() - 1], words[blanks.end()]) > "\u2010" else " "


def _numbered(answer: Answer) -> dict[tuple[str, int, int], tuple[int, Citation]]:
    """Return each quote once, with its number, in the order in which the items need them."""
    citations = {_place(citation): citation for item in answer.items for citation in item.citations}
    return {place: (number, citation) for number, (place, citation) in enumerate(citations.items(), start=1)}


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document_id, citation.start, citation.end


def _told(citation: Citation) -> str:
    """Return a quote with its source, on one line."""
    return f"{escaped(citation.words)} ({escaped(source_line(citation))})"


def _source(number: int, citation: Citation, link: Callable[[Citation], str] | None) -> str:
    """Return one element of a numbered list; the two blanks keep the source on a line of its own."""
    source = escaped(source_line(citation))
    return f"{number}. {escaped(citation.words)}  \n   " + (f"[{source}]({link(citation)})" if link else source)
