"""Chinese follow-ups: 还有谁, 孙延文呢, 他还担任什么职务, 那免去了谁, 是哪一天."""

import re
from collections.abc import Sequence
from typing import Final

from qa.chat import words
from qa.chat.exchange import Exchange, without_end
from qa.text.folding import simplified
from qa.text.script import HAN

_LEAD = re.compile(
    r"^(?:(?:那么|那(?![里儿个次场些位家项份天年座条])|然后|另外|此外|对了|请问|我想问|我想知道|而且|而|好的?|多?谢谢|嗯|哦)[,，、\s]*)+"
)
_END: Final = "?？。!！.,，"
_MORE = re.compile(
    r"(?:还有|另有)(?:谁|哪些人?|哪[几]?[位个]|别人|其他人?|别的)?[吗呢]?|(?:其他|其余的?|别)人?呢|别的呢"
)
_BESIDES = re.compile("^除了.+?[,，](?:还有)?")

_THEM = re.compile("[他她](?:们俩?|俩)|这(?:些|几[个位]|两[个位])人?|^[二两三]人")
_HIM = re.compile("(?<![其吉])[他她](?![们俩人日国乡])|(?<!的)(?:[此该]人|[这那][个位]?人|[这那]位)")
_ITS = re.compile("^其(?![他中余实次它间])|(?<!其)它们?")
_AMONG = re.compile("^其中")
_THERE = re.compile("[那这](?:里(?!面)|儿|边)|[当该此]地|那个?(?:地方|城市)|[该这那]个?[省市县区镇乡村州](?![长场民])")
_THING = re.compile(f"[该此这那]一?[个次场项部家所条届起种份座名笔]?(?P<noun>{HAN}{{2,8}})")

_BARE = re.compile(rf"(?:(?:这|那)(?:件事)?)?(?:是|发生)?(?P<when>{words.ADVERBIAL.pattern})(?:的|的事|呢|发生的)?")
_FIRST_WHO = re.compile("^(?:谁|哪[一二三四五六七八九十几两]?[位名个]|哪些人|什么人|何人)")
_WHO_ACTING = re.compile(f"(?<!是)(?<!叫)(?:{_FIRST_WHO.pattern[1:]})(?!的|$)")
_WHAT_ACTING = re.compile("是?谁|(?!什么时|什么地|哪里|哪儿|哪一?[天年月日])(?:什么|哪)")
_WHERE_ACTED = re.compile("^(?:谁|哪[些几]?[位个]?人?)(?P<where>在.+?[上中里时间](?!心|国))")

# What a follow-up does with an office: the question about one office, and about any.
_ACTS: Final = (
    (re.compile("免去|免职|罢免|撤职|免了|撤销"), "谁被免去了{}职务", "谁被免去了职务"),
    (re.compile("辞去|辞职|请辞"), "谁辞去了{}职务", "谁辞去了职务"),
    (re.compile("当选|选举|选为"), "谁当选{}", "谁当选"),
    (re.compile("任命|新任|接任|继任|接替|上任"), "谁被任命为{}", "任命了谁"),
)
_ACT_FILLERS = re.compile("谁|哪[些几]?[位个]?人?|什么人|何人|[被由是了的把人又还呢]|同时|决定|职务|这一?个?")
_SUBJECTLESS = re.compile(
    f"^(?:是|有|一共|共有?|总共|到底|主要|同时|还|也|又|再|都)|^{HAN}{{1,4}}[了过](?=谁|什么|哪|多少|几|{HAN})"
)
_FUNCTION_WORDS = re.compile(
    rf"{words.INTERROGATIVE.pattern}|[的了是在有被由过着吧呢啊和与为个名位家次]|新任|现任|担任"
)
_COMPLETE_LENGTH: Final = 7
"""Chinese characters of content from which a question without a name in it is taken as complete."""
_COMPLETE_ACT: Final = 5
"""The same for a question that asks who or what did something."""
_PREDICATES: Final = ("是", "在", "被", "由", "将", "要", "达到", "位于", "属于", "为", "有", "占", ",", "，")
_OBJECT = re.compile("谁|哪(?![里儿天年月日])|什么(?!时)|多少|几")


def asks_for_more(question: str) -> bool:
    """Whether the question is 还有谁 or the like."""
    return bool(_MORE.fullmatch(_bare(question)))


def is_asking(question: str) -> bool:
    """Whether a question has a question word, as what names a topic alone has not."""
    return bool(words.INTERROGATIVE.search(_bare(question)))


