"""Acts of appointment, removal, resignation, election and nomination: how they are printed, and where."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.train.notices.offices import Office
from qa.train.notices.values import Mark, TextBuilder, Value

Kind = Literal["appoint", "remove", "resign", "elect", "nominate"]
KINDS: tuple[Kind, ...] = ("appoint", "remove", "resign", "elect", "nominate")


@dataclass(frozen=True, slots=True)
class Act:
    """One person, one act, the offices it is about (printed side by side at ``office``)."""

    kind: Kind
    person: Value
    offices: tuple[Office, ...]
    name: Mark
    office: Mark
    organisation: Mark


@dataclass(frozen=True, slots=True)
class Sentence:
    """A prose sentence of several acts: ``{p1}`` and ``{o1}`` belong to ``kinds[0]``, ``{p1+}`` is several people."""

    kinds: tuple[Kind, ...]
    text: str


def printed(office: Office, *, local: bool) -> str:
    """Return the office as printed; ``local`` leaves the place's name out (``市公安局局长``)."""
    return office.full.replace(office.place.zh, office.place.zh[-1], 1) if local else office.full


def write_offices(draft: TextBuilder, held: Sequence[Office], *, local: bool, glue: str = "、") -> tuple[Mark, Mark]:
    """Write offices side by side; return where all of them and where the first one's organisation stand."""
    start = draft.length
    for number, office in enumerate(held):
        if number:
            draft.write(glue)
        draft.write(printed(office, local=local))
    first = printed(held[0], local=local).removesuffix(held[0].title)
    return Mark(start, draft.length), Mark(start, start + len(first))


def write_item(
    draft: TextBuilder, template: str, kind: Kind, person: Value, held: tuple[Office, ...], style: "Style"
) -> Act:
    """Write one list item from a template with ``{p}`` and ``{o}``."""
    name = office = organisation = Mark(0, 0)
    for part in re.split(r"(\{[po]\})", template):
        if part == "{p}":
            name = draft.write(person.zh)
            draft.write("（女）" if style.rng.random() < style.women else "")
        elif part == "{o}":
            office, organisation = write_offices(draft, held, local=style.local, glue=style.glue_of(kind))
        else:
            draft.write(part)
    return Act(kind, person, held, name, office, organisation)


@dataclass(frozen=True, slots=True)
class Style:
    """What a document does the same way throughout."""

    rng: random.Random
    local: bool
    glue: str
    women: float

    def glue_of(self, kind: Kind) -> str:
        """Return what stands between two offices: who leaves one, and 兼任 the other, holds that."""
        return self.glue if kind in ("appoint", "elect", "nominate") or "兼" not in self.glue else "、"


def write_sentence(
    draft: TextBuilder,
    sentence: Sentence,
    people: Sequence[Sequence[Value]],
    held: Sequence[tuple[Office, ...]],
    style: Style,
) -> list[Act]:
    """Write a prose sentence; ``people[i]`` and ``held[i]`` belong to ``sentence.kinds[i]``."""
    names: dict[int, list[Mark]] = {}
    places: dict[int, tuple[Mark, Mark]] = {}
    for part in re.split(r"(\{[po]\d\+?\})", sentence.text):
        if not part.startswith("{"):
            draft.write(part)
            continue
        number = int(part[2]) - 1
        if part[1] == "o":
            places[number] = write_offices(
                draft, held[number], local=style.local, glue=style.glue_of(sentence.kinds[number])
            )
            continue
        for count, person in enumerate(people[number]):
            draft.write("、" if count else "")
            names.setdefault(number, []).append(draft.write(person.zh))
    return [
        Act(kind, person, held[number], name, *places[number])
        for number, kind in enumerate(sentence.kinds)
        for person, name in zip(people[number], names[number], strict=True)
    ]
