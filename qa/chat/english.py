"""English follow-ups: who else, what about Zhengzhou, who chaired it, on which day was that."""

import re
from collections.abc import Sequence
from typing import Final

from qa.chat import words
from qa.chat.exchange import Exchange, without_end

_I = re.IGNORECASE
_END: Final = "?.!,"
_LEAD = re.compile(r"^(?:(?:and|but|so|then|ok|okay|also|well|thanks|thank you|please|sorry|no)\b[,\s]*)+(?=\S)", _I)
_BESIDES = re.compile(r"^Besides .+?, (?=(?:who|what|which|when|where)\b)")
_MORE = re.compile(
    r"(?:who|what|which|where|when|anyone|anybody|anything) else|any others?|others|is that all|any more", _I
)
_PREPOSITION: Final = "on|in|at|by|for|since|from|until|to|with|of|during"
_WH: Final = rf"(?:(?:{_PREPOSITION}) )?(?:who|whom|whose|what|when|where|which|why|how)"
_AUX: Final = "is|was|are|were|did|does|do|has|have|had|will|would|can|could"
_ASKING = re.compile(rf"(?:{_WH}|{_AUX}|name|list|tell)\b", _I)
_TOPIC = re.compile(r"(?:what|how) about (?:the )?(?P<topic>[^,]+)", _I)
_BARE = re.compile(
    rf"(?P<wh>when|where|why|how|(?:{_PREPOSITION}) (?:which|what|how many|how much)(?: [a-z]+)?|"
    r"(?:which|what) (?:day|date|year|month|time|place))"
    r"(?: (?:was|is|were|did) (?:that|this|it)(?: (?:happen|take place|be|held|done))?)?",
    _I,
)
_HAN_NAME: Final = r"[\u3400-\u9fff·]{2,6}"
_PROPER = re.compile(
    rf"\b[A-Z][a-z]+(?:[ -][A-Z][a-z]+)*(?:\s*[(（]{_HAN_NAME}[)）])?|"
    rf"(?<![\u3400-\u9fff]){_HAN_NAME}(?![\u3400-\u9fff)）])"
)
_NO_PERSON = re.compile(
    r"\b(?:County|City|District|Province|Bureau|Court|Company|Congress|Committee|Government|University|School|College|"
    r"Club|Church|Hospital|Bridge|Street|River|Valley|Port|Park|Library|Station)\b"
)
_MONTH: Final = "January|February|March|April|May|June|July|August|September|October|November|December"
_TIME = re.compile(
    rf"\b(?:(?i:in|on|at|during) )?(?:(?:19|20)\d\d|(?:{_MONTH})\b(?: \d{{1,2}})?(?:,? (?:19|20)\d\d)?|"
    r"(?i:last|this|next) (?:year|month))"
)
_ACT: Final = "appointed|named|elected|removed|dismissed|promoted|nominated|chosen|sacked|fired"
_WHO_HELD = re.compile(
    rf"who (?P<aux>was|were|is|are|has been|have been) (?:(?P<verb>{_ACT}) (?:as )?)?(?P<office>(?:(?:the|an?) )?"
    rf"(?P<head>(?!(?:{_ACT}|the|an?|from)\b)[a-z-]+(?: [a-z-]+){{0,3}}?)(?P<of> (?:of|for|at) .+)?)",
    _I,
)
_ACT_ALONE = re.compile(
    rf"who (?:was|were|is|has been|have been|got) (?P<verb>{_ACT}|replaced)"
    r"(?: (?:instead|then|before|from it|for it|to it|from|now|too))*"
    r"|who (?:took over|succeeded(?: (?:him|her|them))?)(?: instead| then| from (?:him|her))?",
    _I,
)
_POST = re.compile(r"\b(?P<from>from )?(?:that|this|the same) (?:post|position|job|office|role)\b", _I)
_DOWNWARDS: Final = ("removed", "dismissed", "sacked", "fired")

