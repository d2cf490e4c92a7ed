"""Offices composed from real structures: an organisation of a place and a title in it, in Chinese and English."""

import random
from dataclasses import dataclass

from qa.train.notice_places import Level, Place

_GOVERNMENT: dict[Level, str] = {"province": "省长", "city": "市长", "county": "县长", "district": "区长"}
_HEAD_EN: dict[Level, str] = {"province": "governor", "city": "mayor", "county": "head", "district": "head"}
_BUREAUS = (
    ("公安局", "Public Security Bureau"),
    ("财政局", "Finance Bureau"),
    ("教育局", "Education Bureau"),
    ("审计局", "Audit Bureau"),
    ("司法局", "Justice Bureau"),
    ("民政局", "Civil Affairs Bureau"),
    ("商务局", "Commerce Bureau"),
    ("水利局", "Water Resources Bureau"),
    ("统计局", "Statistics Bureau"),
    ("交通运输局", "Transport Bureau"),
    ("住房和城乡建设局", "Housing and Urban-Rural Development Bureau"),
    ("农业农村局", "Agriculture and Rural Affairs Bureau"),
    ("生态环境局", "Ecology and Environment Bureau"),
    ("应急管理局", "Emergency Management Bureau"),
    ("市场监督管理局", "Market Supervision Bureau"),
    ("文化广电和旅游局", "Culture, Radio, Television and Tourism Bureau"),
    ("医疗保障局", "Healthcare Security Bureau"),
    ("自然资源和规划局", "Natural Resources and Planning Bureau"),
    ("科学技术局", "Science and Technology Bureau"),
    ("人力资源和社会保障局", "Human Resources and Social Security Bureau"),
    ("退役军人事务局", "Veterans Affairs Bureau"),
    ("工业和信息化局", "Industry and Information Technology Bureau"),
    ("城市管理局", "Urban Management Bureau"),
)
_COMMISSIONS = (
    ("发展和改革委员会", "Development and Reform Commission"),
    ("卫生健康委员会", "Health Commission"),
    ("民族宗教事务委员会", "Ethnic and Religious Affairs Commission"),
)
_NPC_BODIES = (
    ("法制工作委员会", "Legislative Affairs Commission"),
    ("财政经济工作委员会", "Financial and Economic Affairs Commission"),
    ("教育科学文化卫生工作委员会", "Education, Science, Culture and Health Commission"),
    ("办公室", "General Office"),
    ("农业与农村工作委员会", "Agriculture and Rural Affairs Commission"),
    ("代表工作委员会", "Deputies Affairs Commission"),
    ("社会建设工作委员会", "Social Development Commission"),
    ("研究室", "Research Office"),
)
_COURTS: dict[Level, tuple[str, str]] = {
    "province": ("高级人民法院", "High People's Court"),
    "city": ("中级人民法院", "Intermediate People's Court"),
    "county": ("人民法院", "People's Court"),
    "district": ("人民法院", "People's Court"),
}
_CHAMBERS = (
    ("立案庭", "Case-Filing Division"),
    ("民事审判第一庭", "First Civil Division"),
    ("刑事审判庭", "Criminal Division"),
    ("行政审判庭", "Administrative Division"),
    ("执行局", "Enforcement Bureau"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """An office of a place.

    ``full`` is the printed form, ``organisation`` its part without the title, ``short`` how a question may name it,
    ``bare`` the same without the place; ``en`` and ``bare_en`` are the English forms with and without the place.
    """

    place: Place
    organisation: str
    title: str
    short: str
    bare: str
    en: str
    bare_en: str

    @property
    def full(self) -> str:
        """The office as the notice prints it."""
        return self.organisation + self.title


def offices(place: Place) -> tuple[Office, ...]:
    """Return every office that a notice can fill in ``place``, near misses (chief and deputy) side by side."""
    out = [*_government(place), *_congress(place), *_law(place)]
    province = place.level == "province"
    for body, gloss in _BUREAUS:
        zh, en = (body.removesuffix("局") + "厅", gloss.replace("Bureau", "Department")) if province else (body, gloss)
        out += [
            _office(place, zh, en, title, title_en)
            for title, title_en in ((zh[-1] + "长", "director"), ("副" + zh[-1] + "长", "deputy director"))
        ]
    for body, gloss in _COMMISSIONS:
        out += [_office(place, body, gloss, *pair) for pair in (("主任", "director"), ("副主任", "deputy director"))]
    return tuple(out)


def _office(place: Place, body: str, gloss: str, title: str, title_en: str) -> Office:
    return Office(
        place,
        place.zh + body,
        title,
        place.zh + body + title,
        body + title,
        f"{title_en} of the {place.en} {gloss}",
        f"{title_en} of the {gloss}",
    )


def _government(place: Place) -> list[Office]:
    head, head_en = _GOVERNMENT[place.level], _HEAD_EN[place.level]
    body = place.zh + "人民政府"
    titles = [
        (head, head_en),
        ("副" + head, f"{'deputy' if head_en == 'head' else 'vice'} {head_en}"),
        ("代" + head, f"acting {head_en}"),
    ]
    out = []
    for title, title_en in titles:
        plain = title_en + {"county": " of the county", "district": " of the district"}.get(place.level, "")
        out.append(
            Office(
                place,
                body,
                title,
                place.name + title if place.level != "city" else place.zh + title,
                title,
                f"{title_en} of {place.en}",
                plain,
            )
        )
    secretary = _office(place, "人民政府", "People's Government", "秘书长", "secretary-general")
    return [*out, *([secretary] if place.level in ("province", "city") else [])]


def _congress(place: Place) -> list[Office]:
    standing = ("人大常委会", "People's Congress Standing Committee")
    out = [
        _office(place, *standing, *pair)
        for pair in (("主任", "chairperson"), ("副主任", "vice chairperson"), ("委员", "member"))
    ]
    for body, gloss in _NPC_BODIES:
        out += [
            _office(place, standing[0] + body, f"{standing[1]} {gloss}", *pair)
            for pair in (("主任", "director"), ("副主任", "deputy director"))
        ]
    return out


def _law(place: Place) -> list[Office]:
    court, court_en = _COURTS[place.level]
    out = [
        _office(place, court, court_en, *pair)
        for pair in (
            ("院长", "president"),
            ("副院长", "vice president"),
            ("审判员", "judge"),
            ("审判委员会委员", "adjudication committee member"),
        )
    ]
    for body, gloss in _CHAMBERS:
        head = "局长" if body.endswith("局") else "庭长"
        out += [
            _office(place, court + body, f"{court_en} {gloss}", *pair)
            for pair in ((head, "head"), ("副" + head, "deputy head"))
        ]
    out += [
        _office(place, "人民检察院", "People's Procuratorate", *pair)
        for pair in (
            ("检察长", "chief procurator"),
            ("副检察长", "deputy chief procurator"),
            ("检察员", "procurator"),
            ("检察委员会委员", "procuratorial committee member"),
        )
    ]
    out += [
        _office(place, "监察委员会", "Supervisory Commission", *pair)
        for pair in (("主任", "director"), ("副主任", "deputy director"), ("委员", "member"))
    ]
    return out


def draw_office(rng: random.Random, place: Place) -> Office:
    """Return an office of ``place``, leading ones more often than the many bureaus'."""
    kind = rng.random()
    if kind < 0.25:
        return rng.choice(_government(place))
    if kind < 0.42:
        return rng.choice(_congress(place))
    if kind < 0.65:
        return rng.choice(_law(place))
    return rng.choice(
        [
            each
            for each in offices(place)[len(_government(place)) + len(_congress(place)) + len(_law(place)) :]
            if not each.title.startswith("副") or rng.random() < 0.3
        ]
    )


def neighbours(office: Office) -> tuple[Office, ...]:
    """Return the other offices of the same organisation: chief for deputy and so on."""
    return tuple(
        each
        for each in offices(office.place)
        if each.organisation == office.organisation and each.title != office.title
    )
