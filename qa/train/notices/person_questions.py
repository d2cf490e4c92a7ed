"""Questions about a person: the office, the body, the date, what the passage leaves out; people it does not name."""

from collections.abc import Iterator

from qa.train.notices.acts import KINDS
from qa.train.notices.asking import Asking, Candidate, is_wide
from qa.train.notices.values import Value


class PersonQuestions(Asking):
    """Asks about the people of a passage's acts."""

    def candidates(self) -> Iterator[Candidate]:
        """Yield questions about every person, and about strangers."""
        for person in {act.person.zh: act.person for act in self.acts}.values():
            yield from self._posts(person)
            yield from self._others(person)
        yield from self._strangers()

    def _posts(self, person: Value) -> Iterator[Candidate]:
        held = {act.kind for act in self.acts if act.person.zh == person.zh}
        for kind in KINDS:
            if kind not in held and self.rng.random() > 0.35:
                continue
            lang = self.lang()
            template = self.about_act("posts", kind, lang)
            if is_wide(template) and held != {kind}:
                continue
            marks = tuple(act.office for act in self.of(kind) if act.person.zh == person.zh)
            yield Candidate(f"post {kind}", template.replace("{p}", self.name(person, lang)), marks, "office", lang)

    def _others(self, person: Value) -> Iterator[Candidate]:
        """Ask for the body, the date and attributes that the passage does not state."""
        lang = self.lang()
        name = self.name(person, lang)
        yield Candidate("absent", self.plain("absent", lang).replace("{p}", name), (), "none", lang)
        acts = [act for act in self.acts if act.person.zh == person.zh]
        if [act.kind for act in acts] != ["appoint"] or len(acts[0].offices) > 1:
            return
        act, office = acts[0], acts[0].offices[0]
        title = office.title if lang == "zh" else office.bare_en[0].split(" of ")[0]
        body = self.plain("bodies", lang).replace("{p}", name).replace("{t}", title)
        if not office.organisation.endswith("人民政府"):
            yield Candidate("body", body, (act.organisation,), "organisation", lang)
        post = office.bare[0] if lang == "zh" else office.bare_en[0]
        when = self.plain("when", lang).replace("{p}", name).replace("{o}", post)
        if self.date or self.undated:
            yield Candidate("when", when, (self.date,) if self.date else (), "date", lang)

    def _strangers(self) -> Iterator[Candidate]:
        """Ask about people whom the passage does not name, one of them nearly."""
        people = self.passage.things.people
        known = [act.person for act in self.acts]
        for stranger in (people.alike(self.rng.choice(known)), people.draw()) if known else ():
            if stranger.zh in self.passage.text:
                continue
            lang = self.lang()
            template = self.about_act("posts", self.rng.choice(KINDS), lang)
            yield Candidate("stranger", template.replace("{p}", self.name(stranger, lang)), (), "none", lang)