_SINGULAR: Final = (
    r"(?P<owner>his\b|her\b(?= [a-z]))|(?:he|she|him|her)\b|(?:this|that) (?:person|man|woman|official)\b"
)
_PERSON = re.compile(rf"\b(?:{_SINGULAR})")
_PEOPLE = re.compile(r"\b(?:(?P<owner>their)|they|them|these people|those people)\b")
_IT = re.compile(
    r"\b(?:(?P<owner>its)|it(?! (?:takes?|costs?) .*to\b)|(?:this|that)(?=$|[,?])|"
    r"(?<=was |did )(?:this|that)(?= [a-z]+$))(?![\w'’])"
)
_NAMED = re.compile(r"\b(?:that|this) (?P<noun>[a-z]{4,})\b(?! (?:of|for|on)\b)", _I)
_THERE = re.compile(r"(?<!^)\b(?P<owner>)there$", _I)
_OWN = re.compile(rf"\b(?:the|an?|some|many|most|(?:which|what|whose)(?! (?:{_AUX})\b)) [a-z]+", _I)
_CLAUSE = re.compile(r"\b(?:and|that|which|who|say|said|as|when|where|while|if|because|so|after|before|since)\b|,")

_ACTED = re.compile(rf"(?:[Ww]ho|[Ww]hat|[Ww]hich [a-z ]+?) (?!(?:{_AUX})\b)[a-z]+ (?P<object>.+)")
_NAMES_THING: Final = rf"the |[A-Z“\"]|{_HAN_NAME}"
_BE_OR_DO = re.compile(rf"{_WH}(?: [a-z]+){{0,4}}? (?:{_AUX}) (?P<rest>.+)", _I)
_NOUN_PHRASE = re.compile(
    r"(?P<topic>(?:the|an?|this|“|\"|[A-Z]|[\u3400-\u9fff]).*?)"
    r"(?: (?:[a-z]+ed|held|hold|take|set up|have|be|been|happen|made|built|passed|born|begin|end|focus|cover|cost|last|"
    r"open|reopen|close|start|decide|adopt|now|before|then)(?: .*)?)?$"
)
_REFERRING: Final = "the|it|that|this|he|she|his|her|its|their|they|there"
_OWN_SUBJECT = re.compile(
    rf"what (?:is|are) (?!(?:{_REFERRING}|[a-z]+ed|new|next|left)\b)[a-z]|"
    rf"(?:where|when|why|how|what) (?:do|does) (?!(?:{_REFERRING})\b)[a-z]",
    _I,
)
"""A bare noun where questions have their subject: what are stators, where do pandas live."""
_FUNCTION_WORD: Final = (
    rf"an?|the|and|or|{_PREPOSITION}|{_AUX}|be|been|wh[a-z]+|how|many|much|new|other|also|more|else|old|long|far|"
    "it|that|this|there|named|called|about|so|said"
)
_COMPLETE_WORDS: Final = 3
"""Words of content from which a question without a name in it is taken as complete."""
_COMPLETE_TOPIC: Final = 3
"""Words from which what a question is about names it: the public library, but not the work."""


def asks_for_more(question: str) -> bool:
    """Whether the question is "who else" or the like."""
    return bool(_MORE.fullmatch(_bare(question)))


def is_asking(question: str) -> bool:
    """Whether words of a question open it, as they do not in what names a topic alone."""
    return bool(_ASKING.match(_bare(question)))


