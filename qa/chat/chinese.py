"""Chinese follow-ups: 还有谁, 孙延文呢, 他还担任什么职务, 那免去了谁, 是哪一天."""

import math
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from qa.chat import words
from qa.chat.completeness import is_complete
from qa.chat.exchange import Context, Exchange
from qa.text.folding import simplified
from qa.text.script import HAN

_LEAD = re.compile(
    r"^(?:(?:你好|那么|那(?![里儿个次场些位家项份天年座条])|然后|另外|对了|请问|我想[问知]道?|好的?|谢谢|嗯+)[,，、\s]*)+"
)
MORE = re.compile("还有(?:谁|哪些人?|哪几?[位个]|别的?人?|其他人?)?[吗呢]?|(?:其他|其余|别)的?人?呢")
BESIDES: Final = "除了{},还有{}"
JOINT: Final = "、"
WHO_IS, WHAT_IS = "{}是什么职务", "{}是什么"
WHEN_ALONE = re.compile(f"(?:[这那](?:件事)?)?(?:是|发生)?(?P<when>{words.ADVERBIAL.pattern})(?:的|的事|呢|发生的)?")
ASKING = words.INTERROGATIVE
ASKS_FOR_THING = re.compile("(?:(?<!为)什么(?!时|奖)|[哪何](?![里儿天年月日]))(?!.?职务)")
PRONOUNS: Final = {
    "people": re.compile("[他她](?:们俩?|俩)"),
    "person": re.compile("(?<![其吉])[他她](?![们俩人日国乡])"),
    "there": re.compile(
        "[那这](?:里(?!面)|儿|边)|[当该此]地(?![区方点位])|那个?地方|[该这那]个?[省市县区镇乡村州](?![长场民])"
    ),
    "thing": re.compile(f"[该此这那]一?[个次场项部家所条届起种份座名笔]?(?={HAN}{{2}})"),
    "list": re.compile("^其(?=中)"),
    "its": re.compile("^其(?![他中余实次它间])"),
    "it": re.compile("(?<!其)它们?"),
}
_HEAD = re.compile("副?(?P<of>[省市县区镇乡村州])长")

_COUNTED = re.compile("(?:几多|几|多少)[位名个家所台条间座项辆只]?(?=.)")
_QUALITY = re.compile(
    f"(?:是|为|达到?|叫|[增上下涨]{HAN}?[到了]*)*(?:(?:谁|[哪何]一?[位家个人]|多少){HAN}{{0,3}}|什么样?的?)"
)
"""What asks for the quality that stands before it, and for nothing that it did."""
_RANK: Final = re.compile("第[一二三四五六七八九十\\d]{1,3}名|[冠亚季殿]军|[金银铜]牌|[特一二三四]等奖")
"""What stands for whoever won it."""
_FILLERS: Final = "(?:谁|哪[些几]?[位个]?人?|[被由是了的又还呢]|职务|这一?个?)*"
ACTS: Final = {
    re.compile(f"{_FILLERS}(?:免去|免职|罢免|撤职|免了|辞去|辞职){_FILLERS}"): "谁被免去了{}职务",
    re.compile(f"{_FILLERS}(?:任命|新任|接任|继任|接替|上任|当选){_FILLERS}"): "谁被任命为{}",
}
"""Who lost or came to an office, and how to ask that of the one that was spoken of."""
_PERSON_END = re.compile("[长人者员师手]$")

names, is_person, office, is_named = words.names, words.is_name, words.office, words.is_named


def bare(question: str) -> str:
    """Return a question in simplified characters, without what leads to it and its marks."""
    return _LEAD.sub("", simplified(question.strip())).rstrip("?？。!！.,，啊呀 \u3000")


def topic(said: str) -> str | None:
    """Return what a question that asks nothing itself names: 孙延文呢, 柳河镇, 门票."""
    asked = bare(said)
    named = asked.removesuffix("呢")
    if ASKING.search(asked) or not named:
        return None
    named = named.removesuffix("的") if words.TIME.fullmatch(named.removesuffix("的")) else named
    return named if asked.endswith("呢") or words.is_topic(named) else None


def like(topic: str, asked: str) -> str | None:
    """Return what in a question gives way to a topic: the time, office, person or place, or what looks like it."""
    for kind in (words.TIME, _RANK):
        if kind.fullmatch(topic):
            return words.first(kind, asked)
    if topic == office(topic) and (held := office(asked)):
        # 洛阳市人民政府副市长, then 公安局局长: the city stays; a school's head, then its secretary: the school.
        own = len(words.of_office(topic)) > 1
        kept = words.first(words.DIVISION, held) or ("" if own else words.of_office(held))
        return held if words.place(topic) else held.removeprefix(kept)
    if is_person(topic):
        return next(iter(names(asked)), None)
    if topic == words.place(topic) and (place := words.place(asked)):
        return place[:-1] if len(topic) == 2 and place[-1] in "省市县区" else place
    return words.alike(topic, asked)


