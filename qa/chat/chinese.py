"""Chinese follow-ups: 还有谁, 孙延文呢, 他还担任什么职务, 那免去了谁, 是哪一天."""

import re
from collections.abc import Sequence
from typing import Final

from qa.chat import words
from qa.chat.exchange import Exchange, without_end
from qa.text.script import HAN

_LEAD = re.compile(
    r"^(?:(?:那么|那(?![里儿个次场些位家项份天年])|然后|另外|此外|对了|请问|而且|而|好的|谢谢|嗯|哦)[,，、\s]*)+"
)
_ASKING_END = re.compile(r"[?？呢吗]\s*$")
_END: Final = "?？。!！.,，"
_MORE = re.compile(
    r"(?:还有|另有)(?:谁|哪些人?|哪[几]?[位个]|别人|其他人?|别的|没有别人)?[吗呢]?|其他人?呢|其余的?人?呢|别人呢|别的呢"
)
_BESIDES = re.compile("^除了.+?[,，](?:还有)?")
_TOPIC = re.compile(r"(?P<topic>.{1,40}?)呢")

_THEM = re.compile("[他她](?:们俩?|俩)|这(?:些|几[个位]|两[个位])人?|二人|两人|三人")
_THEY = re.compile("[它]们")
_HIM = re.compile("(?<![其吉])[他她](?![们俩人日国乡])|此人|该人|这(?:个|位)?人|那(?:个|位)?人|这位|那位|本人")
_ITS = re.compile("^其(?![他中余实次它间])|它(?!们)")
_THERE = re.compile(
    "那里|那儿|那边|当地|该地|此地|这里(?!面)|这儿|那个?(?:地方|城市)|[该这那]个?(?P<division>[省市县区镇乡村州])(?![长民场])"
)
_POST = re.compile("(?:该|此|这|那)(?:一|个|项)?(?:职务|职位|岗位|位置|位子|一职|官职|职)|(?<=[接辞])(?:这|那)个")
_THING = re.compile(
    "(?:该|此|这|那)(?:一)?[个次场项部家所条届起种份座名笔]?"
    "(?P<noun>会议|大会|会|活动|公司|企业|集团|项目|条例|法规|文件|报告|行动|计划|部门|单位|学校|大学|医院|基地|园区|产业园|"
    "产业|政策|决定|协议|合同|比赛|展览|论坛|工程|书|法|文章)(?![\u3400-\u9fff]{0,1}[长员])"
)
_IT_HAPPENED = re.compile("^(?:这|那)(?:件事)?(?=是|发生|在)")

_DEICTIC = re.compile("[该此这那](?![么样])")
_BARE = re.compile(rf"(?:是|发生)?(?P<when>{words.ADVERBIAL.pattern})(?:的|的事|呢|发生的)?")
_FIRST_WHO = re.compile("^(?:谁|哪[一二三四五六七八九十几两]?[位名个]|哪些人|什么人|何人)")
_WHO_ACTING = re.compile(f"(?<!是)(?<!叫)(?:{_FIRST_WHO.pattern[1:]})(?!的|$)")
_WHO_AMID = re.compile("^(?P<verb>任命|免去|选举|罢免|撤销|接受)了?谁(?P<rest>.*)$")
_WHERE_ACTED = re.compile("^(?:谁|哪[些几]?[位个]?人?)(?P<where>在.+?[上中里时间](?!心|国))")