def rewrite(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the question as it can be asked alone, in simplified characters; ``None`` if it already can."""
    earlier = [Exchange(simplified(turn.question), tuple(map(simplified, turn.items))) for turn in earlier]
    asked = _bare(question)
    last = _last(earlier)
    if _MORE.fullmatch(asked):
        return _closed(_more(last))
    if not is_asking(question):
        topic = asked.removesuffix("呢")
        named = topic != asked or (question.strip()[-1:] in ("?", "？") and words.is_slot(topic))
        # 那他呢 asks of him what was asked before.
        return about(_resolved(topic, earlier), earlier) if topic and named else None
    asked = asked.removesuffix("呢")
    if bare := _BARE.fullmatch(asked):
        return _closed(_when(bare["when"], last))
    if act := _act(asked, last):
        return _closed(act)
    resolved = _resolved(asked, earlier)
    if resolved != asked:
        return _closed(resolved)
    continued = None if _is_complete(asked) else _continued(asked, earlier, last)
    return None if continued is None else _closed(continued)


def about(topic: str, earlier: Sequence[Exchange]) -> str:
    """Ask of ``topic`` what was asked of its like; 孙延文 in the place of 李新建, 郑州 in that of 洛阳."""
    earlier = [Exchange(simplified(turn.question), tuple(map(simplified, turn.items))) for turn in earlier]
    return _closed(_about(_bare(topic), earlier, _last(earlier)))


def _last(earlier: Sequence[Exchange]) -> Exchange:
    return Exchange(_BESIDES.sub("", _bare(earlier[-1].question)), earlier[-1].items)


def _bare(question: str) -> str:
    return without_end(_LEAD.sub("", simplified(question.strip())), _END)


def _closed(question: str) -> str:
    return f"{question}?"


def _more(last: Exchange) -> str:
    if not last.items:
        return last.question
    known = f"除了{'、'.join(last.items)},"
    return known + ("还有" if _FIRST_WHO.match(last.question) else "") + last.question


def _about(topic: str, earlier: Sequence[Exchange], last: Exchange) -> str:
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
    return _about_thing(topic, earlier, asked)


def _put(new: str, old: str | None, question: str) -> str:
    """Replace ``old``, or put ``new`` first where there is nothing to replace."""
    return question.replace(old, new) if old else new + question


def _about_office(topic: str, asked: str) -> str:
    old = words.office(asked)
    if old is None:
        return f"{topic}是谁"
    where = words.place(old)
    if words.has_name(topic):  # 青湾大学校长, after 海润公司的董事长: the owner goes as well
        old = next(match[0] for match in re.finditer(f"(?:{HAN}+的)?{re.escape(old)}", asked))
    # 洛阳市人民政府副市长, then 公安局局长: the city stays.
    return asked.replace(old, topic if words.place(topic) or topic[0] in "省市县区" or not where else where + topic)


def _about_person(topic: str, asked: str) -> str:
    named = words.names(asked)
    if named:
        return re.sub(f"{named[0]}.*{named[-1]}" if len(named) > 1 else named[0], topic, asked)
    if _FIRST_WHO.match(asked):
        removed = re.search("免去|免职|辞", asked)
        return (
            f"{topic}被免去了什么职务"
            if removed
            else f"{topic}被任命为什么职务"
            if "任命" in asked
            else f"{topic}是什么职务"
        )
    return f"{topic},{asked}"


def _about_thing(topic: str, earlier: Sequence[Exchange], asked: str) -> str:
    """Put a thing where its like or what was asked of stood; ask for a quality of what was asked of."""
    for before in (asked, *(_bare(turn.question) for turn in reversed(earlier))):
        if alike := words.alike(topic, before):
            return before.replace(alike, topic, 1)
    subject = _subject(asked) or ""
    if words.has_name(topic):
        return topic + asked[len(subject) :] if subject and asked.startswith(subject) else f"{topic},{asked}"
    owner = words.up_to_name(subject)
    if not (owner and asked.startswith(subject)):
        return f"{topic},{asked}"
    rest = asked[len(subject) :]
    return f"{owner}的{topic}{rest if rest.startswith('是') else '是多少'}"


def _when(when: str, last: Exchange) -> str:
    """Ask when or where of what was said before."""
    asked = last.question
    adverbial = words.ADVERBIAL.search(asked)
    if adverbial:
        return asked.replace(adverbial[0], when, 1)
    who = "、".join(last.items)
    if who and (acting := _WHO_ACTING.search(asked)):
        return asked[: acting.start()] + who + when + asked[acting.end() :]
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
    if people:
        everyone = "和".join(["、".join(people[:-1]), people[-1]]) if len(people) > 1 else people[0]
        asked = _refer(_HIM, people[-1], _refer(_THEM, everyone, asked))
    where = next((found for turn in reversed(earlier) if (found := words.place(turn.question))), None)
    if where:
        asked = _THERE.sub(where, asked)
    for match in _THING.finditer(asked):
        noun = words.split(match["noun"])[0]
        if len(noun) > 1 and (meant := _thing(noun, earlier)):
            asked = asked.replace(asked[match.start() : match.start("noun")] + noun, meant)
    first, *rest = words.split(asked)
    if len(first) > 1 and not words.INTERROGATIVE.search(first) and not words.place(first):
        whole = _thing(first, earlier)
        if whole and whole not in asked and not _is_complete("".join(rest)):
            asked = whole + "".join(rest)  # 大桥 is 望海大桥, where the talk was of it
    if items := next((turn.items for turn in reversed(earlier) if len(turn.items) > 1), None):
        asked = _AMONG.sub(f"{'、'.join(items)}中", asked)
    if subject := _antecedent(earlier):
        asked = _ITS.sub(lambda match: subject + ("的" if match[0] == "其" else ""), asked)
    return asked


def _refer(pronoun: re.Pattern[str], meant: str, asked: str) -> str:
    """Replace a pronoun, unless the question names before it who is meant: 全宇鹏说他…, 哪位作家在他的…."""
    found = pronoun.search(asked)
    if found is None:
        return asked
    before, after = asked[: found.start()], asked[found.end() :]
    own = words.has_name(before) or "·" in before or (after.startswith("的") and re.match(f"哪[位个名些]{HAN}", before))
    return asked if own else pronoun.sub(meant, asked)


def _people(earlier: Sequence[Exchange]) -> list[str]:
    """Return the people last spoken of: the answer, if it was asked who, else those the question names."""
    for turn in reversed(earlier):
        if words.asks_person(turn.question) and turn.items:
            return list(turn.items)
        if named := words.names(turn.question):
            return named
        if turn.items and all(map(words.is_name, turn.items)):
            return list(turn.items)
    return []


def _thing(noun: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the last thing of a kind: 这次会议 is the meeting that was named, 这家公司 the one that was asked for."""
    kind = re.compile(
        f"(?:《[^》]*》|“[^”]*”|(?![谁是在由被了对于为,，和与]|哪|什么){HAN})*{re.escape(noun)}(?={words.BREAK})"
    )
    for turn in reversed(earlier):
        if turn.items and re.search(f"(?:哪|什么){HAN}?{re.escape(noun)}", turn.question):
            return turn.items[-1]
        for text in (*turn.items, _bare(turn.question)):
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
    """Whether a question names what it is about: by a name, whose it is, a clause of its own, or many words."""
    if words.has_owner(asked) or (len(clauses := re.split("[,，]", asked)) > 1 and len(clauses[0]) >= _COMPLETE_ACT):
        return True
    if words.quoted(asked) or words.time(asked) or words.has_name(asked) or asked.startswith(tuple("省市县区镇乡村")):
        return True
    content = len(_FUNCTION_WORDS.sub("", asked))
    if _WHAT_ACTING.match(asked):
        return content >= _COMPLETE_ACT
    return content >= _COMPLETE_LENGTH and not _SUBJECTLESS.search(asked)


def _continued(asked: str, earlier: Sequence[Exchange], last: Exchange) -> str | None:
    """Give a question without a subject the one of the question before."""
    acted = _WHERE_ACTED.match(last.question)
    who = _FIRST_WHO.match(asked)
    if acted and who:
        return asked[: who.end()] + acted["where"] + asked[who.end() :]
    subject = _lasting_subject(earlier)
    if subject is None or asked[0] in "该此这那":
        return None
    if words.is_office(subject):
        subject = words.place(subject) or subject
    linked = _SUBJECTLESS.search(asked) or who
    return subject + asked if linked else f"{subject}的{asked}"


def _subject(asked: str) -> str | None:
    """Return what a question is about: the words before its predicate, or the office or place where it asks who."""
    acted = _WHERE_ACTED.match(asked)
    if acted:
        return re.sub("[上中里时间]$", "", acted["where"].removeprefix("在"))
    if adverbial := words.ADVERBIAL.match(asked):
        return _subject(asked[adverbial.end() :])
    if words.INTERROGATIVE.match(asked) or not re.search(HAN, asked):
        return words.office(asked) or words.quoted(asked) or words.place(asked)
    if (named := words.names(asked)) and asked.startswith(named[0]):
        return named[0]
    parts = words.split(asked)
    asking = words.INTERROGATIVE.search(asked, 1)
    end, before = 0, list[str]()
    for part in parts:
        if (asking and end + len(part) > asking.start()) or (before and part in _PREDICATES):
            break
        before.append(part)
        end += len(part)
    while before and before[-1] in ("的", "了", "过", "共", "于"):
        lost = before.pop()
        if lost == "于" and before:
            before.pop()
    if asking and end == asking.start() and _OBJECT.match(asking[0]) and not words.ADVERBIAL.match(asking[0]):
        # 宜阳聚焦哪三大产业: a verb stands before its object.
        before = before[:-1]
    return "".join(before).removesuffix("的") or words.quoted(asked) or words.place(asked)
