"""Fillers for the news frames: companies, projects, sums, dates and the like, each with an English gloss."""

import calendar
import random
import re
from typing import TYPE_CHECKING

from qa.train.notices.offices import COURTS, Office, draw_office, head, is_leading
from qa.train.notices.people import People
from qa.train.notices.places import Level, Place, Split, draw_place
from qa.train.notices.tables import glossed, is_held_out, pairs, table
from qa.train.notices.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable

_MONTHS = tuple(calendar.month_name)
_DIGITS = "零一二三四五六七八九十"
_LEVELS_EN: dict[Level, str] = {"province": "province", "city": "city", "county": "county", "district": "district"}


def chinese_number(number: int) -> str:
    """Write 1 to 99 in Chinese.

    >>> chinese_number(28), chinese_number(10), chinese_number(13)
    ('二十八', '十', '十三')
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


class Things:
    """Draws a value of a named kind; ``home`` is the place of the passage, ``offices`` are those drawn, as printed."""

    def __init__(self, rng: random.Random, split: Split, home: Place, year: int) -> None:
        self.rng, self.split, self.home, self.year = rng, split, home, year
        self.people = People(rng)
        self.offices: dict[str, Office] = {}
        self._leaders = (self._leader(), self._leader())
        self._words = {kind: glossed(rows) for kind, rows in table("things")["words"].items()}
        self._numbers: dict[str, list[str]] = table("things")["numbers"]
        self._methods: dict[str, Callable[[], Value]] = {
            "person": self.people.draw,
            "chief": lambda: self._leaders[0],
            "secretary": lambda: self._leaders[1],
            "city": lambda: self._place("city"),
            "county": lambda: self._place(rng.choice(("county", "district"))),
            "home": lambda: self._place(home.level),
            "company": lambda: self._company("trades"),
            "maker": lambda: self._company("maker_trades"),
            "builder": lambda: self._company("builder_trades"),
            "office": self._office,
            "regulation": self._regulation,
            "ordinal": self._ordinal,
            "later": lambda: self._year(rng.randint(1, 8)),
            "past": lambda: self._year(-rng.randint(1, 12)),
            "day": self._day,
            "when": self._when,
            "fulldate": self._fulldate,
            "deadline": self._deadline,
        }

    def builtin(self) -> dict[str, Value]:
        """Return the values that every frame knows: the place, its level, its head of government and the deputy."""
        title, title_en = head(self.home)
        return {
            "home": Value(self.home.zh, self.home.en),
            "lv": Value(self.home.zh[-1], _LEVELS_EN[self.home.level]),
            "head": Value(title, title_en),
            "vice": Value("副" + title, f"deputy {title_en}"),
            "court": Value(*COURTS[self.home.level][:2]),
        }

    def draw(self, kind: str) -> Value:
        """Return a value of ``kind``: a method's, a word's or a number pattern's."""
        if kind in self._methods:
            return self._methods[kind]()
        if kind in self._words:
            return self.rng.choice(self._words[kind])
        text = re.sub(r"\{(\d+)-(\d+)(?:\*(\d+))?\}", self._number, self.rng.choice(self._numbers[kind]))
        return Value(text, text)

    def _number(self, found: re.Match[str]) -> str:
        low, high, scale = int(found[1]), int(found[2]), int(found[3] or 1)
        return str(self.rng.randint(low, high) * scale)

    def _place(self, level: Level) -> Value:
        place = draw_place(self.rng, self.split, level)
        return Value(place.zh, place.en)

    def _leader(self) -> Value:
        while is_held_out((person := self.people.draw()).zh):
            pass
        return person

    def _company(self, trades: str) -> Value:
        words = table("people")
        (first, first_en), (second, second_en) = self.rng.sample(pairs(words["brands"]), 2)
        trade = self.rng.choice(glossed(words[trades]))
        zh = first + second + trade.zh + self.rng.choice(words["company_ends"])
        return Value(zh, f"{first_en}{second_en.lower()} {trade.en}")

    def _office(self) -> Value:
        office = draw_office(self.rng, self.home)
        while is_leading(office):  # frames name those themselves
            office = draw_office(self.rng, self.home)
        zh = self.home.zh[-1] + office.bare[0]
        self.offices[zh] = office
        return Value(zh, office.bare_en[0])

    def _regulation(self) -> Value:
        topic = self.rng.choice(self._words["topic"])
        return Value(f"《{self.home.zh}{topic.zh}{self.rng.choice(('条例', '办法', '规定'))}》", "")

    def _ordinal(self) -> Value:
        value = self.rng.randint(2, 39)
        return Value(chinese_number(value), str(value))

    def _year(self, ahead: int) -> Value:
        return Value(f"{self.year + ahead}年", str(self.year + ahead))

    def _day(self) -> Value:
        month, day = self.rng.randint(1, 12), self.rng.randint(1, 28)
        return Value(f"{month}月{day}日", f"{_MONTHS[month]} {day}")

    def _when(self) -> Value:
        day, first = self._day().zh, self.rng.randint(1, 26)
        loose = (f"{first}日", "昨日", "日前", "昨日上午", f"{first}日至{first + 2}日", "近日", f"{day}下午", "昨天")
        return Value(self.rng.choice(loose) if self.rng.random() < 0.6 else day, "")

    def _fulldate(self) -> Value:
        day = self._day()
        return Value(f"{self.year}年{day.zh}", f"{day.en}, {self.year}")

    def _deadline(self) -> Value:
        rng, year = self.rng, self.year + self.rng.randint(1, 4)
        months = (f"明年{rng.randint(1, 11)}月底前", f"{rng.randint(2, 11)}月底前", f"{year}年{rng.randint(1, 12)}月")
        return Value(rng.choice((*months, f"{year}年年底前", "今年年底前", "明年上半年", "年底前")), "")