# What a follow-up does with an office: the question about one office, and about any.
_ACTS: Final = (
    (re.compile("免去|免职|罢免|撤职|被免|免了|撤销"), "谁被免去了{}职务", "谁被免去了职务"),
    (re.compile("辞去|辞职|请辞"), "谁辞去了{}职务", "谁辞去了职务"),
    (re.compile("当选|选举|选为"), "谁当选{}", "谁当选"),
    (re.compile("任命|新任|接任|继任|接替|上任|接手"), "谁被任命为{}", "任命了谁"),
    (re.compile("前任|原任|上一任|卸任"), "谁被免去了{}职务", "谁被免去了职务"),
)
_ACT_FILLERS = re.compile("谁|哪[些几]?[位个]?人?|什么人|何人|[被由是了的把人又还呢吗]|同时|决定|职务|这一?个?|是不是")
_SUBJECTLESS = re.compile(
    rf"^(?:是|有|在|于|由|被|把|对|向|从|为了?|一共|共有?|总共|到底|主要|同时|还|也|又|再|都|{words.INTERROGATIVE.pattern})"
    "|^[\u3400-\u9fff]{1,4}[了过](?=谁|什么|哪|多少|几|[\u3400-\u9fff])"
)
_FUNCTION_WORDS = re.compile(
    rf"{words.INTERROGATIVE.pattern}|[的了是在有被由过着吧呢啊和与为个名位家次]|新任|现任|担任"
)
_COMPLETE_LENGTH: Final = 7
"""Chinese characters of content from which a question without a name in it is taken as complete."""
_PREDICATE = re.compile(
    "由谁|[,，]?是|(?<!所)在|被|(?<![自理])由|将(?!军)|(?<![主重])要|达到|(?:成立|位|始建|出生|毕业)于|(?<!华)为|(?<![国所私])有(?![限关效])|占|"
    + words.INTERROGATIVE.pattern
)
_OBJECT = re.compile("谁|哪(?![里儿天年月日])|什么(?!时)|多少|几")


def asks_for_more(question: str) -> bool:
    """Whether the question is 还有谁 or the like."""
    return bool(_MORE.fullmatch(_bare(question)))


