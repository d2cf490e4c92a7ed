"""Parameters that change the shape of a reply: each is honoured, or refused by its name; none is ignored in silence."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Never, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from api.errors import ParameterError
from api.schemas import FilterFields, Whole

T = TypeVar("T")

MOST_STOPS: Final = 4
MOST_ENTRIES: Final = 2000

Listed = Annotated[list[T], Field(max_length=MOST_ENTRIES, fail_fast=True)]
"""A list whose first wrong entry is told: telling every one of a hundred thousand takes half a second."""


class ReplyFormat(BaseModel):
    """The form of the text: `text`, or `json_object`, which is the answer as of `/api/ask`."""

    model_config = ConfigDict(strict=True)

    type: str = Field(description="`text` or `json_object`; there is no language model to fill a `json_schema`.")


class ShapeFields(FilterFields):
    """What every route for questions understands."""

    model: str | None = Field(None, description="Any name; there is one model.")
    stream: bool | None = Field(None, description="Whether to send the reply as events.")
    n: Whole | None = Field(None, description="Only 1: a question has one answer.")
    stop: str | Listed[str] | None = Field(None, description="Up to 4 texts; the reply ends before the first.")


def refuse(param: str, why: str) -> Never:
    """Refuse a parameter's value."""
    raise ParameterError(f"{param}: {why}", param=param, code="unsupported_value")


def refuse_if_given(values: Mapping[str, object], why: str) -> None:
    """Refuse those of some parameters that ask for something."""
    for param, value in values.items():
        if value not in (None, False, 0, "", [], {}):
            refuse(param, why)


def stops_of(stop: str | list[str] | None) -> tuple[str, ...]:
    """Return the texts before which a reply ends."""
    stops = (stop,) if isinstance(stop, str) else tuple(stop or ())
    if len(stops) > MOST_STOPS or "" in stops:
        refuse("stop", f"give up to {MOST_STOPS} texts, none of them empty")
    return stops


def check_one(param: str, value: int | None) -> None:
    """Refuse more than one reply."""
    if value is not None and value != 1:
        refuse(param, "a question has one answer, so only 1 can be asked for")


def wants_json(chosen: ReplyFormat | None, param: str) -> bool:
    """Tell whether the text is to be JSON; refuse a schema, and what is not known."""
    if chosen is None or chosen.type == "text":
        return False
    if chosen.type != "json_object":
        refuse(param, "only text and json_object: answers are quotes, and cannot be put into a form of one's own")
    return True


def check_tool_choice(choice: Any, param: str = "tool_choice") -> None:
    """Refuse a choice by which a tool must be called: this model answers from its archive and calls none."""
    if isinstance(choice, Mapping) and choice.get("type") == "allowed_tools":
        listed = choice.get("allowed_tools", choice)
        choice = listed.get("mode") if isinstance(listed, Mapping) else listed
    if choice not in (None, "none", "auto"):
        refuse(param, "no tool is ever called; only none and auto")
