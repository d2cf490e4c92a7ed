"""Ask about the acts and frames of a passage: every candidate question with its answers, near misses included."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from qa.train.notice_acts import KINDS, Act, Kind
from qa.train.notice_frames import Ask, Filled, choose, phrase
from qa.train.notice_offices import Office, draw_office, moved, neighbours
from qa.train.notice_passages import Passage
from qa.train.notice_places import Split, draw_place
from qa.train.notice_templates import Templates
from qa.train.notice_values import Mark, Value

# Words that ask for more than one kind of act; a question with one of them and no answer may be answerable after all.
_WIDE = (
    *(
        "新任",
        "新一任",
        "由谁担任",
        "谁任",
        "当上",
        "担任",
        "任什么",
        "出任",
        "接任",
        "新职务",
        "卸",
        "不再",
        "候选",
        "人选",
        "拟任",
        "选出",
    ),
    *(
        "new",
        "serve",
        "lost",
        "lose",
        "stepped",
        "candidate",
        "relieved",
        "gave up",
        "give up",
        "put forward",
        "made",
        "given",
    ),
)


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
        self.acts = passage.acts
        self.offices = {office.full: office for act in self.acts for office in act.offices}
        headers = [filled for filled in passage.filled if filled.frame.theme == "header"]
        self.date = next((filled.marks["date"][0] for filled in headers if "date" in filled.marks), None)

    def candidates(self) -> list[Candidate]:
        """Return candidates in no particular order."""
        out = [each for filled in self.passage.filled for ask in filled.frame.asks for each in self._frame(filled, ask)]
        for office in self.offices.values():
            out += [*self._who(office), *self._near(office)]
        for person in {act.person.zh: act.person for act in self.acts}.values():
            out += [*self._posts(person), *self._others(person)]
        out += [*self._everyone(), *self._succession(), *self._strangers()]
        return [self._finish(each) for each in out]

    def _lang(self) -> str:
        return "zh" if self.rng.random() < 0.68 else "en"

    def _finish(self, each: Candidate) -> Candidate:
        question, roll = each.question, self.rng.random()
        if each.lang == "zh" and roll < 0.12:
            question = question.removesuffix("？")
        elif each.lang == "zh" and roll < 0.3:
            question = question.replace("？", "?")
        elif each.lang == "en" and roll < 0.06:
            question = question.removesuffix("?")
        return replace(each, question=question, kind=each.kind if each.marks else "none")

    def _template(self, name: str, kind: Kind, lang: str) -> str:
        return choose(self.rng.choice(self.templates.asked[name, lang][kind]), self.rng)

    def _plain(self, name: str, lang: str) -> str:
        return choose(self.rng.choice(self.templates.plain[name, lang]), self.rng)

    def _of(self, kind: Kind) -> list[Act]:
        return [act for act in self.acts if act.kind == kind]

    # Frames

    def _frame(self, filled: Filled, ask: Ask) -> Iterator[Candidate]:
        lang = self._lang() if ask.en and ask.zh else "zh" if ask.zh else "en"
        template = choose(self.rng.choice(ask.en if lang == "en" else ask.zh), self.rng)
        values = filled.values
        if any(f"{{{name}}}" in template and not getattr(value, lang) for name, value in values.items()):
            return
        if any(self._acted(values[word].zh if word in values else word) for word in ask.guard):
            return
        marks = tuple(mark for name in ask.answer for mark in filled.marks[name][: None if ask.kind == "list" else 1])
        group = f"{filled.frame.topic} {ask.answer}"
        yield Candidate(group, phrase(template, values, lang), marks, ask.kind, lang)
        if not ask.swap or f"{{{ask.swap}}}" not in template:
            return
        other = self._other(filled, ask.swap)
        if other.zh not in self.passage.text and other.en != values[ask.swap].en:
            yield Candidate(f"{group} swap", phrase(template, values | {ask.swap: other}, lang), (), ask.kind, lang)

    def _other(self, filled: Filled, slot: str) -> Value:
        kind = filled.kinds[slot]
        if kind == "person" and self.rng.random() < 0.5:
            return self.passage.things.people.alike(filled.values[slot])
        return self.passage.things.draw(kind)

    def _acted(self, office: str) -> bool:
        """Whether an act of the passage is about the office, however printed."""
        return any(office.endswith(each.bare[0]) or each.bare[0].endswith(office) for each in self.offices.values())

    # Acts

    def _who(self, office: Office) -> Iterator[Candidate]:
        for kind in KINDS:
            if self._of(kind) or self.rng.random() < 0.25:
                yield from self._ask(kind, office, f"who {kind}")

    def _near(self, office: Office) -> Iterator[Candidate]:
        rng = self.rng
        kinds = [act.kind for act in self.acts]
        for near in rng.sample(neighbours(office), min(2, len(neighbours(office)))):
            yield from self._ask(rng.choice(kinds), near, "near title", none=True)
        level = office.place.level if rng.random() < 0.7 else "city"
        elsewhere = draw_place(rng, self.split, level)
        there = moved(office, elsewhere)
        if there and elsewhere.name not in self.passage.text:
            yield from self._ask(rng.choice(kinds), there, "near place", none=True, named=True)
        yield from self._ask(rng.choice(kinds), draw_office(rng, office.place), "other office", none=True)

    def _ask(
        self, kind: Kind, office: Office, group: str, *, none: bool = False, named: bool | None = None
    ) -> Iterator[Candidate]:
        """Ask who the act of ``kind`` makes ``office``; with ``none``, only where nobody is."""
        rng, lang, away = self.rng, self._lang(), named is True
        named = rng.random() < 0.6 if named is None else named
        if named and not away and office.place.zh not in self.passage.text:
            return
        matching = [act for act in self._of(kind) if any(_same(each, office, named=named) for each in act.offices)]
        if (none and matching) or self._confusable(kind, office, named=named):
            return
        template = self._template("who", kind, lang)
        if not matching and self._open(template, kind, office):
            return
        names = (
            (office.named if lang == "zh" else office.named_en)
            if named
            else office.bare
            if lang == "zh"
            else office.bare_en
        )
        name = office.full if lang == "zh" and named and rng.random() < 0.4 else rng.choice(names)
        marks = _people(matching)
        question = template.replace("{o}", name)
        yield Candidate(group, question, marks, "person" if len(marks) < 2 else "list", lang)
        if self.date and lang == "zh" and marks and rng.random() < 0.3:
            yield from self._in_year(question, marks)

    def _in_year(self, question: str, marks: tuple[Mark, ...]) -> Iterator[Candidate]:
        """Ask the same with the year of the notice, and with another year."""
        year = self.passage.things.year
        template = self._plain("year", "zh")
        for asked, found in ((year, marks), (year + self.rng.choice((-3, -2, -1, 1, 2)), ())):
            kind = "person" if len(found) < 2 else "list"
            yield Candidate("year", template.replace("{y}", str(asked)).replace("{q}", question), found, kind, "zh")

    def _confusable(self, kind: Kind, office: Office, *, named: bool) -> bool:
        """Whether another office of the same act could be meant (acting mayor for mayor, a court of another level)."""
        asked = office.bare[0]
        for each in (held for act in self._of(kind) for held in act.offices):
            other = each.bare[0]
            if other == asked and named and each.place != office.place and each.place.name == office.place.name:
                return True
            longer, shorter = max(asked, other, key=len), min(asked, other, key=len)
            if longer != shorter and longer.endswith(shorter) and not longer.removesuffix(shorter).endswith("副"):
                return True
        return False

    def _open(self, template: str, kind: Kind, office: Office) -> bool:
        """Whether a question without an answer may yet be answered by another act or by the description of a person."""
        if any(word in template for word in _WIDE) and office.title in self.passage.text:
            return True
        elected = kind == "appoint" and any(
            each.bare == office.bare for act in self._of("elect") for each in act.offices
        )
        return elected

    def _posts(self, person: Value) -> Iterator[Candidate]:
        held = {act.kind for act in self.acts if act.person.zh == person.zh}
        for kind in KINDS:
            if kind not in held and self.rng.random() > 0.35:
                continue
            lang = self._lang()
            template = self._template("posts", kind, lang)
            if any(word in template for word in _WIDE) and held != {kind}:
                continue
            marks = tuple(act.office for act in self._of(kind) if act.person.zh == person.zh)
            yield Candidate(f"post {kind}", template.replace("{p}", self._name(person, lang)), marks, "office", lang)

    def _name(self, person: Value, lang: str) -> str:
        forms = (person.zh, person.en, f"{person.en} ({person.zh})" if person.en != person.zh else person.zh)
        return self.rng.choice(forms) if lang == "en" else person.zh

    def _others(self, person: Value) -> Iterator[Candidate]:
        """Ask for the body, the date and attributes that the passage does not state."""
        lang = self._lang()
        name = self._name(person, lang)
        yield Candidate("absent", self._plain("absent", lang).replace("{p}", name), (), "none", lang)
        acts = [act for act in self.acts if act.person.zh == person.zh]
        if [act.kind for act in acts] != ["appoint"] or len(acts[0].offices) > 1:
            return
        act, office = acts[0], acts[0].offices[0]
        title = office.title if lang == "zh" else office.bare_en[0].split(" of ")[0]
        body = self._plain("bodies", lang).replace("{p}", name).replace("{t}", title)
        if not office.organisation.endswith("人民政府"):
            yield Candidate("body", body, (act.organisation,), "organisation", lang)
        post = office.bare[0] if lang == "zh" else office.bare_en[0]
        when = self._plain("when", lang).replace("{p}", name).replace("{o}", post)
        yield Candidate("when", when, (self.date,) if self.date else (), "date", lang)

    def _everyone(self) -> Iterator[Candidate]:
        for kind in KINDS if self.acts else ():
            marks = _people(self._of(kind))
            if marks or self.rng.random() < 0.3:
                lang = self._lang()
                yield Candidate(f"everyone {kind}", self._template("everyone", kind, lang), marks, "list", lang)

    def _succession(self) -> Iterator[Candidate]:
        """Ask who follows a person who leaves an office that one other person takes."""
        for office in self.offices.values():
            gone = [
                act for kind in ("remove", "resign") for act in self.acts if act.kind == kind and office in act.offices
            ]
            come = [act for act in self._of("appoint") if office in act.offices]
            if (
                len(gone) != 1
                or len(come) > 1
                or office.title.endswith(("委员", "员"))
                or office.title.startswith("副")
            ):
                continue
            lang = self._lang()
            name, post = self._name(gone[0].person, lang), office.bare[0] if lang == "zh" else office.bare_en[0]
            question = self._plain("successor", lang).replace("{p}", name).replace("{o}", post)
            yield Candidate("successor", question, _people(come), "person", lang)

    def _strangers(self) -> Iterator[Candidate]:
        """Ask about people whom the passage does not name, one of them nearly."""
        people = self.passage.things.people
        known = [act.person for act in self.acts]
        for stranger in (people.alike(self.rng.choice(known)), people.draw()) if known else ():
            if stranger.zh in self.passage.text:
                continue
            lang = self._lang()
            template = self._template("posts", self.rng.choice(KINDS), lang)
            yield Candidate("stranger", template.replace("{p}", self._name(stranger, lang)), (), "none", lang)


def _same(held: Office, asked: Office, *, named: bool) -> bool:
    return held.bare[0] == asked.bare[0] and (not named or held.place == asked.place)


def _people(acts: Iterable[Act]) -> tuple[Mark, ...]:
    """Return where the names of the acts stand, each person once, in printed order."""
    first: dict[str, Mark] = {}
    for act in sorted(acts, key=lambda act: act.name.start):
        first.setdefault(act.person.zh, act.name)
    return tuple(first.values())
