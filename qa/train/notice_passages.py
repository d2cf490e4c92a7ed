"""Compose one passage: a notice in lists, acts in prose or city news, with other matter around them."""

import random
from dataclasses import dataclass

from qa.train.notice_acts import KINDS, Act, Kind, Sentence, Style, write_item, write_sentence
from qa.train.notice_frames import Filled, Frame, write_frame
from qa.train.notice_heldout import is_held_out
from qa.train.notice_offices import Office, draw_office, neighbours
from qa.train.notice_places import Place, Split, draw_place
from qa.train.notice_templates import Templates
from qa.train.notice_things import Things, chinese_number
from qa.train.notice_values import Draft, Value

_HALF = str.maketrans("，；：（）？", ",;:()?")
_ORDER = {"appoint": 0, "remove": 2, "resign": 1, "elect": 0, "nominate": 0}


@dataclass(slots=True)
class Passage:
    """A passage with all that is known about it; ``text`` is final, marks index it."""

    text: str
    home: Place
    things: Things
    acts: list[Act]
    filled: list[Filled]
    half: bool


class Composer:
    """Writes one passage from the split's templates."""

    def __init__(self, rng: random.Random, split: Split, templates: Templates) -> None:
        level = rng.choices(("city", "county", "district", "province"), (70, 14, 8, 8))[0]
        self.rng, self.split, self.templates = rng, split, templates
        self.home = draw_place(rng, split, level)  # type: ignore[arg-type]
        self.things = Things(rng, split, self.home, rng.randint(2003, 2025))
        self.style = Style(rng, rng.random() < 0.15, rng.choice(("、", "、", "，")), rng.choice((0.0, 0.0, 0.2)))
        self.draft, self.used = Draft(), set[str]()
        self.acts: list[Act] = []
        self.filled: list[Filled] = []
        self.topics: set[str] = set()

    def fresh(self, kind: str) -> Value:
        """Draw a value of ``kind`` that this passage has not used (the home place excepted)."""
        if kind == "home":
            return self.things.draw(kind)
        while True:
            value = self.things.draw(kind)
            if value.zh not in self.used and not is_held_out(value.zh):
                self.used.add(value.zh)
                return value

    def compose(self) -> Passage:
        """Write the passage."""
        rng = self.rng
        shape = rng.choices(("notice", "prose", "news"), (40, 25, 35))[0]
        goal = rng.randint(110, 360)
        if shape == "notice":
            self._notice(goal)
        elif shape == "prose":
            if rng.random() < 0.5:
                self._frame(rng.choice(self.templates.headers))
            while self.draft.length < goal * 0.7:
                self._prose()
        while self.draft.length < goal and len(self.topics) < 8:
            if shape == "news" and rng.random() < 0.12:
                self._prose()
            self._frame(rng.choice([each for each in self.templates.news if each.topic != "byline"]))
            if len(self.topics) >= len({each.topic for each in self.templates.news}) - 1:
                break
        if rng.random() < 0.3:
            self._frame(rng.choice([each for each in self.templates.news if each.topic == "byline"]))
        half = rng.random() < 0.35
        text = self.draft.text.translate(_HALF) if half else self.draft.text
        return Passage(text, self.home, self.things, self.acts, self.filled, half)

    def _frame(self, frame: Frame) -> None:
        if frame.topic in self.topics:
            return
        self.topics.add(frame.topic)
        self.filled.append(write_frame(frame, self.draft, self.fresh, self.rng))
        if self.rng.random() < 0.2 and frame.topic not in ("title", "byline"):
            self.draft.write("\n")

    def _notice(self, goal: int) -> None:
        rng = self.rng
        if rng.random() < 0.85 or self.style.local:
            self._frame(rng.choice(self.templates.headers))
        kinds = rng.sample(KINDS[:3], rng.choice((1, 2, 2, 3))) if rng.random() < 0.85 else [rng.choice(KINDS[3:])]
        kinds.sort(key=lambda kind: _ORDER[kind])
        if rng.random() < 0.3:
            kinds += [rng.choice(kinds)]
            kinds.sort(key=lambda kind: _ORDER[kind])
        numbering = rng.choice(("", "{}. ", "chinese", "chinese", "（{}）"))
        newline = rng.random() < 0.65
        end = rng.choice(("；", "；", "；", "。")) if newline else "；"
        for number, kind in enumerate(kinds, 1):
            lead = rng.choice(self.templates.leads[kind]).removeprefix("一、")
            prefix = f"{chinese_number(number)}、" if numbering == "chinese" else numbering.format(number)
            self.draft.write(prefix + lead + ("\n" if newline else ""))
            self._items(kind, newline, end, rng.randint(1, max(1, goal // 28 // len(kinds))))

    def _items(self, kind: Kind, newline: bool, end: str, count: int) -> None:
        template = self.rng.choice(self.templates.items[kind])
        office = self._office(kind)
        for number in range(count):
            held = (office,) if self.rng.random() < 0.85 else (office, self._office(kind))
            last = number == count - 1
            self.acts.append(write_item(self.draft, template, kind, self._person(kind), held, self.style))
            self.draft.write(("。" if last else end) + ("\n" if newline or last else ""))
            if self.rng.random() > 0.3:
                office = self._office(kind)

    def _person(self, kind: Kind) -> Value:
        others = [act.person for act in self.acts if act.kind != kind]
        mine = {act.person.zh for act in self.acts if act.kind == kind}
        if others and self.rng.random() < 0.15:
            person = self.rng.choice(others)
            if person.zh not in mine:
                return person
        return self.fresh("person")

    def _office(self, kind: Kind) -> Office:
        rng = self.rng
        known = [office for act in self.acts for office in act.offices]
        if known and rng.random() < 0.35:
            near = rng.choice(known)
            return rng.choice(neighbours(near) or (near,)) if rng.random() < 0.5 else near
        place = self.home
        if kind != "elect" and rng.random() < 0.06 and not self.style.local:
            place = draw_place(rng, self.split, "city")
        return draw_office(rng, place)

    def _prose(self) -> None:
        sentence: Sentence = self.rng.choice(self.templates.sentences)
        people, held = [], []
        for number, kind in enumerate(sentence.kinds, 1):
            count = self.rng.choice((1, 1, 2, 3)) if f"{{p{number}+}}" in sentence.text else 1
            people.append([self.fresh("person") for _ in range(count)])
            held.append((self._office(kind),) if self.rng.random() < 0.85 else (self._office(kind), self._office(kind)))
        self.acts += write_sentence(self.draft, sentence, people, held, self.style)
