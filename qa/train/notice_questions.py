"""Ask about a passage: every candidate question with its answers, and near misses that the passage does not answer."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from qa.train.notice_acts import KINDS, Act, Kind
from qa.train.notice_frames import Ask, Filled, phrase
from qa.train.notice_offices import Office, draw_office, neighbours, offices
from qa.train.notice_passages import Passage
from qa.train.notice_places import Place, Split, draw_place
from qa.train.notice_templates import Phrases, Templates
from qa.train.notice_values import Mark, Value


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question with where its answers stand; ``group`` keeps a passage's questions varied."""

    group: str
    question: str
    marks: tuple[Mark, ...]
    kind: str
    lang: str


class Asker:
    """Draws candidates about one passage."""

    def __init__(self, rng: random.Random, split: Split, templates: Templates, passage: Passage) -> None:
        self.rng, self.split, self.templates, self.passage = rng, split, templates, passage
        self.phrases: dict[str, dict[str, Phrases]] = {
            "zh": {"who": templates.who, "posts": templates.posts, "everyone": templates.everyone},
            "en": {"who": templates.who_en, "posts": templates.posts_en, "everyone": templates.everyone_en},
        }

    def candidates(self) -> list[Candidate]:
        """Return candidates in no particular order."""
        acts = self.passage.acts
        out: list[Candidate] = []
        for filled in self.passage.filled:
            for ask in filled.frame.asks:
                out += self._frame(filled, ask)
        held = {office.full: office for act in acts for office in act.offices}
        for office in held.values():
            out += self._who(office)
        for person in {act.person.zh: act.person for act in acts}.values():
            out += self._person(person)
        for kind in KINDS if acts else ():
            marks = _people(act for act in acts if act.kind == kind)
            if marks or self.rng.random() < 0.3:
                lang = self._lang()
                question = self.rng.choice(self.phrases[lang]["everyone"][kind])
                out.append(Candidate(f"everyone {kind}", question, marks, "list", lang))
        return [self._finish(each) for each in out]

    def _lang(self) -> str:
        return "zh" if self.rng.random() < 0.7 else "en"

    def _finish(self, candidate: Candidate) -> Candidate:
        question, kind = candidate.question, candidate.kind
        if candidate.lang == "zh":
            roll = self.rng.random()
            if roll < 0.12:
                question = question.removesuffix("？")
            elif roll < 0.3:
                question = question.replace("？", "?")
        return replace(candidate, question=question, kind=kind if candidate.marks else "none")

    def _frame(self, filled: Filled, ask: Ask) -> Iterator[Candidate]:
        lang = self._lang() if ask.en else "zh"
        template = self.rng.choice(ask.en if lang == "en" else ask.zh)
        marks = tuple(filled.marks[ask.answer]) if ask.answer else ()
        group = f"{filled.frame.topic} {ask.answer}"
        if not self._readable(template, filled.values, lang):
            return
        yield Candidate(group, phrase(template, filled.values, lang), marks, ask.kind, lang)
        if not ask.swap or f"{{{ask.swap}}}" not in template:
            return
        kind = filled.kinds[ask.swap]
        other = self.passage.things.draw("city" if kind == "home" else kind)
        if other.zh not in self.passage.text and other.en not in {value.en for value in filled.values.values()}:
            yield Candidate(
                f"{group} swap", phrase(template, filled.values | {ask.swap: other}, lang), (), ask.kind, lang
            )

    def _readable(self, template: str, values: dict[str, Value], lang: str) -> bool:
        return all(getattr(value, lang) for name, value in values.items() if f"{{{name}}}" in template)

    def _who(self, office: Office) -> Iterator[Candidate]:
        rng = self.rng
        for kind in KINDS:
            if self._acts(kind) or rng.random() < 0.25:
                yield from self._ask_office(kind, office, f"who {kind}")
        near = list(neighbours(office))
        if near:
            yield from self._ask_office(rng.choice(self._kinds()), rng.choice(near), "near title", none=True)
        elsewhere = draw_place(rng, self.split, office.place.level)
        if elsewhere.zh not in self.passage.text:
            moved = _moved(office, elsewhere)
            yield from self._ask_office(rng.choice(self._kinds()), moved, "near place", none=True, named=True)
        yield from self._ask_office(
            rng.choice(self._kinds()), draw_office(rng, office.place), "other office", none=True
        )

    def _kinds(self) -> list[Kind]:
        return [act.kind for act in self.passage.acts]

    def _acts(self, kind: Kind) -> list[Act]:
        return [act for act in self.passage.acts if act.kind == kind]

    def _ask_office(
        self, kind: Kind, office: Office, group: str, *, none: bool = False, named: bool = False
    ) -> Iterator[Candidate]:
        lang = self._lang()
        named = named or self.rng.random() < 0.6
        if named and not self._place_known(office):
            return
        matching = [act for act in self._acts(kind) if any(_matches(each, office, named=named) for each in act.offices)]
        if (none and matching) or self._confusable(kind, office, named=named):
            return
        template = self.rng.choice(self.phrases[lang]["who"][kind])
        forms = (office.full, office.short) if named else (office.bare,)
        name = self.rng.choice(forms) if lang == "zh" else office.en if named else office.bare_en
        if not matching and self._vague(template, kind, office):
            return
        yield Candidate(
            group, template.replace("{o}", name), _people(matching), "person" if len(matching) < 2 else "list", lang
        )

    def _place_known(self, office: Office) -> bool:
        """Whether a question may name the place: either it is printed, or it is printed nowhere as ``市…`` either."""
        return office.place.zh in self.passage.text or not self.passage.text or office.place != self.passage.home

    def _confusable(self, kind: Kind, office: Office, *, named: bool) -> bool:
        """Whether another office of the same act could be meant (``代市长`` for ``市长``, a court of another level)."""
        asked = office.bare
        for act in self._acts(kind):
            for each in act.offices:
                other = each.bare
                if other == asked and named and each.place != office.place and each.place.name == office.place.name:
                    return True
                if other != asked and other.endswith(asked) and not other.removesuffix(asked).endswith("副"):
                    return True
                if other != asked and asked.endswith(other) and not asked.removesuffix(other).endswith("副"):
                    return True
        return False

    def _vague(self, template: str, kind: Kind, office: Office) -> bool:
        """Whether an unanswered question may yet be answered by another act or by a description of a person."""
        wide = any(
            word in template
            for word in (
                "新任",
                "由谁担任",
                "谁任",
                "new",
                "serve",
                "出任",
                "卸",
                "不再",
                "no longer",
                "lost",
                "候选",
                "人选",
                "candidate",
            )
        )
        return (
            wide
            and office.title in self.passage.text
            or kind == "appoint"
            and any(
                act.kind == "elect" and any(each.bare == office.bare for each in act.offices)
                for act in self.passage.acts
            )
        )

    def _person(self, person: Value) -> Iterator[Candidate]:
        name = {"zh": person.zh, "en": self.rng.choice((person.zh, person.en, f"{person.en} ({person.zh})"))}
        for kind in KINDS:
            acts = [act for act in self._acts(kind) if act.person.zh == person.zh]
            if not acts and self.rng.random() > 0.35:
                continue
            lang = self._lang()
            template = self.rng.choice(self.phrases[lang]["posts"][kind])
            if not acts and (
                "任什么职务" in template or "新职务" in template or "new" in template or "不再" in template
            ):
                continue
            marks = tuple(act.office for act in acts)
            yield Candidate(f"post {kind}", template.replace("{p}", name[lang]), marks, "office", lang)
        lang = self._lang()
        absent = self.templates.absent if lang == "zh" else self.templates.absent_en
        yield Candidate("absent", self.rng.choice(absent).replace("{p}", name[lang]), (), "none", lang)


def _matches(held: Office, asked: Office, *, named: bool) -> bool:
    return held.bare == asked.bare and (not named or held.place == asked.place)


def _moved(office: Office, place: Place) -> Office:
    """The same office in another place of the same level."""
    return next(each for each in offices(place) if each.bare == office.bare)


def _people(acts: Iterable[Act]) -> tuple[Mark, ...]:
    """The names of the acts, each person once, in printed order."""
    first: dict[str, Mark] = {}
    for act in sorted(acts, key=lambda act: act.name.start):
        first.setdefault(act.person.zh, act.name)
    return tuple(first.values())
