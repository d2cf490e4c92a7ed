"""What a split's templates are; the tables themselves are in ``notice_train`` and ``notice_dev``."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.train.notice_acts import Kind, Sentence
from qa.train.notice_frames import Frame

Phrases = Mapping[Kind, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates of one split.

    ``leads`` open a list of acts, ``items`` follow a lead; ``sentences`` are prose acts; ``headers`` open a notice and
    ``news`` are sentences around the acts. ``who``, ``posts``, ``everyone`` and ``bodies`` ask for the people of an
    office ``{o}``, the office of a person ``{p}``, all people of an act, and the organisation; ``_en`` in English.
    ``absent`` ask for attributes of ``{p}`` that no passage states.
    """

    headers: tuple[Frame, ...]
    news: tuple[Frame, ...]
    leads: Phrases
    items: Phrases
    sentences: tuple[Sentence, ...]
    who: Phrases
    who_en: Phrases
    posts: Phrases
    posts_en: Phrases
    everyone: Phrases
    everyone_en: Phrases
    absent: tuple[str, ...]
    absent_en: tuple[str, ...]