def rewrite(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the question as it can be asked alone, ``None`` if it already can."""
    asked = _bare(question)
    if not asked or not (words.INTERROGATIVE.search(asked) or _ASKING_END.search(question)):
        return None
    last = Exchange(_BESIDES.sub("", _bare(earlier[-1].question)), earlier[-1].items)
    if _MORE.fullmatch(asked):
        return _closed(_more(last))
    topic = _TOPIC.fullmatch(asked)
    if topic and not words.INTERROGATIVE.search(topic["topic"]):
        # 那他呢 asks of him what was asked before.
        return _closed(_about(_resolved(topic["topic"], earlier), earlier, last))
    bare = _BARE.fullmatch(_IT_HAPPENED.sub("", asked))
    if bare:
        return _closed(_when(bare["when"], last))
    act = _act(asked, last)
    if act:
        return _closed(act)
    resolved = _resolved(asked, earlier)
    if resolved != asked:
        return _closed(resolved)
    return None if _is_complete(asked) else _closed(_continued(asked, earlier, last))


def _bare(question: str) -> str:
    return without_end(_LEAD.sub("", question.strip()), _END)


def _closed(question: str) -> str:
    return f"{question}?"


def _more(last: Exchange) -> str:
    if not last.items:
        return last.question
    known = f"除了{'、'.join(last.items)},"
    return known + ("还有" if _FIRST_WHO.match(last.question) else "") + last.question


def _about(topic: str, earlier: Sequence[Exchange], last: Exchange) -> str:
    """Ask of ``topic`` what was asked of its like; 孙延文 in the place of 李新建, 郑州 in that of 洛阳."""
    asked = last.question
    act = _act(topic.removesuffix("的"), last)
    if act:
        return act
    if topic == words.time(topic):
        return _put(topic, words.time(asked), asked)
    if topic == words.quoted(topic) and words.quoted(asked):
        return _put(topic, words.quoted(asked), asked)
    numbered = words.numbered(topic)
    if numbered and (replaced := words.replace_numbered(asked, *numbered)):
        return replaced
    if words.is_office(topic):
        of_office = (_bare(turn.question) for turn in reversed(earlier) if words.office(_bare(turn.question)))
        return _about_office(topic, _BESIDES.sub("", next(of_office, asked)))
    if words.is_name(topic) or topic in last.items:
        return _about_person(topic, asked)
    if words.PLACE.fullmatch(topic):
        old = words.place(asked) or ""
        return _put(topic + words.division(old, topic), old, asked)
    return _about_thing(topic, asked)


def _put(new: str, old: str | None, question: str) -> str:
    """Replace ``old``, or put ``new`` first where there is nothing to replace."""
    return question.replace(old, new) if old else new + question


def _about_office(topic: str, asked: str) -> str:
    old = words.office(asked)
    if old is None:
        return f"{topic}是谁"
    where = words.place(old)
    # 洛阳市人民政府副市长, then 公安局局长: the city stays.
    return asked.replace(old, topic if words.place(topic) or topic[0] in "省市县区" or not where else where + topic)


def _about_person(topic: str, asked: str) -> str:
    named = words.names(asked)
    if named:
        return re.sub(f"{named[0]}.*{named[-1]}" if len(named) > 1 else named[0], topic, asked)
    if _FIRST_WHO.match(asked) or _WHO_AMID.match(asked):
        removed = re.search("免去|免职|辞", asked)
        return (
            f"{topic}被免去了什么职务"
            if removed
            else f"{topic}被任命为什么职务"
            if "任命" in asked
            else f"{topic}是什么职务"
        )
    return f"{topic},{asked}"


def _about_thing(topic: str, asked: str) -> str:
    """Put ``topic`` where the thing stood that was counted, named or had the quality asked for."""
    counted = re.search(
        "(?P<count>多少[个家名位项台件万亿]?|几[个家名位项台件]?|哪[些几一二三四五六七八九十]?[大个家位名项种]?)(?P<noun>[\u3400-\u9fff]{2,10})$",
        asked,
    )
    if counted and not words.ASKS_PERSON.search(asked):
        return asked[: counted.start("noun")] + topic
    quality = re.search(
        "(?P<owner>.+的)(?P<noun>[\u3400-\u9fff]{2,8}?)(?=是什么|是多少|达到多少|有多少|为多少|是谁|是哪)", asked
    )
    if quality:
        return asked[: quality.start("noun")] + topic + asked[quality.end("noun") :]
    subject = _subject(asked)
    if subject and asked.startswith(subject) and subject[-1] == topic[-1]:
        return topic + asked[len(subject) :]
    return f"{topic},{asked}"


def _when(when: str, last: Exchange) -> str:
    """Ask when or where of what was said before."""
    asked = last.question
    adverbial = words.ADVERBIAL.search(asked)
    if adverbial:
        return asked.replace(adverbial[0], when, 1)
    who = "、".join(last.items)
    if who and (acting := _WHO_ACTING.search(asked)):
        return asked[: acting.start()] + who + when + asked[acting.end() :]
    amid = _WHO_AMID.match(asked)
    if who and amid:
        return f"{when}{amid['verb']}{who}{amid['rest']}"
    subject = _subject(asked)
    if subject and asked.startswith(subject):
        return f"{subject}{when}{asked[len(subject) :].replace('是', '', 1) if '是谁' in asked else ''}".rstrip("谁")
    return f"{when},{asked}"


def _act(asked: str, last: Exchange) -> str | None:
    """Ask who was removed, where the talk was of who was appointed, and so on."""
    for pattern, one, any_ in _ACTS:
        found = pattern.search(asked)
        if not found or _ACT_FILLERS.sub("", asked.replace(found[0], "", 1)):
            continue
        held = words.office(last.question) or next((item for item in last.items if words.is_office(item)), None)
        # After a list the talk is of appointments; after one person, of the office.
        if held and len(last.items) <= 1:
            return one.format(held)
        return (words.place(last.question) or "") + any_
    return None


def _resolved(asked: str, earlier: Sequence[Exchange]) -> str:
    """Replace pronouns by what they refer to, where that is clear."""
    people = _people(earlier)
    if people and not words.names(asked):  # 全宇鹏说他…: his own name comes first
        asked = _THEM.sub("和".join(["、".join(people[:-1]), people[-1]]) if len(people) > 1 else people[0], asked)
        asked = _HIM.sub(people[-1], asked)
    where = next((found for turn in reversed(earlier) if (found := words.place(turn.question))), None)
    if where:
        asked = _THERE.sub(where, asked)
    post = _post(earlier)
    if post:
        asked = _POST.sub(f"{post}职务", asked)
    asked = _THING.sub(lambda match: _thing(match["noun"], earlier) or match[0], asked)
    subject = _antecedent(earlier)
    if subject:
        asked = _ITS.sub(lambda match: subject + ("的" if match[0] == "其" else ""), asked)
        asked = _THEY.sub(subject, asked)
    return asked


def _people(earlier: Sequence[Exchange]) -> list[str]:
    """Return the people last spoken of: the answer, if it was asked who, else those the question names."""
    for turn in reversed(earlier):
        if words.ASKS_PERSON.search(turn.question) and turn.items:
            return list(turn.items)
        if named := words.names(turn.question):
            return named
        if turn.items and all(map(words.is_name, turn.items)):
            return list(turn.items)
    return []


def _post(earlier: Sequence[Exchange]) -> str | None:
    for turn in reversed(earlier):
        for text in (turn.question, *turn.items):
            if found := words.office(_bare(text)):
                return found
    return None


def _thing(noun: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the last thing of this kind: 这次会议 is the meeting that was named."""
    kind = re.compile(f"(?:《[^》]*》|“[^”]*”|(?![谁是在由被了对于为,，和与]|哪|什么){HAN})*{noun}")
    for turn in reversed(earlier):
        for text in (*turn.items, turn.question):
            found = kind.search(text)
            if found and len(found[0]) > len(noun):
                return found[0]
    return None


def _antecedent(earlier: Sequence[Exchange]) -> str | None:
    last = earlier[-1]
    asked = _bare(last.question)
    if (
        len(last.items) == 1
        and re.search("什么|哪(?![里儿天年月日])", asked)
        and not re.search("职务|时候|时间", asked)
    ):
        return last.items[0]
    return _lasting_subject(earlier)


def _lasting_subject(earlier: Sequence[Exchange]) -> str | None:
    """Return what the questions are about, as the first of them that was about it names it."""
    subject: str | None = None
    for turn in earlier:
        asked = _BESIDES.sub("", _bare(turn.question))
        if not (subject and subject in asked):
            subject = _subject(asked)
    return subject


def _is_complete(asked: str) -> bool:
    """Whether a question names what it is about."""
    if words.quoted(asked) or words.names(asked) or words.place(asked) or words.time(asked):
        return True
    if re.search("[A-Za-z0-9]", asked):
        return True
    content = len(_FUNCTION_WORDS.sub("", asked))
    return content >= _COMPLETE_LENGTH and not _SUBJECTLESS.search(asked)


def _continued(asked: str, earlier: Sequence[Exchange], last: Exchange) -> str:
    """Give a question without a subject the one of the question before."""
    acted = _WHERE_ACTED.match(last.question)
    who = _FIRST_WHO.match(asked)
    if acted and who:
        return asked[: who.end()] + acted["where"] + asked[who.end() :]
    subject = _lasting_subject(earlier)
    if subject is None or _DEICTIC.match(asked):
        return f"{last.question},{asked}"
    if words.is_office(subject):
        subject = words.place(subject) or subject
    linked = _SUBJECTLESS.search(asked) or who
    return subject + asked if linked else f"{subject}的{asked}"


def _subject(asked: str) -> str | None:
    """Return what a question is about: the words before its predicate, or the office or place where it asks who."""
    acted = _WHERE_ACTED.match(asked)
    if acted:
        return re.sub("[上中里时间]$", "", acted["where"].removeprefix("在"))
    if _FIRST_WHO.match(asked) or _WHO_AMID.match(asked):
        return words.office(asked) or words.quoted(asked) or words.place(asked)
    if (named := words.names(asked)) and asked.startswith(named[0]):
        return named[0]
    end = _PREDICATE.search(asked, 1)
    if not end:
        return words.quoted(asked) or words.place(asked)
    before = asked[: end.start()].removesuffix("的")
    if _OBJECT.match(end[0]) and not words.ADVERBIAL.match(end[0]):
        # 宜阳聚焦哪三大产业: a verb of two characters stands before its object.
        before = before.removesuffix("了")[:-2].removesuffix("的")
    return before or words.place(asked)
