"""The JSON of an answer: what ``--json`` prints, ``POST /api/ask`` returns and ``gazette verify`` reads back."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from qa.errors import InputError
from qa.types import Answer, Citation, Item, Passage

_UNSAFE_IN_A_LINE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def answer_to_json(answer: Answer) -> dict[str, object]:
    """Return ``answer`` as JSON types, ``id`` only where one was given.

    Raises ``ValueError`` for a number that is not finite. Confidences and scores keep four decimals, timings two.
    """
    head: dict[str, object] = {} if answer.id is None else {"id": answer.id}
    return head | {
        "question": answer.question,
        "answered": answer.answered,
        "answer": answer.text,
        "confidence": _rounded("confidence", answer.confidence),
        "items": [_item_to_json(item) for item in answer.items],
        "passages": [_passage_to_json(passage) for passage in answer.passages],
        "timings_ms": {stage: _rounded(stage, spent, 2) for stage, spent in answer.timings_ms.items()},
    }


def answer_from_json(value: object) -> Answer:
    """Return the answer that ``answer_to_json`` wrote, fields it does not know left out.

    Raises ``InputError`` that names the first field that is missing or wrong, and what stands there.
    """
    fields = _Fields.of(value, "")
    answer = Answer(
        id=fields.optional_text("id") if "id" in fields.values else None,
        question=fields.text("question"),
        items=tuple(_item_from_json(item) for item in fields.objects("items")),
        confidence=fields.number("confidence"),
        passages=tuple(_passage_from_json(passage) for passage in fields.objects("passages")),
        timings_ms=fields.numbers("timings_ms"),
    )
    for name, expected in (("answered", answer.answered), ("answer", answer.text)):
        found = fields.get(name)
        if found != expected or type(found) is not type(expected):
            raise fields.wrong(name, f"{_shown(expected)}, as the items say")
    return answer


def dumps(answer: Answer) -> str:
    """Return ``answer`` as one line of JSON."""
    return to_line(answer_to_json(answer))


def to_line(value: object) -> str:
    r"""Return JSON ``value`` on one line that any reader takes for one line, and that encodes to UTF-8.

    Lone surrogates, which JSON lets in, and the line breaks that JSON leaves as they are come out escaped.

    >>> to_line({"问": "甲\u2028\ud800"})
    '{"问": "甲\\u2028\\ud800"}'
    """
    return _escaped(json.dumps(value, ensure_ascii=False, allow_nan=False))


def _item_to_json(item: Item) -> dict[str, object]:
    return {
        "text": item.text,
        "confidence": _rounded("confidence", item.confidence),
        "citations": [_citation_to_json(citation) for citation in item.citations],
    }


def _citation_to_json(citation: Citation) -> dict[str, object]:
    return {
        "document_id": citation.document_id,
        "source": citation.source,
        "sha256": citation.sha256,
        "title": citation.title,
        "byline": citation.byline,
        "date": citation.date,
        "line_start": citation.line_start,
        "line_end": citation.line_end,
        "unit": citation.unit,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "answer_start": citation.answer_start,
        "answer_end": citation.answer_end,
        "page": citation.page,
        "day": citation.day,
        "record": citation.record,
        "record_line": citation.record_line,
    }


def _passage_to_json(passage: Passage) -> dict[str, object]:
    return {
        "chunk_id": passage.chunk_id,
        "document_id": passage.document_id,
        "score": _rounded("score", passage.score),
        "start": passage.start,
        "end": passage.end,
    }


def _item_from_json(fields: "_Fields") -> Item:
    citations = tuple(_citation_from_json(citation) for citation in fields.objects("citations"))
    if not citations:
        raise fields.wrong("citations", "at least one citation")
    return Item(text=fields.text("text"), confidence=fields.number("confidence"), citations=citations)


def _citation_from_json(fields: "_Fields") -> Citation:
    return Citation(
        document_id=fields.text("document_id"),
        source=fields.text("source"),
        sha256=fields.text("sha256"),
        title=fields.text("title"),
        byline=fields.optional_text("byline"),
        date=fields.optional_text("date"),
        line_start=fields.integer("line_start"),
        line_end=fields.integer("line_end"),
        unit=fields.text("unit"),
        start=fields.integer("start"),
        end=fields.integer("end"),
        quote=fields.text("quote"),
        answer_start=fields.integer("answer_start"),
        answer_end=fields.integer("answer_end"),
        page=fields.optional_text("page") if "page" in fields.values else None,
        day=fields.optional_text("day") if "day" in fields.values else None,
        record=fields.optional_text("record") if "record" in fields.values else None,
        record_line=fields.integer("record_line") if fields.values.get("record_line") is not None else None,
    )


def _passage_from_json(fields: "_Fields") -> Passage:
    return Passage(
        chunk_id=fields.text("chunk_id"),
        document_id=fields.text("document_id"),
        score=fields.number("score"),
        start=fields.integer("start"),
        end=fields.integer("end"),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """A JSON object and its path in the whole, for errors such as ``items[0].text: expected a string, found 3``."""

    values: Mapping[str, object]
    path: str

    @classmethod
    def of(cls, value: object, path: str) -> "_Fields":
        if not isinstance(value, Mapping):
            raise InputError(f"{path or 'answer'}: expected an object, found {_shown(value)}")
        return cls(cast("Mapping[str, object]", value), path)

    def get(self, name: str) -> object:
        if name not in self.values:
            raise InputError(f"{self._at(name)}: missing")
        return self.values[name]

    def wrong(self, name: str, expected: str) -> InputError:
        return InputError(f"{self._at(name)}: expected {expected}, found {_shown(self.values[name])}")

    def text(self, name: str) -> str:
        value = self.get(name)
        if not isinstance(value, str):
            raise self.wrong(name, "a string")
        return value

    def optional_text(self, name: str) -> str | None:
        value = self.get(name)
        if not (value is None or isinstance(value, str)):
            raise self.wrong(name, "a string or null")
        return value

    def integer(self, name: str) -> int:
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "an integer")
        return value

    def number(self, name: str) -> float:
        value = self.get(name)
        # A comparison, not math.isfinite: an integer may be too large for a float.
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e308 < value < 1e308:
            raise self.wrong(name, "a finite number")
        return float(value)

    def numbers(self, name: str) -> dict[str, float]:
        inner = _Fields.of(self.get(name), self._at(name))
        return {key: inner.number(key) for key in inner.values}

    def objects(self, name: str) -> "list[_Fields]":
        value = self.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "an array")
        return [_Fields.of(element, f"{self._at(name)}[{index}]") for index, element in enumerate(value)]

    def _at(self, name: str) -> str:
        return f"{self.path}.{_short(name)}" if self.path else _short(name)


def _rounded(name: str, value: float, digits: int = 4) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{name} is {value}, which JSON cannot carry")
    return round(float(value), digits) + 0.0  # no -0.0


def _shown(value: object) -> str:
    """Return the start of ``value`` as JSON, however large it is."""
    if isinstance(value, list | Mapping):
        return f"an {'array' if isinstance(value, list) else 'object'} of {len(value)}"
    return _short(json.dumps(value[:61] if isinstance(value, str) else value, ensure_ascii=False, default=repr))


def _short(text: str, limit: int = 60) -> str:
    return _escaped(text if len(text) <= limit else f"{text[:limit]}…")


def _escaped(text: str) -> str:
    return _UNSAFE_IN_A_LINE.sub(lambda character: f"\\u{ord(character[0]):04x}", text)
