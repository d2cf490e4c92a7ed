"""The recipe: everything that decides what a trained reader is, read from ``recipe.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from qa.errors import InputError

RECIPE: Final = Path(__file__).with_name("recipe.toml")
BODY: Final = "body"
FAR: Final = "far"
BESIDE: Final = "beside"
NOTICES: Final = "notices"
CONTRASTS: Final = "contrasts"
WRITTEN: Final = "written"
_MAY_BE_NONE: Final = ("frozen",)
"""Counts that may be 0."""


@dataclass(frozen=True, slots=True)
class Training:
    """How the weights are changed. Weights are those of the losses' means; ``warm_up`` is a share of all examples.

    ``kept`` is the starting reader's share in the mean with what was learned from it (Wortsman et al. 2022, WiSE-FT).
    ``frozen`` is how many layers of the body, from the first, stay as they are: half of twelve save a third of a step.
    """

    batch_size: int = 16
    max_length: int = 288
    learning_rate: float = 1e-4
    warm_up: float = 0.06
    weight_decay: float = 0.01
    dropout: float = 0.0
    average_decay: float = 0.99
    relevance: float = 0.0
    listing: float = 0.0
    consistency: float = 0.0
    trimming: float = 0.0
    kept: float = 0.0
    frozen: int = 0
    checkpoint_every: int = 100


@dataclass(frozen=True, slots=True)
class Variants:
    """How often an example is varied each time it is drawn, as shares between 0 and 1."""

    chunked: float = 0.0
    titled: float = 0.5
    phrases: float = 0.0
    simplified: float = 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """``examples`` drawn from the sets by their ``shares``, which sum to 1."""

    examples: int
    shares: Mapping[str, float]

    def counts(self) -> dict[str, int]:
        """Return how many examples each set gives, rounded.

        >>> Stage(10, {"a": 0.75, "b": 0.25}).counts()
        {'a': 8, 'b': 2}
        """
        return {name: round(share * self.examples) for name, share in self.shares.items()}


@dataclass(frozen=True, slots=True)
class Gpu:
    """How the same stages are trained on one GPU, by the clock: what differs from ``Training`` there.

    ``start`` is as the recipe's. A batch has at most ``tokens``, padding included. ``seeds`` counts the runs: the main
    one of so many ``minutes``, and those that leave it at ``branch``, a share of it, with other seeds. The mean of
    their averages is then trained for ``distil_minutes`` towards their mean scores: ``distil`` is that loss's share,
    ``distil_rate`` the learning rate's share.
    """

    start: str = BODY
    tokens: int = 49152
    learning_rate: float = 3e-4
    dropout: float = 0.1
    minutes: float = 4.5
    seeds: int = 2
    branch: float = 0.6
    distil_minutes: float = 1.5
    distil: float = 0.5
    distil_rate: float = 0.3

    @property
    def total_minutes(self) -> float:
        """Minutes of all that is trained."""
        return self.minutes * (1 + (self.seeds - 1) * (1 - self.branch)) + self.distil_minutes


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole recipe. ``start`` is ``body`` or the SHA-256 of a released reader's file."""

    seed: int
    start: str
    training: Training
    variants: Variants
    stages: tuple[Stage, ...]
    # Not shown, and so not in the fingerprint: a checkpoint of a CPU's run does not depend on it.
    gpu: Gpu = field(default=Gpu(), repr=False)

    @property
    def examples(self) -> int:
        """Examples over all stages."""
        return sum(sum(stage.counts().values()) for stage in self.stages)

    @classmethod
    def from_toml(cls, text: str, *, source: str) -> Self:
        """Parse a recipe; ``InputError`` names ``source`` and what is wrong in it."""
        try:
            data = tomllib.loads(text)
            stages = tuple(_record(Stage, entry) for entry in data.pop("stage"))
            training, variants = _record(Training, data.pop("training")), _record(Variants, data.pop("variants"))
            gpu = _record(Gpu, data.pop("gpu", {}))
            recipe = cls(training=training, variants=variants, stages=stages, gpu=gpu, **data)
            _whole("seed", recipe.seed)
            _check("start", str, recipe.start)
        except (tomllib.TOMLDecodeError, TypeError, ValueError, KeyError, RecursionError) as error:
            raise InputError(f"{source}: not a recipe ({error})") from error
        for number, stage in enumerate(stages, 1):
            if abs(total := sum(stage.shares.values()) - 1) > 1e-6:
                raise InputError(f"{source}: the shares of stage {number} sum to {1 + total:.3f}, not 1")
        return recipe


def load_recipe(file: Path = RECIPE) -> Recipe:
    """Load a recipe; ``InputError`` if it cannot be read."""
    try:
        return Recipe.from_toml(file.read_text(encoding="utf-8"), source=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read ({error})") from error


def fingerprint(recipe: Recipe) -> str:
    """SHA-256 of all that the recipe says but of a GPU: equal for two recipes exactly when they say the same there."""
    return sha256(repr(recipe).encode()).hexdigest()


_R = TypeVar("_R")


def _record(kind: type[_R], entry: dict[str, Any]) -> _R:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(entry.keys() - known):
        raise KeyError(f"unknown: {', '.join(unknown)}")
    for each in fields(kind):  # type: ignore[arg-type]
        if each.name in entry:
            _check(each.name, each.type, entry[each.name])
    return kind(**entry)


def _check(name: str, kind: object, value: object) -> None:
    """Raise ``TypeError`` or ``ValueError`` for what is not of the kind of a setting, or no number to train by."""
    if kind is str:
        if not isinstance(value, str):
            raise TypeError(f"{name} is {value!r}, not a text")
    elif kind is int:
        if _whole(name, value) < (0 if name in _MAY_BE_NONE else 1):
            raise ValueError(f"{name} is {value}: too small")
    elif kind is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{name} is {value!r}, not a number")
        if not 0 <= value < inf:
            raise ValueError(f"{name} is {value}: a number from 0 on")
    elif not isinstance(value, Mapping):
        raise TypeError(f"{name} is {value!r}, not a table")
    else:
        for part, share in value.items():
            _check(f"{name}.{part}", float, share)


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is {value!r}, not a whole number")
    return value
