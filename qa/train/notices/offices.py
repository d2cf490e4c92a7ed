"""Offices composed from real structures: a body of a place and a title in it, in Chinese and English."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.train.notices.places import Level, Place
from qa.train.notices.tables import table

_HEADS: dict[Level, tuple[str, str]] = {
    "province": ("省长", "governor"),
    "city": ("市长", "mayor"),
    "county": ("县长", "county head"),
    "district": ("区长", "district head"),
}
COURTS: dict[Level, tuple[str, str, str]] = {
    "province": ("高级人民法院", "High People's Court", "高院"),
    "city": ("中级人民法院", "Intermediate People's Court", "中院"),
    "county": ("人民法院", "People's Court", "法院"),
    "district": ("人民法院", "People's Court", "法院"),
}


@dataclass(frozen=True, slots=True)
class Office:
    """An office of a place.

    ``organisation`` and ``title`` make the printed form; ``named`` are ways in which a question may call it with the
    place, ``bare`` without it (the first is canonical); ``_en`` are the same in English.
    """

    place: Place
    organisation: str
    title: str
    named: tuple[str, ...]
    bare: tuple[str, ...]
    named_en: tuple[str, ...]
    bare_en: tuple[str, ...]

    @property
    def full(self) -> str:
        """The office as a notice prints it."""
        return self.organisation + self.title


def head(place: Place) -> tuple[str, str]:
    """Return the title of the head of government of ``place`` and its English."""
    return _HEADS[place.level]


def offices(place: Place) -> tuple[Office, ...]:
    """Return every office that a notice can fill in ``place``, near misses (chief and deputy) side by side."""
    return (*_government(place), *_congress(place), *_law(place), *_departments(place))


def draw_office(rng: random.Random, place: Place) -> Office:
    """Return an office of ``place``, leading ones more often than the many bureaus'."""
    group = rng.choices((_government, _congress, _law, _departments), (25, 18, 22, 35))[0]
    held = group(place)
    if group is _departments and rng.random() < 0.8:
        held = tuple(each for each in held if is_sole(each))
    return rng.choice(held)


def draw_department(rng: random.Random, place: Place, *, chief: bool = False) -> Office:
    """Return an office of a department of the government, if wanted its head."""
    return rng.choice([each for each in _departments(place) if is_sole(each) or not chief])


def is_leading(office: Office) -> bool:
    """Whether the office leads, or helps to lead, the place: head of government, of the congress, of a court."""
    tops = (("人民政府", ""), ("人大常委会", "主任"), ("人民法院", "院长"), ("人民检察院", "检察长"))
    chiefs = any(office.organisation.endswith(body) and office.title.endswith(title) for body, title in tops)
    return chiefs and office.title != "秘书长"


def is_deputy_head(office: Office) -> bool:
    """Whether the office is a deputy mayor's (governor's, ...), who often heads a department too."""
    return office.organisation.endswith("人民政府") and office.title.startswith("副")


def draw_elected(rng: random.Random, place: Place) -> Office:
    """Return an office that a people's congress elects, and whose holders resign to its standing committee."""
    top = {"人民法院院长", "人民检察院检察长", "监察委员会主任"}
    held = [each for each in _law(place) if any(each.full.endswith(name) for name in top)]
    standing = [each for each in _congress(place) if each.organisation == f"{place.zh}人大常委会"]
    government = [each for each in _government(place) if each.title != "秘书长" and not each.title.startswith("代")]
    return rng.choice(rng.choice((standing, government, government, held)))


def is_sole(office: Office) -> bool:
    """Whether only one person at a time holds the office."""
    return not office.title.startswith("副") and not office.title.endswith("员")


def neighbours(office: Office) -> tuple[Office, ...]:
    """Return the other offices of the same body: chief for deputy and so on."""
    return tuple(each for each in offices(office.place) if each.organisation == office.organisation and each != office)


def moved(office: Office, place: Place) -> Office | None:
    """Return the same office in another place, if that place has it."""
    return next((each for each in offices(place) if each.bare[0] == office.bare[0]), None)


def counterparts(office: Office, place: Place) -> tuple[Office, ...]:
    """Return the offices of ``place`` with the same title in another body of the same kind, such as another court."""
    kind = office.organisation[-2:]
    return tuple(
        each
        for each in offices(place)
        if each.title == office.title and each.organisation[-2:] == kind and each.organisation != office.organisation
    )


