"""Every candidate question about a passage, with its answers: those of its frames, offices and people."""

import random
from collections.abc import Iterator
from dataclasses import replace

from qa.train.notices.asking import Asking, Candidate
from qa.train.notices.frames import Ask, Filled, choose, phrase
from qa.train.notices.office_questions import OfficeQuestions
from qa.train.notices.offices import neighbours
from qa.train.notices.passages import Passage
from qa.train.notices.person_questions import PersonQuestions
from qa.train.notices.places import Split
from qa.train.notices.templates import Templates
from qa.train.notices.values import Value


def candidates(rng: random.Random, split: Split, templates: Templates, passage: Passage) -> list[Candidate]:
    """Return candidates in no particular order."""
    askers = (FrameQuestions, OfficeQuestions, PersonQuestions)
    return [_finish(each, rng) for asker in askers for each in asker(rng, split, templates, passage).candidates()]


def _finish(each: Candidate, rng: random.Random) -> Candidate:
    """Vary the question mark; a question without an answer is of the kind none."""
    question, roll = each.question, rng.random()
    if each.lang == "zh" and roll < 0.12:
        question = question.removesuffix("？")
    elif each.lang == "zh" and roll < 0.3:
        question = question.replace("？", "?")
    elif each.lang == "en" and roll < 0.06:
        question = question.removesuffix("?")
    return replace(each, question=question, kind=each.kind if each.marks else "none")


class FrameQuestions(Asking):
    """Asks what the passage's frames say."""

    def candidates(self) -> Iterator[Candidate]:
        """Yield the questions of every frame."""
        for filled in self.passage.filled:
            for ask in filled.frame.asks:
                yield from self._frame(filled, ask)

    def _frame(self, filled: Filled, ask: Ask) -> Iterator[Candidate]:
        lang = self.lang() if ask.en and ask.zh else "zh" if ask.zh else "en"
        template = choose(self.rng.choice(ask.en if lang == "en" else ask.zh), self.rng)
        values = filled.values
        if any(f"{{{name}}}" in template and not getattr(value, lang) for name, value in values.items()):
            return
        if any(self._acted(values[word].zh if word in values else word) for word in ask.guard):
            return
        marks = tuple(mark for name in ask.answer for mark in filled.marks[name])
        group = f"{filled.frame.topic} {ask.answer}"
        yield Candidate(group, phrase(template, values, lang), marks, ask.kind, lang)
        if not ask.swap or f"{{{ask.swap}}}" not in template:
            return
        other = self._other(filled, ask.swap)
        if other.zh not in self.passage.text and other.en != values[ask.swap].en:
            yield Candidate(f"{group} swap", phrase(template, values | {ask.swap: other}, lang), (), ask.kind, lang)

    def _other(self, filled: Filled, slot: str) -> Value:
        kind = {"chief": "person", "secretary": "person"}.get(filled.kinds[slot], filled.kinds[slot])
        if kind == "office" and self.rng.random() < 0.7:
            near = neighbours(self.passage.things.offices[filled.values[slot].zh])
            if near and (office := self.rng.choice(near)).bare[0] not in {
                each.bare[0] for each in self.offices.values()
            }:
                return Value(self.passage.home.zh[-1] + office.bare[0], office.bare_en[0])
        if kind == "person" and self.rng.random() < 0.5:
            return self.passage.things.people.alike(filled.values[slot])
        return self.passage.things.draw(kind)

    def _acted(self, office: str) -> bool:
        """Whether an act of the passage is about the office, however printed."""
        return any(office.endswith(each.bare[0]) or each.bare[0].endswith(office) for each in self.offices.values())
