"""Questions for the people of an office: who was appointed, removed, elected to it, who follows whom; near misses."""

from collections.abc import Iterator

from qa.train.notices.acts import KINDS, Act, Kind
from qa.train.notices.asking import Asking, Candidate, is_wide, people
from qa.train.notices.offices import Office, counterparts, draw_office, moved, neighbours
from qa.train.notices.places import draw_place
from qa.train.notices.values import Mark


class OfficeQuestions(Asking):
    """Asks about the offices of a passage's acts."""

    def candidates(self) -> Iterator[Candidate]:
        """Yield questions about every office, about all people of an act, and about successors."""
        for office in self.offices.values():
            yield from self._who(office)
            yield from self._near(office)
        yield from self._everyone()
        yield from self._succession()

    def _who(self, office: Office) -> Iterator[Candidate]:
        for kind in KINDS:
            if self.of(kind) or self.rng.random() < 0.25:
                yield from self._ask(kind, office, f"who {kind}")

    def _near(self, office: Office) -> Iterator[Candidate]:
        rng = self.rng
        kinds = [act.kind for act in self.acts]
        for near in rng.sample(neighbours(office), min(3, len(neighbours(office)))):
            yield from self._ask(rng.choice(kinds), near, "near title", none=True)
        for near in rng.sample(others := counterparts(office, office.place), min(1, len(others))):
            yield from self._ask(rng.choice(kinds), near, "near body", none=True)
        for place in dict.fromkeys(act.offices[0].place for act in self.acts if act.offices[0].place != office.place):
            for near in rng.sample(others := counterparts(office, place), min(1, len(others))):
                yield from self._ask(rng.choice(kinds), near, "near level", none=True)
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
        rng, lang, away = self.rng, self.lang(), named is True
        named = rng.random() < 0.6 if named is None else named
        if named and not away and office.place.zh not in self.passage.text:
            return
        matching = [act for act in self.of(kind) if any(_same(each, office, named=named) for each in act.offices)]
        if (none and matching) or self._confusable(kind, office, named=named):
            return
        template = self.about_act("who", kind, lang)
        if not matching and (office.bare[0] in self.filled_offices or self._open(template, kind, office)):
            return
        name = self._call(office, matching, lang, named=named)
        marks = people(matching)
        question = template.replace("{o}", name)
        yield Candidate(group, question, marks, "person" if len(marks) < 2 else "list", lang)
        if self.date and lang == "zh" and marks and rng.random() < 0.3:
            yield from self._in_year(question, marks)

    def _in_year(self, question: str, marks: tuple[Mark, ...]) -> Iterator[Candidate]:
        """Ask the same with the year of the notice, and with another year."""
        year = self.passage.things.year
        template = self.plain("year", "zh")
        for asked, found in ((year, marks), (year + self.rng.choice((-3, -2, -1, 1, 2)), ())):
            kind = "person" if len(found) < 2 else "list"
            yield Candidate("year", template.replace("{y}", str(asked)).replace("{q}", question), found, kind, "zh")

    def _call(self, office: Office, matching: list[Act], lang: str, *, named: bool) -> str:
        """Return how the question calls the office: printed, shortened, or by its level only (``市公安局局长``)."""
        if named:
            return self.rng.choice((office.full, *office.named) if lang == "zh" else office.named_en)
        if lang == "en":
            return self.rng.choice(office.bare_en)
        held = [each for act in matching for each in act.offices if _same(each, office, named=False)]
        level = office.place.zh[-1]
        local = [level + each for each in office.bare if not office.organisation.endswith("人民政府")]
        return self.rng.choice(office.bare + (tuple(local) if all(each.place.zh[-1] == level for each in held) else ()))

    def _confusable(self, kind: Kind, office: Office, *, named: bool) -> bool:
        """Whether another office of the same act could be meant (acting mayor for mayor, a court of another level)."""
        asked = office.bare[0]
        for each in (held for act in self.of(kind) for held in act.offices):
            other = each.bare[0]
            if other == asked and named and each.place != office.place and each.place.name == office.place.name:
                return True
            if asked.endswith(other) and each.place.level != office.place.level:
                continue  # a city's intermediate court is no court of a district
            longer, shorter = max(asked, other, key=len), min(asked, other, key=len)
            if longer != shorter and longer.endswith(shorter) and not longer.removesuffix(shorter).endswith("副"):
                return True
        return False

    def _open(self, template: str, kind: Kind, office: Office) -> bool:
        """Whether a question without an answer may yet be answered by another act or by the description of a person."""
        if is_wide(template) and office.title in self.passage.text:
            return True
        return kind == "appoint" and any(each.bare == office.bare for act in self.of("elect") for each in act.offices)

    def _everyone(self) -> Iterator[Candidate]:
        for kind in KINDS if self.acts and not self.filled_offices else ():
            marks = people(self.of(kind))
            if marks or self.rng.random() < 0.3:
                lang = self.lang()
                yield Candidate(f"everyone {kind}", self.about_act("everyone", kind, lang), marks, "list", lang)

    def _succession(self) -> Iterator[Candidate]:
        """Ask who follows a person who leaves an office that one other person takes."""
        for office in self.offices.values():
            gone = [
                act for kind in ("remove", "resign") for act in self.acts if act.kind == kind and office in act.offices
            ]
            come = [act for act in self.of("appoint") if office in act.offices]
            if (
                len(gone) != 1
                or len(come) > 1
                or office.title.endswith(("委员", "员"))
                or office.title.startswith("副")
            ):
                continue
            lang = self.lang()
            name, post = self.name(gone[0].person, lang), office.bare[0] if lang == "zh" else office.bare_en[0]
            question = self.plain("successor", lang).replace("{p}", name).replace("{o}", post)
            yield Candidate("successor", question, people(come), "person", lang)


def _same(held: Office, asked: Office, *, named: bool) -> bool:
    return held.bare[0] == asked.bare[0] and (not named or held.place == asked.place)
