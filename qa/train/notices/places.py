"""Places with their English names: real ones and composed ones; the two splits share none."""

import random
from dataclasses import dataclass
from typing import Final, Literal

from qa.train.notices.tables import is_held_out, pairs, table

Split = Literal["train", "dev"]
Level = Literal["province", "city", "county", "district"]
# How many English names have the characters after them, as ``qa.question.places`` writes questions for the reader.
WITH_CHARACTERS: Final = 0.6


@dataclass(frozen=True, slots=True)
class Place:
    """A place: ``name`` without its level (``云阳``), ``zh`` with it (``云阳市``), and the English name."""

    name: str
    zh: str
    en: str
    level: Level


def draw_place(rng: random.Random, split: Split, level: Level) -> Place:
    """Return a place of that level from the split's own table; its English name may give the characters too."""
    if level == "province":
        zh, en = rng.choice(pairs(table("places")[split]["provinces"]))
        name = zh.removesuffix("省")
    elif level == "city" and rng.random() < 0.7:
        name, en = rng.choice(pairs(table("places")[split]["cities"]))
    else:
        name, en = _composed(rng, split)
    if rng.random() < WITH_CHARACTERS:
        en = f"{en} ({name})"
    if level == "province":
        return Place(name, zh, f"{en} Province", level)
    if level == "city":
        return Place(name, f"{name}市", en, level)
    suffix, gloss = ("县", "County") if level == "county" else ("区", "District")
    return Place(name, name + suffix, f"{en} {gloss}", level)


def _composed(rng: random.Random, split: Split) -> tuple[str, str]:
    """Join two characters into a name that no listed place of either split has."""
    places = table("places")
    real = {word for each in ("train", "dev") for names in pairs(places[each]["cities"]) for word in names}
    while True:
        (first, first_en), (second, second_en) = (
            rng.choice(pairs(places[split]["first"])),
            rng.choice(pairs(places["second"])),
        )
        name, en = first + second, first_en + second_en
        if first != second and not {name, en} & real and not is_held_out(name):
            return name, en