def about(topic: str, context: Context) -> str:
    """Ask the same of another, or at another time, or ask for a quality of what was spoken of."""
    asked, of = context.last.question, context.subject
    own = "" if ASKING.match(asked) else subject(asked) or ""
    if words.TIME.fullmatch(topic):
        return topic + asked
    if topic.endswith("的"):
        asking = ASKING.search(asked)  # 失联的呢, after 滑坡死了几个人: what it did goes as well
        is_act = words.tagged(topic)[0][1].startswith("v")
        return own + topic + asked[asking.start() if asking and is_act else len(own) :].removeprefix("的")
    is_quality = bool(of and of in topic and of != topic)
    if (words.has_name(topic) or _RANK.fullmatch(topic)) and not is_quality:
        return topic + ("" if own else ",") + asked[len(own) :]
    if counted := _COUNTED.search(asked):
        noun = words.tagged(asked[counted.end() :])[0][0]
        if len(noun) > 1:
            return asked[: counted.end()] + topic + asked[counted.end() + len(noun) :]
    quality = topic if is_quality or not of else f"{of}的{topic}"
    return f"{quality}是{'谁' if _PERSON_END.search(topic) else '多少'}"


def when(when: str, last: Exchange) -> str:
    """Ask when or where of what was said before."""
    adverbial = words.ADVERBIAL.search(last.question)
    return last.question.replace(adverbial[0], when, 1) if adverbial else when + last.question


def is_said(before: str, _: str) -> bool:
    """Whether a question itself names before a pronoun whom it means: 全宇鹏说他…."""
    return words.has_name(before)


def meanings(asked: str, context: Context) -> Iterator[tuple[re.Pattern[str], str | None]]:
    """Yield pronouns, and nouns that something longer was spoken of by, with what they mean."""
    people = context.people
    if not people and context.subject and re.match("[与和跟]?[他她](?!们)", asked):
        people = (context.subject,)  # a name that is not known as a person's
    yield PRONOUNS["people"], "和".join(people)
    yield PRONOUNS["person"], people[-1] if people else None
    places = (words.first(words.DIVISION, turn.question) for turn in reversed(context.turns))
    yield PRONOUNS["there"], next(filter(None, places), None)
    this = PRONOUNS["thing"].search(asked)
    noun, whole = _whole(asked[this.end() if this else 0 :], context)
    if this:
        whole = whole or (context.thing if this.start() == 0 else None)
        yield re.compile(re.escape(this[0] + noun)), whole
    elif not is_complete(signs(asked.removeprefix(noun)), "zh"):
        yield re.compile(f"^{re.escape(noun)}"), whole
    yield PRONOUNS["list"], "、".join(context.items)
    it = context.thing or context.subject
    yield PRONOUNS["it"], it
    yield PRONOUNS["its"], it and f"{it}的"


def _whole(asked: str, context: Context) -> tuple[str, str | None]:
    """Return the noun that a question begins with and what it was called in full: 仪式 after 通车仪式."""
    noun = words.tagged(asked)[0][0] if asked else ""
    kind = re.compile(f"(?:(?![谁是在由被了的为和与哪]){HAN})+{re.escape(noun)}(?={words.BREAK})")
    texts = [text for turn in reversed(context.turns) for text in (*turn.items, turn.question)]
    return noun, next(filter(None, (words.first(kind, text) for text in texts)), None) if len(noun) > 1 else None


def continued(asked: str, context: Context) -> str | None:
    """Give a question without a subject the one of the question before."""
    subject = context.subject or context.thing
    kind = words.tagged(asked)[0][1]
    if subject is None or asked[0] in "不本此该":
        return None  # 本案 has its own subject, if it could not be named
    if (head := _HEAD.match(asked)) and head["of"] not in subject:
        return None  # 县长 is nobody of what was spoken of
    is_quality = (kind[0] in "nb" or kind == "vn") and not ASKING.match(asked)
    return f"{subject}的{asked}" if is_quality else subject + asked


def subject(asked: str) -> str | None:
    """Return what a question is about, without the quality of it that it asks for: 国家队 of 哪些球员入选了国家队."""
    said = words.tagged(asked)
    if ASKING.match(asked):
        verbs = [at for at, (_, kind) in enumerate(said) if kind in ("v", "p", "ul")]
        return "".join(word for word, _ in said[verbs[-1] + 1 :]) or None if verbs else None
    asking = found.start() if (found := ASKING.search(asked)) else len(asked)
    ends = accumulate(len(word) for word, _ in said)
    before = [word for word, end in zip(said, ends, strict=True) if end <= asking]
    while before and (before[-1][1] in ("v", "p", "d", "ul", "uj", "ug", "ud") or words.TIME.fullmatch(before[-1][0])):
        before.pop()  # 宜阳聚焦哪三大产业: a verb stands before its object
    own = "".join(word for word, _ in before)
    if len(before) > 1 and _QUALITY.fullmatch(asked[len(own) :]):
        before.pop()  # one noun, and what it is the noun of
        while len(before) > 1 and before[-1][1][:1] in "vbdu":
            before.pop()
    return "".join(word for word, _ in before) or None


def signs(asked: str) -> dict[str, float]:
    """Return what tells whether a question is complete: how it begins, the rarity of its words, its nouns."""
    start = found.start() if (found := ASKING.search(asked)) else len(asked)
    said = [word for word, kind in words.tagged(ASKING.sub(",", asked)) if kind[0] not in "rmuyqcpfext"]
    nouns = sum(len(word) for word, kind in words.tagged(asked[:start]) if kind[0] in "nj")
    return {
        "rarity": min(3.0, sum(math.log(words.COUNTED / words.count(word)) for word in said) / 20),
        "nouns before what is asked": min(2.0, nouns / 4),
        "begins with what is asked": float(start == 0),
        "begins with its verb": float(words.tagged(asked)[0][1][0] in "vdpa") if asked else 0.0,
    }
