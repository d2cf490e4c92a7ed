"""Sentence frames of the news: text with typed slots, and the questions that may be asked of it.

The notation is explained at the head of ``data/train.toml``.
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from qa.train.notices.values import Mark, TextBuilder, Value

_TOKEN = re.compile(r"\{(\w+)(?::(\w+)(\+?))?(#?)\}|<(\w+)\||(>)")
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a frame.

    ``answer`` names the slots that answer it, none when the frame never says. ``swap`` names the slot of the question
    whose replacement by another value leaves it without an answer. ``guard`` names offices (slots, or words): where
    an act of the passage is about one of them, the question is not asked.
    """

    kind: str
    answer: tuple[str, ...]
    zh: tuple[str, ...]
    en: tuple[str, ...] = ()
    swap: str = ""
    guard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence or two, and what may be asked; a passage holds one frame of a topic unless it may ``repeat``."""

    theme: str
    topic: str
    text: str
    asks: tuple[Ask, ...]
    repeat: bool = False


@dataclass(slots=True)
class Filled:
    """A frame as written: its values and where they stand."""

    frame: Frame
    values: dict[str, Value]
    kinds: dict[str, str] = field(default_factory=dict)
    marks: dict[str, list[Mark]] = field(default_factory=dict)


def choose(template: str, rng: random.Random) -> str:
    """Settle every ``[a|b]`` of a template."""
    return _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), template)


def write_frame(
    frame: Frame, draft: TextBuilder, draw: Callable[[str], Value], known: Mapping[str, Value], rng: random.Random
) -> Filled:
    """Write ``frame`` at the end of ``draft``, with values from ``draw`` and the ``known`` ones."""
    filled = Filled(frame, dict(known), {"home": "home"})
    opened: list[tuple[str, int]] = []
    text, at = _choices(frame.text, rng), 0
    for token in _TOKEN.finditer(text):
        draft.write(text[at : token.start()])
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
            filled.kinds[name] = kind
            filled.marks[name] = _enumerate([draw(kind) for _ in range(rng.choice((2, 2, 3, 3, 4, 5)))], draft, rng)
        else:
            if kind:
                filled.values[name], filled.kinds[name] = draw(kind), kind
            mark = draft.write(filled.values[name].zh)
            filled.marks.setdefault(name, [mark])
    draft.write(text[at:])
    return filled


def _choices(text: str, rng: random.Random) -> str:
    """Settle the choices of a frame's text, whose stretches also hold a bar."""
    return choose(re.sub(r"<(\w+)\|", "<\\1\0", text), rng).replace("\0", "|")


def _enumerate(values: list[Value], draft: TextBuilder, rng: random.Random) -> list[Mark]:
    last = rng.choice(("、", "、", "和"))
    marks = []
    for number, value in enumerate(values):
        if number:
            draft.write(last if number == len(values) - 1 else "、")
        marks.append(draft.write(value.zh))
    return marks


def phrase(template: str, values: Mapping[str, Value], lang: str) -> str:
    """Fill a question template's ``{slots}`` with the values' Chinese or English forms."""
    return re.sub(r"\{(\w+)\}", lambda found: getattr(values[found[1]], lang), template)
