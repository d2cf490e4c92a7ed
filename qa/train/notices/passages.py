"""Compose one passage: a notice in lists, acts in prose or city news, with other matter around them."""

import random
from dataclasses import dataclass, replace

from qa.train.notices.acts import Act, Kind, Sentence, Style, write_item, write_sentence
from qa.train.notices.frames import Filled, Frame, choose, write_frame
from qa.train.notices.offices import (
    Office,
    counterparts,
    draw_department,
    draw_elected,
    draw_office,
    is_deputy_head,
    is_sole,
    neighbours,
)
from qa.train.notices.places import Level, Place, Split, draw_place
from qa.train.notices.tables import is_held_out
from qa.train.notices.templates import Templates
from qa.train.notices.things import Things, chinese_number
from qa.train.notices.values import Mark, TextBuilder, Value

_HALF = str.maketrans("，；：（）？", ",;:()?")
_LIST_KINDS: tuple[tuple[tuple[Kind, ...], int], ...] = (
    (("appoint",), 3),
    (("remove",), 2),
    (("appoint", "remove"), 8),
    (("appoint", "appoint", "remove", "remove"), 4),
    (("appoint", "resign", "remove"), 3),
    (("resign", "appoint"), 2),
    (("resign",), 1),
    (("elect",), 2),
    (("nominate",), 1),
)
_THEMES = (
    "congress",
    "meeting",
    "economy",
    "economy",
    "economy",
    "visit",
    "visit",
    "civic",
    "rural",
    "bio",
    "succession",
)
_HOME_LEVELS: tuple[Level, ...] = ("city",) * 7 + ("county", "district", "province")
_MAX_CONTEXT = 120  # characters of a title that chunks repeat
_COMMON = frozenset({"sex", "nation", "edu", "birth", "hotline", "chief", "secretary"})  # people may share these


@dataclass(slots=True)
class Passage:
    """A passage with all that is known about it; marks index ``text``.

    ``dated``: the date of its head is that of all its acts.
    """

    text: str
    home: Place
    things: Things
    acts: list[Act]
    filled: list[Filled]
    dated: bool

    def places(self) -> list[Place]:
        """Return the places that it is about."""
        return list(dict.fromkeys((self.home, *(office.place for act in self.acts for office in act.offices))))


@dataclass(frozen=True, slots=True)
class Block:
    """A lead with its items: where the lead stands, and where each item begins."""

    lead: Mark
    items: tuple[int, ...]


