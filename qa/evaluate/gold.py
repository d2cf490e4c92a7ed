"""Gold files: questions over an archive, and reading-comprehension sets; JSON Lines, UTF-8, gzip where named ``.gz``.

Questions over an archive: ``{"id", "question", "lang", "kind", "answerable", "answers": [[spelling, ...], ...],
"evidence": [...], "article": optional}``; ``answers`` lists the required items, each with its accepted spellings.
Reading comprehension: ``{"id", "context", "question", "answers": [{"text", "start"}], "title": optional}``; several
answers are alternatives. In both, no answers means that there is none to be found.

Whatever is wrong is a ``SourceError`` that names file, line, field and the way out.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from qa.errors import SourceError
from qa.evaluate.metrics import normalise_item


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question over an archive, with every required item in all its accepted spellings.

    ``evidence`` are words of the source that a passage must hold to be the right one; ``article`` is the title they
    stand under, where the file says.
    """

    id: str
    question: str
    lang: str
    kind: str
    answerable: bool
    answers: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...]
    article: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingExample:
    """A question over one passage; ``answers`` are (text, start) of the accepted answers, empty if it does not say."""

    id: str
    context: str
    question: str
    answers: tuple[tuple[str, int], ...]
    title: str | None = None


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Question = TypeVar("Question", bound=_Identified)


def gold_format(path: Path) -> Literal["archive", "reading"]:
    """Tell by its first record whether a file holds questions over an archive or reading comprehension."""
    record = next(_records(path))
    if "context" in record.fields:
        return "reading"
    if "answerable" in record.fields:
        return "archive"
    raise SourceError(
        record.place,
        'neither "context" (reading comprehension) nor "answerable" (questions over an archive): add the fields of one',
    )


def load_gold(path: Path) -> tuple[GoldQuestion, ...]:
    """Load questions over an archive, in the file's order."""
    return _load(path, _gold_question)


def load_reading(path: Path) -> tuple[ReadingExample, ...]:
    """Load a reading-comprehension set, in the file's order; every answer is checked against its context."""
    return _load(path, _reading_example)


def scan_gold(path: Path) -> Iterator[tuple[str, GoldQuestion | SourceError]]:
    """Yield each line's ``file:line`` and question, or what is wrong with it; an unreadable file raises."""
    return _scan(path, _gold_question)


