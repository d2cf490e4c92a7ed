"""Chinese follow-ups: 还有谁, 孙延文呢, 他还担任什么职务, 那免去了谁, 是哪一天."""

import math
import re
from typing import Final

from qa.chat import words
from qa.chat.completeness import is_complete
from qa.chat.exchange import Context
from qa.text.folding import simplified
from qa.text.script import HAN

_LEAD = re.compile(
    "^(?:(?:你好|那么|那(?![里儿个次场些位家项份天年座条])|然后|另外|此外|对了|请问|我想问|我想知道|而且?|好的?|"
    r"多?谢谢|嗯+|哦)[,，、\s]*)+"
)
MORE = re.compile("(?:还有|另有)(?:谁|哪些人?|哪几?[位个]|别的?人?|其他人?)?[吗呢]?|(?:其他|其余的?|别)人?呢|别的呢")
BESIDES: Final = ("除了{},还有{}", "、")
WHEN_ALONE = re.compile(f"(?:[这那](?:件事)?)?(?:是|发生)?(?P<when>{words.ADVERBIAL.pattern})(?:的|的事|呢|发生的)?")
ASKING = words.INTERROGATIVE
ASKS_FOR_THING = re.compile("(?:(?<!为)什么(?!时|奖)|[哪何](?![里儿天年月日]))(?!.?职务)")

_THEM = re.compile("[他她](?:们俩?|俩)|这(?:些|[几两][个位])人?")
_HIM = re.compile("(?<![其吉])[他她](?![们俩人日国乡])|(?<!的)(?:[此该]人|[这那][个位]?人|[这那]位)")
_ITS = re.compile("^其(?![他中余实次它间])|(?<!其)它们?")
_THERE = re.compile(
    "[那这](?:里(?!面)|儿|边)|[当该此]地(?![区方点位])|那个?地方|[该这那]个?[省市县区镇乡村州](?![长场民])"
)
_THING = re.compile(f"[该此这那]一?[个次场项部家所条届起种份座名笔]?(?P<noun>{HAN}{{2,8}})")
PRONOUN = re.compile("|".join(each.pattern for each in (_THEM, _HIM, _ITS, _THERE, _THING)))

_DEMONSTRATIVE = re.compile("[本此该这那](?!么|样|时)")
_COUNTED = re.compile("(?:几多|几|多少)[位名个家台条间座项辆只]?(?=.)")
_QUALITY = re.compile(
    f"(?:是|为|达到?|叫|[增上下涨]{HAN}?[到了]*)*(?:(?:谁|[哪何]一?[位家个人]|多少){HAN}{{0,3}}|什么样?的?)"
)
"""What asks for the quality that stands before it, and for nothing that it did."""
_RANK: Final = re.compile("第[一二三四五六七八九十\\d]{1,3}名|[冠亚季殿]军|[金银铜]牌|[特一二三四]等奖")
"""What stands for whoever won it."""
_ACTS: Final = (
    (re.compile("免去|免职|罢免|撤职|免了|辞去|辞职"), "谁被免去了{}职务"),
    (re.compile("任命|新任|接任|继任|接替|上任|当选"), "谁被任命为{}"),
)
_ACT_FILLERS = re.compile("谁|哪[些几]?[位个]?人?|[被由是了的又还]|职务|这一?个?")
_PERSON_END = re.compile("[长人者员师手]$")

names, is_person, is_named = words.names, words.is_name, words.is_named


def bare(question: str) -> str:
    """Return a question in simplified characters, without what leads to it and its marks."""
    return _LEAD.sub("", simplified(question.strip())).rstrip("?？。!！.,，啊呀 \u3000")


def topic(said: str) -> str | None:
    """Return what a question that asks nothing itself names: 孙延文呢, 柳河镇, 门票."""
    asked = bare(said)
    named = asked.removesuffix("呢")
    if ASKING.search(asked) or not named:
        return None
    return named if asked.endswith("呢") or words.is_topic(named) else None