def rewrite(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the question as it can be asked alone, ``None`` if it already can."""
    whole, asked = without_end(question.strip(), _END), _bare(question)
    last = _last(earlier)
    if _MORE.fullmatch(asked):
        return f"Besides {', '.join(last.items)}, {_lowered(last.question)}?" if last.items else f"{last.question}?"
    if topic := _topic(asked, after_lead=whole != asked, is_question="?" in question):
        return about(topic, earlier)
    if bare := _BARE.fullmatch(asked):
        return f"{_when(bare['wh'], last)}?"
    if not _ASKING.match(asked):
        return None
    if (act := _ACT_ALONE.fullmatch(asked)) and (post := _post(earlier)):
        verb = (act["verb"] or "appointed").lower().replace("replaced", "removed")
        return f"Who was {verb} {'as ' if verb in _DOWNWARDS else ''}{post}?"
    resolved = _resolved(asked, earlier)
    if resolved != asked:
        return f"{_capital(resolved)}?"
    if _is_complete(asked):
        return None
    subject = _lasting_subject(earlier)
    return f"{_capital(asked)} ({subject})?" if subject else f"{_capital(asked)}: {_lowered(last.question)}?"


def about(topic: str, earlier: Sequence[Exchange]) -> str:
    """Ask of ``topic`` what was asked before: of the like that a question names, or of what it asks about."""
    last, topic = _last(earlier), re.sub(r"^the (?=[a-z])", "", without_end(topic, _END))
    asked = last.question
    if time := _TIME.fullmatch(topic):
        return f"{_put(time[0], _TIME.search(asked), asked)}?"
    name = re.sub(rf"^(?:{_PREPOSITION}) ", "", topic, flags=_I)
    if not _PROPER.fullmatch(name):
        for turn in (last, *reversed(earlier)):
            before = without_end(turn.question, _END)
            if held := _WHO_HELD.fullmatch(before) or re.search(r"\bthe (?P<head>[a-z-]+)(?P<of> of .+)", before):
                kept = "" if re.search(r" (?:of|for|at) ", topic) else held["of"] or ""
                return f"{before[: held.start('head')]}{topic}{kept}?"
        return f"What about {topic}: {_lowered(asked)}?"
    acted = _WHO_HELD.fullmatch(asked)
    named = list(_PROPER.finditer(asked, 1))
    alike = [match for match in named if _is_person(match[0]) == _is_person(name)]
    if acted and acted["verb"] and _is_person(name) and not alike:
        return f"What position {acted['aux']} {name} {acted['verb']} to?"
    if alike:
        return f"{_put(name, alike[-1], asked)}?"
    held_before = any(_WHO_HELD.fullmatch(without_end(turn.question, _END)) for turn in earlier)
    return f"{asked} {topic if name != topic else f'of {name}' if held_before else f'in {name}'}?"


def _last(earlier: Sequence[Exchange]) -> Exchange:
    return Exchange(_BESIDES.sub("", without_end(earlier[-1].question.strip(), _END)), earlier[-1].items)


def _bare(question: str) -> str:
    return without_end(_LEAD.sub("", question.strip()), _END)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if re.match(rf"{_WH}\b", text, _I) else text


def _put(new: str, old: re.Match[str] | None, question: str) -> str:
    return question[: old.start()] + new + question[old.end() :] if old else f"{question} {new}"


def _joined(people: Sequence[str]) -> str:
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} and {people[-1]}"


def _topic(asked: str, *, after_lead: bool, is_question: bool) -> str | None:
    """Return what a question without a verb of its own names: what about Zhengzhou, in 2020, and the treasurer."""
    if about := _TOPIC.fullmatch(asked):
        return about["topic"]
    if _ASKING.match(asked) or not is_question:
        return None
    names = _TIME.fullmatch(asked) or _PROPER.fullmatch(
        re.sub(rf"^(?:(?:{_PREPOSITION}) )?(?:the )?", "", asked, flags=_I)
    )
    return asked if names or (after_lead and asked.count(" ") <= _COMPLETE_TOPIC) else None


def _is_person(name: str) -> bool:
    """Whether a name is of two words or Chinese characters, and of no institution."""
    return not _NO_PERSON.search(name) and (" " in name or not name.isascii())


def _when(wh: str, last: Exchange) -> str:
    """Ask when or where of what was said before."""
    asked, wh = last.question, _capital(wh)
    held = _WHO_HELD.fullmatch(asked)
    if held and held["verb"] and last.items:
        verb = "were" if len(last.items) > 1 else "was"
        return f"{wh} {verb} {_joined(last.items)} {asked[held.start('verb') :]}"
    before = re.match(rf"(?:{_BARE.pattern})(?= (?:{_AUX})\b)", asked, _I)
    if before:
        return wh + asked[before.end() :]
    acted = _ACTED.fullmatch(asked)
    if acted and last.items:
        verb = asked[: acted.start("object")].rsplit(maxsplit=1)[-1]
        return f"{wh} was it that {_joined(last.items)} {verb} {acted['object']}"
    return f"{wh} was that: {_lowered(asked)}"


def _resolved(asked: str, earlier: Sequence[Exchange]) -> str:
    """Replace pronouns by what they refer to, where that is clear."""
    people, post, subject = _people(earlier), _post(earlier), _asked_for(earlier[-1]) or _lasting_subject(earlier)
    if people:
        asked = _refer(_PERSON, people[-1], asked)
        if len(people) > 1 or not subject:
            asked = _refer(_PEOPLE, _joined(people), asked)
    if post:
        asked = _POST.sub(lambda match: f"as {post}" if match["from"] else post, asked)
    asked = _NAMED.sub(lambda match: _thing(match["noun"], earlier) or match[0], asked)
    if subject:
        asked = _refer(_THERE, f"at {subject}" if subject.startswith("the ") else f"in {subject}", asked)
        asked = _refer(_PEOPLE, subject, _refer(_IT, subject, asked))
    return asked


def _refer(pronoun: re.Pattern[str], meant: str, asked: str) -> str:
    """Replace a pronoun, unless the question itself says before it what it means."""

    def referred(match: re.Match[str]) -> str:
        before = asked[: match.start()]
        own = _PROPER.search(before, 1) or _OWN.search(before)
        if own and (match["owner"] is not None or _CLAUSE.search(before, own.end())):
            return match[0]
        return f"{meant}'s" if match["owner"] else meant

    return pronoun.sub(referred, asked)


def _people(earlier: Sequence[Exchange]) -> list[str]:
    """Return the people last spoken of: the answer, if it was asked who, else those the question names."""
    for turn in reversed(earlier):
        named = [match[0] for match in _PROPER.finditer(turn.question, 1) if _is_person(match[0])]
        if turn.items and (words.asks_person(turn.question) or set(turn.items) <= set(named)):
            return list(turn.items)
        if named:
            return named
    return []


def _post(earlier: Sequence[Exchange]) -> str | None:
    held = (_WHO_HELD.fullmatch(without_end(turn.question, _END)) for turn in reversed(earlier))
    return next((match["office"] for match in held if match), None)


def _thing(noun: str, earlier: Sequence[Exchange]) -> str | None:
    for turn in reversed(earlier):
        if (subject := _subject(turn)) and re.search(rf"\b{noun}\b", subject, _I):
            return subject
    return None


def _asked_for(turn: Exchange) -> str | None:
    """Return the one thing that answered which it was; not a number or day, which nothing is asked of."""
    asked_which = re.match(r"(?:which|what) (?!(?:about|year|day|date|month|time)\b)[a-z]+ ", turn.question, _I)
    is_thing = asked_which and len(turn.items) == 1 and not re.search(r"\d", turn.items[0])
    return turn.items[0] if is_thing and not re.match(rf"what (?:{_AUX})\b", turn.question, _I) else None


def _lasting_subject(earlier: Sequence[Exchange]) -> str | None:
    """Return what the questions are about, as the first of them that was about it names it."""
    subject: str | None = None
    for turn in earlier:
        if not (subject and subject in turn.question):
            subject = _subject(turn)
    return subject


def _subject(turn: Exchange) -> str | None:
    """Return what a question is about: the place, meeting or thing that "it" would mean afterwards."""
    asked = without_end(turn.question.strip(), _END)
    if held := _WHO_HELD.fullmatch(asked):
        return held["of"].split(" ", 2)[2] if held["of"] else None
    if acted := _ACTED.fullmatch(asked):
        return acted["object"] if re.match(_NAMES_THING, acted["object"]) else None
    found = _BE_OR_DO.fullmatch(asked)
    topic = _NOUN_PHRASE.fullmatch(found["rest"]) if found else None
    return topic["topic"] if topic else None


def _is_complete(asked: str) -> bool:
    """Whether a question names what it is about."""
    if re.search(r"[\u3400-\u9fff]|\d|[\"“]", asked) or re.search(r"(?<!^)\b[A-Z]", asked):
        return True
    if _OWN_SUBJECT.match(asked):
        return True
    held = _WHO_HELD.fullmatch(asked)
    if held and (held["verb"] or held["of"] or " " in held["head"]):
        return True
    if len((_subject(Exchange(asked)) or "").split()) >= _COMPLETE_TOPIC:
        return True
    content = [word for word in re.findall(r"[a-z'-]+", asked.lower()) if not re.fullmatch(_FUNCTION_WORD, word)]
    return len(content) >= _COMPLETE_WORDS
