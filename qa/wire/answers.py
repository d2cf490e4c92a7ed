"""The JSON of an answer."""

from collections.abc import Mapping
from typing import cast

from qa.errors import InputError
from qa.types import Answer
from qa.wire.lines import abbreviated_json, to_line
from qa.wire.records import from_json, mismatch, to_json


def answer_to_json(answer: Answer) -> dict[str, object]:
    """Return ``answer`` as JSON types, ``id`` only where one was given.

    Raises ``ValueError`` for a number that is not finite. Confidences and scores keep four decimals, timings two.
    """
    fields = to_json(answer)
    first = ("id", "question") if answer.id is not None else ("question",)
    head = {name: fields[name] for name in first} | _of_items(answer) | {"confidence": fields["confidence"]}
    del fields["id"]
    return head | fields


def answer_from_json(value: object) -> Answer:
    """Return the answer that ``answer_to_json`` wrote, fields it does not know left out.

    Raises ``InputError`` that names the first field that is missing or wrong, and what stands there.
    """
    answer = from_json(Answer, value)
    fields = cast("Mapping[str, object]", value)
    for name, expected in _of_items(answer).items():
        if name not in fields:
            raise InputError(f"{name}: missing")
        if fields[name] != expected or type(fields[name]) is not type(expected):
            raise mismatch(name, f"{abbreviated_json(expected)}, as the items say", fields[name])
    return answer


def dumps(answer: Answer) -> str:
    """Return ``answer`` as one line of JSON."""
    return to_line(answer_to_json(answer))


def _of_items(answer: Answer) -> dict[str, object]:
    return {"answered": answer.answered, "answer": answer.text}
