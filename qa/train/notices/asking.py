"""What every kind of question about a passage needs: its acts, the templates, the choice of language."""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

from qa.train.notices.acts import Act, Kind
from qa.train.notices.frames import choose
from qa.train.notices.passages import Passage
from qa.train.notices.places import Split
from qa.train.notices.tables import table
from qa.train.notices.templates import Templates
from qa.train.notices.values import Mark, Value


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question with where its answers stand; ``group`` keeps a passage's questions varied."""

    group: str
    question: str
    marks: tuple[Mark, ...]
    kind: str
    lang: str


class Asking:
    """A passage under question."""

    def __init__(self, rng: random.Random, split: Split, templates: Templates, passage: Passage) -> None:
        self.rng, self.split, self.templates, self.passage = rng, split, templates, passage
        self.acts = passage.acts
        self.offices = {office.full: office for act in self.acts for office in act.offices}
        headers = [filled for filled in passage.filled if filled.frame.theme == "header"]
        dates = [filled.marks["date"][0] for filled in headers if "date" in filled.marks]
        self.date = dates[0] if dates and passage.dated else None
        self.filled_offices = {
            passage.things.offices[value.zh].bare[0]
            for filled in passage.filled
            if filled.frame.theme == "succession"
            for value in filled.values.values()
            if value.zh in passage.things.offices
        }
        self.undated = not re.search("日|昨天", passage.text)

    def lang(self) -> str:
        """Return the language of the next question."""
        return "zh" if self.rng.random() < 0.62 else "en"

    def about_act(self, name: str, kind: Kind, lang: str) -> str:
        """Return a question template of ``name`` about acts of ``kind``."""
        return choose(self.rng.choice(self.templates.asked[name, lang][kind]), self.rng)

    def plain(self, name: str, lang: str) -> str:
        """Return a question template of ``name``."""
        return choose(self.rng.choice(self.templates.plain[name, lang]), self.rng)

    def of(self, kind: Kind) -> list[Act]:
        """Return the acts of ``kind``."""
        return [act for act in self.acts if act.kind == kind]

    def name(self, person: Value, lang: str) -> str:
        """Return how a question calls the person: in English also by pinyin, or by pinyin and the characters."""
        forms = (person.zh, person.en, f"{person.en} ({person.zh})" if person.en != person.zh else person.zh)
        return self.rng.choice(forms) if lang == "en" else person.zh


def is_wide(template: str) -> bool:
    """Whether the template asks for more than one kind of act: without an answer here, it may yet have one.

    >>> is_wide("谁不再担任{o}？"), is_wide("谁辞去{o}？")
    (True, False)
    """
    return any(word in template for word in table("offices")["wide"])


def people(acts: Iterable[Act]) -> tuple[Mark, ...]:
    """Return where the names of the acts stand, each person once, in printed order."""
    first: dict[str, Mark] = {}
    for act in sorted(acts, key=lambda act: act.name.start):
        first.setdefault(act.person.zh, act.name)
    return tuple(first.values())