def about(topic: str, context: Context) -> str:
    """Ask of ``topic`` what was asked of its like; 孙延文 in the place of 李新建, 郑州 in that of 洛阳."""
    asked, plain = context.last.question, topic.removesuffix("的")
    if topic in context.last.items:
        return f"{topic}{'被任命为' if '任命' in asked else '是'}什么{'职务' if words.is_name(topic) else ''}"
    if plain == words.first(words.TIME, plain):
        return asked.replace(old, plain) if (old := words.first(words.TIME, asked)) else plain + asked
    if topic == words.office(topic) and (done := _about_office(topic, context)):
        return done
    if words.is_name(topic):
        if named := names(asked):
            return re.sub(f"{named[0]}.*{named[-1]}" if len(named) > 1 else named[0], topic, asked)
        return f"{topic},{asked}"
    if topic == words.place(topic) and (old := words.place(asked)):
        # 郑州 for 洛阳市 is 郑州市.
        return asked.replace(old, topic + (old[-1] if old[-1] in "省市县区" and len(topic) == 2 else ""))
    return _about_thing(topic, context)


def _about_office(topic: str, context: Context) -> str | None:
    for turn in reversed(context.turns):
        if old := words.office(turn.question):
            # 洛阳市人民政府副市长, then 公安局局长: the city stays; a school's head, then its secretary: the school.
            own = len(words.of_office(topic)) > 1
            where = words.first(words.DIVISION, old) or ("" if own else words.of_office(old))
            owner = f"(?:{HAN}+的)?" if words.has_name(topic) else ""  # 青湾大学校长, after 海润公司的董事长
            named = ("" if words.place(topic) else where) + topic
            return re.sub(owner + re.escape(old), named, turn.question, count=1)
    return None


def _about_thing(topic: str, context: Context) -> str:
    """Put a thing where its like or what was asked of stood; ask for a quality of what was asked of."""
    asked = context.last.question
    own, rest = _split(asked)
    owner = _owner(own, rest)
    if _RANK.fullmatch(topic):
        won = _RANK.search(asked)
        return asked.replace(won[0], topic) if won else topic + asked[len(owner) :]
    if topic.endswith("的"):
        asking = ASKING.search(rest)  # 失联的呢, after 滑坡死了几个人: what it did goes as well
        is_act = words.tagged(topic)[0][1].startswith("v")
        return owner + topic + (rest[asking.start() :] if asking and is_act else rest)
    for turn in reversed(context.turns):
        if like := words.alike(topic, turn.question):
            return turn.question.replace(like, topic, 1)
    if topic[-1] == asked[len(topic) - 1 : len(topic)]:  # 东方队, after 南华队上季联赛得了第几名
        return topic + asked[len(topic) :]
    if words.has_name(topic):
        return topic + asked[len(owner) :]
    if counted := _COUNTED.search(asked):
        noun, kind = words.tagged(asked[counted.end() :])[0]
        if kind[0] in "nbjv" and len(noun) > 1:
            return asked[: counted.end()] + topic + asked[counted.end() + len(noun) :]
    of = context.subject or own
    return f"{of}的{topic}是{'谁' if _PERSON_END.search(topic) else '多少'}" if of else f"{topic},{asked}"


def _split(asked: str) -> tuple[str, str]:
    """Return the words before the predicate of a question, which it asks something of, and the rest."""
    asking = ASKING.search(asked)
    end, before = 0, list[tuple[str, str]]()
    for word, kind in words.tagged(asked):
        end += len(word)
        if asking and end > asking.start():
            break
        before.append((word, kind))
    while before and (before[-1][1] in ("v", "p", "d", "ul", "uj", "ug", "ud") or words.TIME.fullmatch(before[-1][0])):
        before.pop()  # 宜阳聚焦哪三大产业: a verb stands before its object
    own = "".join(word for word, _ in before)
    return own, asked[len(own) :]


def _owner(subject: str, rest: str) -> str:
    """Return of what a subject is a quality, where the question asks for that alone: 云雾茶 of 云雾茶种植面积是多少."""
    of = words.tagged(subject)
    if len(of) < 2 or not _QUALITY.fullmatch(rest):
        return subject
    of.pop()  # one noun, and what it is the noun of
    while len(of) > 1 and of[-1][1][:1] in "vbdu":
        of.pop()
    return "".join(word for word, _ in of)


