"""Sentence frames: text with typed slots, and the questions that may be asked of it.

``{name:kind}`` is a slot, ``{name:kind+}`` an enumeration, ``{name}`` repeats a slot's value, ``<name|…>`` names a
stretch that may contain slots (a number with its unit).
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from qa.train.notice_values import Draft, Mark, Value

_TOKEN = re.compile(r"\{(\w+)(?::(\w+)(\+?))?(#?)\}|<(\w+)\||(>)")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a frame.

    ``answer`` names the slot or stretch that answers it, empty when the frame never says. ``swap`` names the slot of
    the question whose replacement by another value leaves it without an answer.
    """

    kind: str
    answer: str
    zh: tuple[str, ...]
    en: tuple[str, ...] = ()
    swap: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence or two, and what may be asked; a passage holds at most one frame of a topic."""

    topic: str
    text: str
    asks: tuple[Ask, ...] = ()


@dataclass(slots=True)
class Filled:
    """A frame as written: its values and where the answers stand."""

    frame: Frame
    values: dict[str, Value] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    marks: dict[str, list[Mark]] = field(default_factory=dict)


def write_frame(frame: Frame, draft: Draft, draw: Callable[[str], Value], rng: random.Random) -> Filled:
    """Write ``frame`` at the end of ``draft`` with values from ``draw``."""
    filled = Filled(frame)
    opened: list[tuple[str, int]] = []
    at = 0
    for token in _TOKEN.finditer(frame.text):
        draft.write(frame.text[at : token.start()])
        at = token.end()
        name, kind, many, count, opening, closing = token.groups()
        if opening:
            opened.append((opening, draft.length))
        elif closing:
            label, start = opened.pop()
            filled.marks[label] = [Mark(start, draft.length)]
        elif count:
            draft.write(str(len(filled.marks[name])))
        elif many:
            filled.marks[name] = _enumerate([draw(kind) for _ in range(rng.randint(2, 4))], draft, rng)
        else:
            if kind:
                filled.values[name], filled.kinds[name] = draw(kind), kind
            mark = draft.write(filled.values[name].zh)
            filled.marks.setdefault(name, [mark])
    draft.write(frame.text[at:])
    return filled


def _enumerate(values: list[Value], draft: Draft, rng: random.Random) -> list[Mark]:
    last = rng.choice(("、", "、", "和"))
    marks = []
    for number, value in enumerate(values):
        if number:
            draft.write(last if number == len(values) - 1 else "、")
        marks.append(draft.write(value.zh))
    return marks


def phrase(template: str, values: dict[str, Value], lang: str) -> str:
    """Fill a question template's ``{slots}`` with the values' Chinese or English forms."""
    return re.sub(r"\{(\w+)\}", lambda found: getattr(values[found[1]], lang), template)
