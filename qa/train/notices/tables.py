"""Read the generator's tables (``data/*.toml``): words with their glosses, places, offices, templates."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from qa.train.notices.values import Value


@cache
def table(name: str) -> dict[str, Any]:
    """Return the parsed table ``name``."""
    text = resources.files("qa.train.notices").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Split a run of Chinese words, each followed by its pinyin.

    >>> pairs("王Wang 欧阳Ouyang")
    (('王', 'Wang'), ('欧阳', 'Ouyang'))
    """
    out = []
    for word in text.split():
        cut = next(at for at, char in enumerate(word) if char < "\u02ff")
        out.append((word[:cut], word[cut:]))
    return tuple(out)


def glossed(entries: list[str]) -> tuple[Value, ...]:
    """Turn ``Chinese|English`` entries into values.

    >>> glossed(["小麦|wheat"])
    (Value(zh='小麦', en='wheat'),)
    """
    return tuple(Value(*entry.split("|")) for entry in entries)


@cache
def held_out() -> frozenset[str]:
    """Return the names of the shipped sample page; it is for evaluation, so nothing generated may use them."""
    return frozenset(str(table("people")["held_out"]).split())


def is_held_out(text: str) -> bool:
    """Whether ``text`` contains a held-out name."""
    return any(name in text for name in held_out())
