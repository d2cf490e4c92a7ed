"""What printing and scanning do to a passage: lines that columns broke, spaced names, indented paragraphs."""

import random
import re
from bisect import bisect_right
from dataclasses import dataclass

from qa.train.notices.passages import Passage
from qa.train.notices.values import Mark

_NAME = 2  # names of so many characters are spaced out, to be as wide as those of three


@dataclass(frozen=True, slots=True)
class Printed:
    """A text with characters put in; ``added`` are ``(position in the original, characters put before it)``, ascending.

    >>> printed = insert("任命何平为局长", {3: "　"})
    >>> printed.text, printed.moved(Mark(2, 4))
    ('任命何　平为局长', Mark(start=2, end=5))
    """

    text: str
    added: tuple[tuple[int, int], ...]

    def moved(self, mark: Mark) -> Mark:
        """Return where a span of the original stands."""
        return Mark(self._at(mark.start), self._at(mark.end - 1) + 1)

    def _at(self, place: int) -> int:
        return place + sum(size for _, size in self.added[: bisect_right(self.added, place, key=lambda each: each[0])])


def insert(text: str, parts: dict[int, str]) -> Printed:
    """Put each part in before the character at its position."""
    added, pieces, at = [], [], 0
    for place, part in sorted(parts.items()):
        pieces += [text[at:place], part]
        added.append((place, len(part)))
        at = place
    return Printed("".join((*pieces, text[at:])), tuple(added))


def as_printed(rng: random.Random, passage: Passage) -> Printed:
    """Return the passage as one of many papers prints it: most leave it as it is."""
    parts: dict[int, str] = {}
    if rng.random() < 0.1:
        parts |= dict.fromkeys(_line_breaks(rng, passage.text), "\n")
    if rng.random() < 0.12:
        parts |= dict.fromkeys(_inside_names(passage), rng.choice(("\u3000", "\u3000", " ")))
    if rng.random() < 0.1:
        parts |= {found.start(): "\u3000\u3000" for found in re.finditer(r"^(?=[^\n])", passage.text, re.MULTILINE)}
    return insert(passage.text, parts)


def _line_breaks(rng: random.Random, text: str) -> list[int]:
    """Break every line after as many characters as a column holds; most papers' columns were joined again."""
    width = rng.randint(14, 40)
    keep = rng.choice((1.0, 0.5, 0.2))
    return [
        start + place
        for start, end in ((found.start(), found.end()) for found in re.finditer(r"[^\n]+", text))
        for place in range(width, end - start, width)
        if rng.random() < keep
    ]


def _inside_names(passage: Passage) -> list[int]:
    """Return the middle of every name of two characters."""
    names = [act.name for act in passage.acts]
    for filled in passage.filled:
        people = [name for name, kind in filled.kinds.items() if kind in ("person", "chief", "secretary")]
        names += [mark for name in people for mark in filled.marks.get(name, ())]
    return [mark.start + 1 for mark in names if mark.end - mark.start == _NAME]
