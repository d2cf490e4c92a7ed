"""A split's templates, read from ``data/train.toml`` or ``data/dev.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from qa.train.notices.acts import Kind, Sentence
from qa.train.notices.frames import Ask, Frame
from qa.train.notices.places import Split
from qa.train.notices.tables import table

Phrases = Mapping[Kind, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates of one split.

    ``leads`` open a list of acts, ``items`` follow a lead; ``sentences`` are acts in prose. ``asked[name, lang]``
    holds the question templates by act: ``who`` asks for the people of an office, ``posts`` for a person's office,
    ``everyone`` for all people of an act. ``plain[name, lang]`` are questions that know no act (``bodies``, ``when``,
    ``successor``, ``absent``, ``year``).
    """

    frames: tuple[Frame, ...]
    leads: Phrases
    items: Phrases
    sentences: tuple[Sentence, ...]
    asked: Mapping[tuple[str, str], Phrases]
    plain: Mapping[tuple[str, str], tuple[str, ...]]

    def themed(self, theme: str) -> list[Frame]:
        """Return the frames of ``theme``."""
        return [frame for frame in self.frames if frame.theme == theme]


@cache
def templates(split: Split) -> Templates:
    """Return the templates of ``split``."""
    data = table(split)
    acts = data["acts"]
    sentences = tuple(
        Sentence(tuple(cast("Kind", kind) for kind in kinds.split()), text) for kinds, text in acts["sentences"]
    )
    return Templates(
        tuple(_frame(entry) for entry in data["frame"]),
        _phrases(acts["leads"]),
        _phrases(acts["items"]),
        sentences,
        {
            (name, lang): _phrases(acts[name + suffix])
            for name in ("who", "posts", "everyone")
            for lang, suffix in _LANGS
        },
        {(name, lang): tuple(acts[name + suffix]) for name in _PLAIN for lang, suffix in _LANGS}
        | {("year", "zh"): tuple(acts["year"])},
    )


_LANGS = (("zh", ""), ("en", "_en"))
_PLAIN = ("bodies", "when", "successor", "absent")


def _phrases(data: dict[str, list[str]]) -> Phrases:
    return {cast("Kind", kind): tuple(rows) for kind, rows in data.items()}


def _frame(entry: dict[str, Any]) -> Frame:
    topic = str(entry["topic"])
    asks = tuple(_ask(*row) for row in entry["asks"])
    return Frame(entry["theme"], topic.rstrip("*"), entry["text"], asks, topic.endswith("*"))


def _ask(kind: str, answer: str, zh: list[str], en: list[str], swap: str = "", guard: str = "") -> Ask:
    return Ask(kind, tuple(answer.split()), tuple(zh), tuple(en), swap, tuple(guard.split()))