def _bodies(key: str) -> list[tuple[str, str, str]]:
    rows = [entry.split("|") for entry in table("offices")[key]]
    return [(zh, en, short) for zh, en, short in rows]


def _titles(kind: str) -> list[tuple[str, tuple[str, ...]]]:
    rows = [entry.split("|") for entry in table("offices")["titles"][kind]]
    return [(zh, tuple(en)) for zh, *en in rows]


def _office(place: Place, body: tuple[str, str, str], title: str, titles_en: Sequence[str]) -> Office:
    zh, en, short = body
    bare = [zh + title, *([short + title] if short else [])]
    if zh.endswith(("局", "厅")) and title in ("局长", "厅长"):
        bare.append(zh + title[1:])
    bodies_en = [f"the {place.en} {en}", f"{place.en}'s {en}", f"the {en} of {place.en}"]
    if place.level == "city":
        bodies_en.append(f"the {place.en} Municipal {en}")
    usual = [titles_en[0], *titles_en]
    shorter = [en, en, en.replace(" People's", "")] if en.startswith(("High", "Intermediate")) else [en]
    return Office(
        place,
        place.zh + zh,
        title,
        tuple(place.zh + each for each in bare),
        tuple(bare),
        tuple(f"{each} of {body_en}" for each in usual for body_en in bodies_en),
        (
            *(f"{each} of the {body_en}" for each in usual for body_en in shorter),
            *(f"{body_en} {titles_en[0]}" for body_en in shorter),
        ),
    )


@lru_cache(maxsize=256)
def _government(place: Place) -> tuple[Office, ...]:
    title, en = _HEADS[place.level]
    out = []
    for zh, glosses in (
        (title, (en,)),
        ("副" + title, (f"vice {en}", f"deputy {en}")),
        ("代" + title, (f"acting {en}",)),
    ):
        named = (f"{place.zh}人民政府{zh}", (place.zh if place.level in ("city", "province") else place.name) + zh)
        named_en = tuple(form for each in glosses for form in (f"{each} of {place.en}", f"{place.en} {each}"))
        out.append(Office(place, f"{place.zh}人民政府", zh, named, (zh,), named_en, glosses))
    if place.level in ("province", "city"):
        government = ("人民政府", "People's Government", "政府")
        out.append(_office(place, government, "秘书长", ("secretary-general",)))
    return tuple(out)


@lru_cache(maxsize=256)
def _congress(place: Place) -> tuple[Office, ...]:
    standing = ("人大常委会", "People's Congress Standing Committee", "")
    out = [_office(place, standing, *each) for each in _titles("standing")]
    for zh, en, short in _bodies("congress"):
        body = (standing[0] + zh, f"{standing[1]} {en}", f"人大{short}" if short else "")
        out += [_office(place, body, *each) for each in _titles("commission")]
    return tuple(out)


@lru_cache(maxsize=256)
def _law(place: Place) -> tuple[Office, ...]:
    court = COURTS[place.level]
    out = [_office(place, court, *each) for each in _titles("court")]
    deputies = [tuple(entry.split("|")) for entry in table("offices")["titles"]["chamber"]]
    for zh, en, short in _bodies("chambers"):
        title = "局长" if zh.endswith("局") else "庭长"
        body = (court[0] + zh, f"{court[1]} {en}", court[2] + short if short else "")
        out += [_office(place, body, each, gloss) for each, gloss in zip((title, "副" + title), deputies, strict=True)]
    procuratorate = ("人民检察院", "People's Procuratorate", "检察院")
    out += [_office(place, procuratorate, *each) for each in _titles("procuratorate")]
    supervisory = ("监察委员会", "Supervisory Commission", "监委")
    return (*out, *(_office(place, supervisory, *each) for each in _titles("supervisory")))


@lru_cache(maxsize=256)
def _departments(place: Place) -> tuple[Office, ...]:
    out = []
    glosses = [tuple(entry.split("|")) for entry in table("offices")["titles"]["bureau"]]
    for zh, en, short in _bodies("bureaus"):
        body = (zh, en, short)
        if place.level == "province" and zh not in table("offices")["provincial_bureaus"]:
            body = (zh.removesuffix("局") + "厅", en.replace("Bureau", "Department"), "")
        chief = body[0][-1] + "长"
        out += [_office(place, body, each, gloss) for each, gloss in zip((chief, "副" + chief), glosses, strict=True)]
    for body in _bodies("commissions"):
        out += [_office(place, body, *each) for each in _titles("commission")]
    return tuple(out)