def scan_reading(path: Path) -> Iterator[tuple[str, ReadingExample | SourceError]]:
    """Yield each line's ``file:line`` and example, or what is wrong with it; an unreadable file raises."""
    return _scan(path, _reading_example)


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of a file; ``place`` is ``file:line``."""

    place: str
    fields: Mapping[str, object]

    def error(self, field: str, problem: str) -> SourceError:
        return SourceError(self.place, f'field "{field}" {problem}')

    def value(self, field: str) -> object:
        if field not in self.fields:
            raise self.error(field, f"is missing: add it (the line has {', '.join(self.fields) or 'none'})")
        return self.fields[field]

    def text(self, field: str) -> str:
        return self.as_text(field, self.value(field))

    def optional_text(self, field: str) -> str | None:
        value = self.fields.get(field)
        return None if value is None else self.as_text(field, value)

    def as_text(self, field: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(field, f"must be text in quotes, not {_shown(value)}")
        return value

    def filled(self, field: str) -> str:
        text = self.text(field)
        if not text.strip():
            raise self.error(field, "is empty: fill it in, or delete the line")
        return text

    def flag(self, field: str) -> bool:
        value = self.value(field)
        if not isinstance(value, bool):
            raise self.error(field, "must be true or false, without quotes")
        return value

    def elements(self, field: str) -> list[object]:
        value = self.value(field)
        if not isinstance(value, list):
            raise self.error(field, f"must be a list in [ ], not {_shown(value)}")
        return value


def _gold_question(record: _Record) -> GoldQuestion:
    answers = tuple(_spellings(record, item) for item in record.elements("answers"))
    answerable = record.flag("answerable")
    if answerable and not answers:
        raise record.error("answers", 'is empty though "answerable" is true: list the items, or set it to false')
    if answers and not answerable:
        raise record.error("answers", 'must be empty where "answerable" is false: remove them, or set it to true')
    return GoldQuestion(
        id=record.filled("id"),
        question=record.filled("question"),
        lang=record.filled("lang"),
        kind=record.filled("kind"),
        answerable=answerable,
        answers=answers,
        evidence=tuple(_words(record, "evidence", value) for value in record.elements("evidence")),
        article=record.optional_text("article"),
    )


def _spellings(record: _Record, item: object) -> tuple[str, ...]:
    if not isinstance(item, list) or not item:
        raise record.error(
            "answers", 'must be a list of items, each a list of spellings: [["460名", "460"], ["李新建"]]'
        )
    spellings = tuple(record.as_text("answers", spelling) for spelling in item)
    for spelling in spellings:
        if not normalise_item(spelling):
            raise record.error(
                "answers", f'has the spelling "{spelling}", which is blank or punctuation only: remove it'
            )
    return spellings


def _words(record: _Record, field: str, value: object) -> str:
    words = record.as_text(field, value)
    if not words.strip():
        raise record.error(field, "has an empty string, which every passage would hold: remove it")
    return words


def _reading_example(record: _Record) -> ReadingExample:
    context = record.filled("context")
    return ReadingExample(
        id=record.filled("id"),
        context=context,
        question=record.text("question"),  # published sets hold a few empty ones
        answers=tuple(_answer(record, context, value) for value in record.elements("answers")),
        title=record.optional_text("title"),
    )


def _answer(record: _Record, context: str, value: object) -> tuple[str, int]:
    match value:
        case {"text": str(text), "start": int(start)} if text:
            if start < 0 or context[start : start + len(text)] != text:
                found = context.find(text)
                hint = f"it stands at {found}" if found >= 0 else "the context does not hold it"
                raise record.error(
                    "answers", f'has "{text[:40]}" at {start}, but {hint}: correct the text or the start'
                )
            return text, start
        case _:
            raise record.error("answers", 'must be a list of {"text": "...", "start": code points before it}')


def _load(path: Path, build: Callable[[_Record], Question]) -> tuple[Question, ...]:
    questions: dict[str, Question] = {}
    places: dict[str, str] = {}
    for record in _records(path):
        question = build(record)
        if question.id in questions:
            raise record.error("id", f'"{question.id}" stands already at {places[question.id]}: give each its own')
        questions[question.id] = question
        places[question.id] = record.place
    return tuple(questions.values())


def _scan(path: Path, build: Callable[[_Record], Question]) -> Iterator[tuple[str, Question | SourceError]]:
    for number, line in enumerate(_lines(path), 1):
        place = f"{path}:{number}"
        try:
            record = _parse(place, line)
            if record is not None:
                yield place, build(record)
        except SourceError as error:
            yield place, error


def _records(path: Path) -> Iterator[_Record]:
    """Yield the records of a file, blank lines left out; at least one, or it is an error."""
    empty = True
    for number, line in enumerate(_lines(path), 1):
        record = _parse(f"{path}:{number}", line)
        if record is not None:
            empty = False
            yield record
    if empty:
        raise SourceError(str(path), "the file is empty: give one JSON object a line")


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            yield from lines
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(
            str(path), f"cannot be read ({reason}): check the path, and that the file is whole"
        ) from error


def _parse(place: str, line: bytes) -> _Record | None:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(place, f"not UTF-8 (byte {error.start + 1} of the line): save the file as UTF-8") from error
    if not text.strip():
        return None
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(place, f"not JSON ({error}): give one JSON object a line") from error
    if not isinstance(fields, dict):
        raise SourceError(place, f"not a JSON object but {type(fields).__name__}: give one JSON object a line")
    return _Record(place, fields)


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:40]