class Composer:
    """Writes one passage from the split's templates."""

    def __init__(self, rng: random.Random, split: Split, templates: Templates) -> None:
        level = rng.choice(_HOME_LEVELS)
        self.rng, self.split, self.templates = rng, split, templates
        self.home = draw_place(rng, split, level)
        self.things = Things(rng, split, self.home, rng.randint(2003, 2025))
        self.known = self.things.builtin()
        self.style = Style(
            rng, rng.random() < 0.2, rng.choice(("、", "，", "，", "，兼任", "兼")), rng.choice((0.0, 0.2))
        )
        self.draft, self.used = TextBuilder(), {self.home.zh}
        self.acts: list[Act] = []
        self.pending: list[tuple[Kind, Office]] = []  # offices of the sentence being written
        self.filled: list[Filled] = []
        self.blocks: list[Block] = []
        self.topics: set[str] = set()
        self.order = False  # a notice of the government, which fills its departments only
        self.sentences: list[Sentence] = list(templates.sentences)
        rng.shuffle(self.sentences)

    def compose(self) -> Passage:
        """Write the passage."""
        rng = self.rng
        shape = rng.choices(("notice", "prose", "news"), (38, 18, 44))[0]
        goal = rng.randint(110, 340)
        theme = "congress" if shape != "news" else rng.choice(_THEMES)
        self.order = shape == "notice" and rng.random() < 0.12
        dated = shape == "notice"
        if shape == "notice":
            continued, several = rng.random() < 0.2, rng.random() < 0.2 and not self.style.local
            self._notice(goal * (3 if continued else 1) // (2 if several else 1))
            if several:
                dated = False
                self._another_notice(goal // 2)
            goal = self.draft.length if continued else goal
        elif shape == "prose":
            self._head(0.5)
            while self.draft.length < goal * 0.7 and self.sentences:
                self._prose()
        else:
            for start in ("headline", "opening"):
                if rng.random() < 0.4:
                    self._one_of(self.templates.themed(start))
        self._surround(goal, theme, mixed=shape == "news" and theme != "succession")
        if rng.random() < 0.3:
            self._one_of(
                self.templates.themed(
                    "signature" if shape == "notice" and not self.order and rng.random() < 0.5 else "closing"
                )
            )
        text = self.draft.text.translate(_HALF) if rng.random() < 0.4 else self.draft.text
        passage = Passage(text, self.home, self.things, self.acts, self.filled, dated)
        return self._from_within(passage) if shape == "notice" and continued else passage

    def _from_within(self, passage: Passage) -> Passage:
        """Begin inside a list, with the title and the lead repeated in front, as chunks of a long notice do."""
        blocks = [block for block in self.blocks if len(block.items) > 1]
        if not blocks:
            return passage
        block = self.rng.choice(blocks)
        begin = self.rng.choice(block.items[1:])
        title = passage.text.split("\n", 1)[0] + "\n" if block.lead.start else ""
        lead = passage.text[block.lead.start : block.lead.end].strip()
        repeated = f"{title[:_MAX_CONTEXT]}{lead}\n"
        return from_offset(passage, begin, repeated)

    def _another_notice(self, goal: int) -> None:
        """Follow with a second notice, now and then of another place."""
        if self.rng.random() < 0.5:
            self.home = draw_place(self.rng, self.split, self.rng.choice(("county", "district", "city")))
            self.known |= {"home": Value(self.home.zh, self.home.en)}
        self.topics.discard("title")
        self.draft.write("" if self.draft.text.endswith("\n") else "\n")
        self._notice(goal)

    def _surround(self, goal: int, theme: str, *, mixed: bool) -> None:
        """Add frames of the theme, now and then of another, until the passage is as long as wanted."""
        rng = self.rng
        for _ in range(12):
            if self.draft.length >= goal:
                return
            if mixed and rng.random() < 0.12 and self.sentences:
                self._prose()
            other = rng.choice(("congress", "meeting", "economy", "visit")) if rng.random() < 0.2 else theme
            if self.acts and theme == "congress" and rng.random() < 0.25:
                other = "acts"
            self._one_of(self.templates.themed(other))

    def _one_of(self, frames: list[Frame]) -> None:
        rest = [frame for frame in frames if frame.topic not in self.topics or frame.repeat]
        if not rest:
            return
        frame = self.rng.choice(rest)
        self.topics.add(frame.topic)
        if frame.theme == "bio" and self.draft.length and not self.draft.text.endswith("\n"):
            self.draft.write("\n")
        self.filled.append(write_frame(frame, self.draft, self._fresh, self.known, self.rng))
        if self.rng.random() < 0.2 and frame.theme not in ("header", "opening", "closing", "bio"):
            self.draft.write("\n")

    def _fresh(self, kind: str) -> Value:
        """Draw a value of ``kind`` that this passage has not used."""
        held = {office.bare[0] for act in self.acts for office in act.offices}
        while True:
            value = self.things.draw(kind)
            if (value.zh in self.used and kind not in _COMMON) or is_held_out(value.zh):
                continue
            if kind == "office" and self.things.offices[value.zh].bare[0] in held:
                continue
            self.used.add(value.zh)
            return value

    def _head(self, share: float) -> None:
        if self.rng.random() < share or self.style.local:
            self._one_of(self.templates.themed("order" if self.order else "header"))

    def _notice(self, goal: int) -> None:
        """Write a notice: one or more leads with their items, numbered or not, on lines of their own or not."""
        rng = self.rng
        self._head(0.85)
        shapes = _LIST_KINDS[:4] if self.order else _LIST_KINDS
        kinds = rng.choices([kinds for kinds, _ in shapes], [weight for _, weight in shapes])[0]
        numbering = rng.choice(("", "{}. ", "chinese", "chinese", "（{}）"))
        newline = rng.random() < 0.65
        end = rng.choice(("；", "；", "；", "。")) if newline else "；"
        for number, kind in enumerate(kinds, 1):
            prefix = f"{chinese_number(number)}、" if numbering == "chinese" else numbering.format(number)
            lead = self.draft.write(prefix + rng.choice(self.templates.leads[kind]) + ("\n" if newline else ""))
            starts = self._items(kind, end, rng.randint(1, max(1, goal // 26 // len(kinds))), newline=newline)
            self.blocks.append(Block(lead, starts))

    def _items(self, kind: Kind, end: str, count: int, *, newline: bool) -> tuple[int, ...]:
        """Write items; return where each begins."""
        template = self.rng.choice(self.templates.items[kind])
        office, starts = self._office(kind), list[int]()
        for number in range(count):
            starts.append(self.draft.length)
            last = number == count - 1
            self.acts.append(
                write_item(self.draft, template, kind, self._person(kind), self._held(office, kind), self.style)
            )
            self.draft.write(("。" if last else end) + ("\n" if newline or last else ""))
            if is_sole(office) or self.rng.random() > 0.6:
                office = self._office(kind)
        return tuple(starts)

    def _held(self, office: Office, kind: Kind) -> tuple[Office, ...]:
        """Return the office alone, or now and then with a second one that the same person holds."""
        deputy = is_deputy_head(office)
        if self.rng.random() < (0.55 if deputy else 0.85):
            return (office,)
        second = draw_department(self.rng, office.place, chief=True) if deputy else self._office(kind)
        fits = second.organisation != office.organisation and second.place == office.place and self._free(second, kind)
        return (office, second) if fits else (office,)

    def _person(self, kind: Kind) -> Value:
        """Return a new person, or one who is in an act of another kind: moved from one post to the next."""
        mine = {act.person.zh for act in self.acts if act.kind == kind}
        others = [act.person for act in self.acts if act.person.zh not in mine]
        if others and self.rng.random() < 0.15:
            return self.rng.choice(others)
        return self._fresh("person")

    def _office(self, kind: Kind) -> Office:
        """Return an office that may be filled (or left) in another act of this kind."""
        known = [office for act in self.acts if kind != "elect" or act.kind == kind for office in act.offices]
        while True:
            office = self._candidate(kind, known)
            if self._free(office, kind):
                return office

    def _free(self, office: Office, kind: Kind) -> bool:
        """Whether no frame describes the office, and nobody else has it in this kind of act if only one can."""
        described = {self.things.offices[zh].bare[0] for zh in self.used & self.things.offices.keys()}
        filled = [*self.pending, *((act.kind, each) for act in self.acts for each in act.offices)]
        taken = is_sole(office) and (kind, office) in filled
        return not taken and office.bare[0] not in described

    def _candidate(self, kind: Kind, known: list[Office]) -> Office:
        rng = self.rng
        if known and rng.random() < 0.35:
            near = rng.choice(known)
            return rng.choice(neighbours(near) or (near,)) if rng.random() < 0.5 else near
        if known and kind != "elect" and not self.order and not self.style.local and rng.random() < 0.1:
            office = rng.choice(known)
            elsewhere = draw_place(rng, self.split, rng.choice(("city", "county", "district")))
            return rng.choice(counterparts(office, rng.choice((office.place, elsewhere))) or (office,))
        if self.order:
            return draw_department(rng, self.home)
        if kind != "elect" and rng.random() < 0.06 and not self.style.local:
            return draw_office(rng, draw_place(rng, self.split, "city"))
        if rng.random() < {"elect": 1.0, "nominate": 0.8, "resign": 0.6}.get(kind, 0.1):
            return draw_elected(rng, self.home)
        return draw_office(rng, self.home)

    def _prose(self) -> None:
        """Write one sentence of acts, of a template that the passage has not used."""
        sentence = self.sentences.pop()
        people: list[list[Value]] = []
        held: list[tuple[Office, ...]] = []
        for number, kind in enumerate(sentence.kinds, 1):
            office = self._office(kind)
            several = f"{{p{number}+}}" in sentence.text and not is_sole(office)
            count = self.rng.choice((1, 2, 2, 3)) if several else 1
            people.append([self._fresh("person") for _ in range(count)])
            others = [each for other in held for each in other]
            held.append((office,) if count > 1 or others else self._held(office, kind))
            self.pending += [(kind, each) for each in held[-1]]
        text = choose(sentence.text, self.rng)
        for name, value in self.known.items():
            text = text.replace(f"{{{name}}}", value.zh)
        self.acts += write_sentence(self.draft, Sentence(sentence.kinds, text), people, held, self.style)
        self.pending = []


def from_offset(passage: Passage, begin: int, repeated: str) -> Passage:
    """Drop what stands before ``begin`` with all that is known of it, and put the ``repeated`` lines in its place."""
    shift = len(repeated) - begin

    def moved(mark: Mark) -> Mark:
        return Mark(mark.start + shift, mark.end + shift)

    acts = [
        replace(act, name=moved(act.name), office=moved(act.office), organisation=moved(act.organisation))
        for act in passage.acts
        if min(act.name.start, act.office.start) >= begin
    ]
    filled = [
        replace(each, marks={name: [moved(mark) for mark in marks] for name, marks in each.marks.items()})
        for each in passage.filled
        if all(mark.start >= begin for marks in each.marks.values() for mark in marks)
    ]
    text = repeated + passage.text[begin:]
    return replace(passage, text=text, acts=acts, filled=filled, dated=False)
