"""Names of people: Faker's, our own compositions with pinyin, compound surnames and names with a middle dot."""

import random

from faker import Faker

from qa.train.notices.tables import glossed, pairs, table
from qa.train.notices.values import Value


class People:
    """Draws names, deterministic for the random generator it is given."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._faker = Faker("zh_CN")
        self._faker.seed_instance(rng.getrandbits(32))
        words = table("people")
        self._surnames, self._compound = pairs(words["surnames"]), pairs(words["compound"])
        self._given, self._minority = pairs(words["given"]), glossed(words["minority"])

    def draw(self) -> Value:
        """Return a name; its gloss is pinyin where we know it, else the Chinese characters."""
        rng = self._rng
        kind = rng.random()
        if kind < 0.3:
            name = str(self._faker.name())
            return Value(name, name)
        if kind < 0.32:
            return rng.choice(self._minority)
        surname, surname_en = rng.choice(self._compound if kind < 0.35 else self._surnames)
        return self._with_given(Value(surname, surname_en))

    def _with_given(self, surname: Value) -> Value:
        given = self._rng.sample(self._given, 1 if self._rng.random() < 0.3 else 2)
        zh, en = "".join(part for part, _ in given), "".join(part for _, part in given)
        return Value(surname.zh + zh, f"{surname.en} {en.capitalize()}")

    def alike(self, person: Value) -> Value:
        """Return a name easily mistaken for ``person``: the same but for its last character."""
        last, last_en = self._rng.choice(self._given)
        return Value(
            person.zh[:-1] + last,
            person.zh[:-1] + last if len(person.zh) > 2 else f"{person.en.split()[0]} {last_en.capitalize()}",
        )