def when(when: str, context: Context) -> str:
    """Ask when or where of what was said before."""
    asked = context.last.question
    adverbial = words.ADVERBIAL.search(asked)
    return asked.replace(adverbial[0], when, 1) if adverbial else when + asked


def _acting(asked: str, context: Context) -> str | None:
    """Ask who was removed, where the talk was of who was appointed, and so on."""
    last = context.last
    for pattern, who in _ACTS:
        found = pattern.search(asked)
        if found and not _ACT_FILLERS.sub("", asked.replace(found[0], "", 1)):
            # After a list the talk is of appointments; after one person, of the office.
            if (held := words.office(last.question)) and len(last.items) <= 1:
                return who.format(held)
            return (words.place(last.question) or "") + who.format("").removesuffix("为")
    return None


def resolved(asked: str, context: Context) -> str:
    """Replace pronouns by what they refer to, where that is clear."""
    if done := _acting(asked, context):
        return done
    turns, people = context.turns, context.people
    if not people and context.subject and re.match("[与和跟]?[他她](?!们)", asked):
        people = (context.subject,)  # a name that is not known as a person's
    if people:
        asked = _refer(_HIM, people[-1], _refer(_THEM, "和".join(people), asked))
    where = next((found for turn in reversed(turns) if (found := words.first(words.DIVISION, turn.question))), None)
    asked = _things(_refer(_THERE, where, asked) if where else asked, context)
    if context.items:
        asked = re.sub("^其中", lambda _: f"{'、'.join(context.items)}中", asked)
    if it := context.thing or context.subject:
        asked = _ITS.sub(lambda match: it + ("的" if match[0] == "其" else ""), asked)
    return asked


def _things(asked: str, context: Context) -> str:
    """Name in full what is spoken of by its kind: 这次会议, 大桥; 这种动物 is what was asked for."""
    for match in _THING.finditer(asked):
        noun = words.tagged(match["noun"])[0][0]
        if len(noun) > 1 and (meant := _thing(noun, context)):
            asked = asked.replace(asked[match.start() : match.start("noun")] + noun, meant)
        elif context.thing and len(noun) > 1 and match.start() == 0:
            asked = context.thing + asked[match.start("noun") + len(noun) :]
    first = words.tagged(asked)[0][0] if asked else ""
    whole, rest = _thing(first, context) if len(first) > 1 else None, asked[len(first) :]
    # 大桥 is 望海大桥, where the talk was of it
    return whole + rest if whole and not is_complete(signs(rest), "zh") else asked


def _refer(pronoun: re.Pattern[str], meant: str, asked: str) -> str:
    """Replace a pronoun, unless the question names before it who is meant: 全宇鹏说他…."""
    found = pronoun.search(asked)
    return asked if found and words.has_name(asked[: found.start()]) else pronoun.sub(lambda _: meant, asked)


def _thing(noun: str, context: Context) -> str | None:
    """Return the last thing of a kind: this meeting, 这次会议, is the one that was named."""
    kind = re.compile(f"(?:(?![谁是在由被了对于为和与哪]|什么){HAN})*{re.escape(noun)}(?={words.BREAK})")
    texts = (text for turn in reversed(context.turns) for text in (*turn.items, turn.question))
    return next((thing for thing in (words.first(kind, text) for text in texts) if thing and thing != noun), None)


def continued(asked: str, context: Context) -> str | None:
    """Give a question without a subject the one of the question before."""
    subject = context.subject or context.thing
    if subject is None or asked.startswith("不"):
        return None
    kind = words.tagged(asked)[0][1]
    if kind == "r" and _DEMONSTRATIVE.match(asked):
        return None  # 本案 has its own subject, if it could not be named
    is_quality = (kind[0] in "nb" or kind == "vn") and not ASKING.match(asked)
    return f"{subject}的{asked}" if is_quality else subject + asked


def subject(asked: str) -> str | None:
    """Return what a question is about, without the quality of it that it asks for: 国家队 of 哪些球员入选了国家队."""
    if ASKING.match(asked):
        said = words.tagged(asked)
        verbs = [at for at, (_, kind) in enumerate(said) if kind in ("v", "p", "ul")]
        return "".join(word for word, _ in said[verbs[-1] + 1 :]) or None if verbs else None
    return _owner(*_split(asked)) or None


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
