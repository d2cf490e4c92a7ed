"""English follow-ups: who else, what about Zhengzhou, who chaired it, on which day was that."""

import re
from collections.abc import Sequence
from typing import Final

from qa.chat.exchange import Exchange, without_end

_I = re.IGNORECASE
_LEAD = re.compile(r"^(?:(?:and|but|so|then|ok|okay|also|well|thanks|thank you|please)\b[,\s]*)+(?=\S)", _I)
_END: Final = "?.!,"
_MORE = re.compile(
    r"(?:who|what|which|where|when|anyone|anybody|anything) else|any others?|others|is that all|any more",
    _I,
)
_BESIDES = re.compile(r"^Besides .+?, (?=(?:who|what|which|when|where)\b)")
_TOPIC = re.compile(
    r"(?:what|how) about (?:the )?(?P<topic>.+)|"
    r"and (?:the )?(?P<fragment>(?!(?:wh[a-z]+|how|on|did|was|is|were|does|do|are)\b).+)",
    _I,
)
_WH: Final = r"(?:(?:on|in|at|by|for|since|from|until) )?(?:who|whom|whose|what|when|where|which|why|how)"
_ASKING = re.compile(
    rf"{_WH}\b|(?:is|was|are|were|did|do|does|has|have|can|name|list|tell|how|anyone|anybody|any|others?|and)\b|in \d",
    _I,
)
_BARE = re.compile(
    r"(?P<wh>when|where|why|how|(?:on|in|at) (?:which|what) [a-z]+|(?:which|what) (?:day|date|year|month|time|place))"
    r"(?: (?:was|is|were|did) (?:that|this|it)(?: (?:happen|take place|be|held|done))?)?",
    _I,
)
_PERSON_SUBJECT = re.compile(r"\b(?:he|she)\b", _I)
_PERSON_OBJECT = re.compile(r"\bhim\b|\bher\b(?! [a-z])|(?:this|that|the same) (?:person|man|woman|official)\b", _I)
_PERSON_OWNER = re.compile(r"\bhis\b|\bher\b(?= [a-z])", _I)
_PEOPLE = re.compile(r"\b(?:they|them|these people|those people|both of them)\b", _I)
_PEOPLE_OWNER = re.compile(r"\btheir\b", _I)
_POST = re.compile(r"\b(?:that|this|the|the same) (?:post|position|job|office|role)\b", _I)
_THING = re.compile(
    r"\b(?:that|this|the) (?P<noun>meeting|session|event|company|firm|project|regulation|report|plan|campaign|"
    r"city|county|district|province|park|hospital|school|community|action|conference)\b(?! of\b| for\b| on\b)",
    _I,
)
_THERE = re.compile(r"(?<!^)\b(?:there)\b(?=[^a-z]*$)", _I)
_IT = re.compile(r"\b(?:it|this|that)\b(?=$| [a-z]+(?:ed|s)?\b|[,?])", _I)
_ITS = re.compile(r"\bits\b", _I)
_PLACES: Final = ("city", "county", "district", "province")
_PLACE = re.compile(
    r"\b(?:[A-Z][a-z]+(?: (?:City|County|District|Province|Municipality))?)(?:\s*[(（][\u3400-\u9fff]+[)）])?"
)
_NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+(?:\s*[(（][\u3400-\u9fff·]+[)）])?|[\u3400-\u9fff·]{2,4}(?![)）])")
_MONTH: Final = "January|February|March|April|May|June|July|August|September|October|November|December"
_INSTITUTION = re.compile(
    r"\b(?:County|City|District|Province|Bureau|Court|Company|Corporation|Congress|Committee|Government|Republic|University)\b"
)
_TIME = re.compile(
    rf"\b(?:(?i:in|on|at|during) )?(?:(?:19|20)\d\d|(?:{_MONTH})\b(?: \d{{1,2}})?(?:,? (?:19|20)\d\d)?|"
    r"(?i:last|this|next) (?:year|month))"
)
_OFFICE_HEADS: Final = (
    "mayor|director|chief|head|chair|chairman|chairwoman|chairperson|president|vice-president|secretary|minister|member|judge|"
    "prosecutor|commissioner|manager|deputy|representative|governor|dean|engineer|principal|treasurer|leader|CEO|spokesperson|spokesman|editor"
)
_ACT: Final = "appointed|named|elected|removed|dismissed|promoted|nominated|chosen|sacked|fired"
_NOT_IN_OFFICES: Final = rf"who|was|were|is|are|as|be|to|of|{_ACT}"
_OFFICE = re.compile(
    rf"\b(?P<office>(?:the |a |an )?(?:(?!(?:{_NOT_IN_OFFICES})\b)[a-z-]+ ){{0,3}}?(?:{_OFFICE_HEADS})\b"
    r"(?: (?:of|for|at) .+)?)$",
    _I,
)
_WHO_ACTED = re.compile(rf"who (?P<aux>was|were|is|are|has been|have been) (?P<verb>{_ACT})(?P<office> .+)?", _I)
_ACT_ALONE = re.compile(
    rf"who (?:was|were|is|has been|have been|got) (?P<verb>{_ACT}|replaced)"
    r"(?: (?:instead|then|before|from it|for it|to it|from|now|too))*",
    _I,
)
_SUCCESSOR = re.compile(
    r"who (?:took over|succeeded(?: (?:him|her|them))?|replaced (?:him|her|them))(?: instead| then| from (?:him|her))?",
    _I,
)
_SUBJECT_QUESTION = re.compile(
    r"(?P<who>who|what|which [a-z ]+?) (?P<rest>(?!(?:is|was|are|were|did|do|does)\b)[a-z]+ .+)", _I
)
_AUX_QUESTION = re.compile(
    rf"{_WH}(?: [a-z]+){{0,4}}? (?:is|was|are|were|did|does|do|has|have|had|will) (?P<rest>.+)", _I
)
_PARTICIPLE = re.compile(
    r"^(?P<topic>(?:the|a|an|this|“|\"|[A-Z]|[\u3400-\u9fff]).*?)"
    r"(?: (?:held|hold|take place|set up|have|be|been|being|get|happen|made|built|completed|finished|passed|born|"
    r"invested|located|start|end|focus|cover|adopt|approve|decide|discuss|cost|last|open|close)(?: .*)?)?$"
)
_FUNCTION_WORDS = re.compile(
    r"(?:a|an|the|of|in|on|at|to|for|by|from|with|and|or|is|are|was|were|be|been|"
    r"do|does|did|has|have|had|will|would|can|could|wh[a-z]+|how|many|much|new|other|also|more|else|old|long|far|"
    r"it|that|this|there|named|called|about)"
)
_COMPLETE_WORDS: Final = 4
"""Words of content from which a question without a name in it is taken as complete."""


def asks_for_more(question: str) -> bool:
    """Whether the question is "who else" or the like."""
    return bool(_MORE.fullmatch(_bare(question)))


def rewrite(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the question as it can be asked alone, ``None`` if it already can."""
    whole, asked = without_end(question.strip(), _END), _bare(question)
    if not asked or not (_ASKING.match(asked) or "?" in question):
        return None
    last = Exchange(_BESIDES.sub("", without_end(earlier[-1].question.strip(), _END)), earlier[-1].items)
    if _MORE.fullmatch(asked):
        return f"Besides {', '.join(last.items)}, {_lowered(last.question)}?" if last.items else f"{last.question}?"
    topic = _TOPIC.fullmatch(whole)
    if topic:
        return f"{_about(topic['topic'] or topic['fragment'], earlier, last)}?"
    if time := _TIME.fullmatch(asked):
        return f"{_put(time[0], _TIME.search(last.question), last.question)}?"
    bare = _BARE.fullmatch(asked)
    if bare:
        return f"{_when(bare['wh'], last)}?"
    act = _act(asked, earlier)
    if act:
        return f"{act}?"
    resolved = _resolved(asked, earlier)
    if resolved != asked:
        return f"{_capital(resolved)}?"
    if _is_complete(asked):
        return None
    subject = _lasting_subject(earlier)
    return f"{_capital(asked)} ({subject})?" if subject else f"{_capital(asked)}: {_lowered(last.question)}?"


def _bare(question: str) -> str:
    return without_end(_LEAD.sub("", question.strip()), _END)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if re.match(rf"{_WH}\b", text, _I) else text


def _put(new: str, old: re.Match[str] | None, question: str) -> str:
    return question[: old.start()] + new + question[old.end() :] if old else f"{question} {new}"


def _about(topic: str, earlier: Sequence[Exchange], last: Exchange) -> str:
    """Ask of ``topic`` what was asked of its like."""
    asked = last.question
    if time := _TIME.fullmatch(topic):
        return _put(time[0], _TIME.search(asked), asked)
    held = _OFFICE.search(asked)
    topic = re.sub(r"^the ", "", topic)
    if _OFFICE.fullmatch(topic):
        for turn in reversed(earlier):
            before = without_end(turn.question, _END)
            if found := _OFFICE.search(before):
                owner = re.search(r" (?:of|for|at) .+$", found["office"])
                kept = owner[0] if owner and not re.search(r" (?:of|for|at) ", topic) else ""
                return f"{before[: found.start('office')]}{_article(found['office'])}{topic}{kept}"
    named = _person(asked)
    if named and (_NAME.fullmatch(topic) or topic in last.items):
        return asked.replace(named, topic)
    places = [match for match in _PLACE.finditer(asked, 1) if not (named and match[0] in named)]
    if _PLACE.fullmatch(topic):
        return _put(topic, places[-1], asked) if places else f"{asked} {'of' if held else 'in'} {topic}"
    acted = _WHO_ACTED.fullmatch(asked)
    if acted and (topic in last.items or _NAME.fullmatch(topic)):
        return f"What position {acted['aux']} {topic} {acted['verb']} to"
    return f"What about {topic}: {_lowered(asked)}"


def _article(office: str) -> str:
    found = re.match(r"(?:the|a|an) ", office, _I)
    return found[0] if found else ""


def _person(question: str) -> str | None:
    """Return the person that a question names: two capitalised words or Chinese characters, not an institution."""
    found = [match[0] for match in _NAME.finditer(question, 1)]
    people = [name for name in found if not _INSTITUTION.search(name)]
    return people[-1] if people else None


def _when(wh: str, last: Exchange) -> str:
    """Ask when or where of what was said before."""
    asked, wh = last.question, _capital(wh)
    acted = _WHO_ACTED.fullmatch(asked)
    if acted and last.items:
        verb = "were" if len(last.items) > 1 else "was"
        return f"{wh} {verb} {_joined(last.items)} {acted['verb']}{acted['office'] or ''}"
    before = re.match(rf"(?:{_BARE.pattern})(?= (?:was|is|were|did|will|does|do|are)\b)", asked, _I)
    if before:
        return wh + asked[before.end() :]
    return f"{wh} was that: {_lowered(asked)}"


def _act(asked: str, earlier: Sequence[Exchange]) -> str | None:
    """Ask who was removed from the office for which it was asked who was appointed, and so on."""
    alone = _ACT_ALONE.fullmatch(asked)
    if not alone and not _SUCCESSOR.fullmatch(asked):
        return None
    held = _post(earlier)
    verb = (
        alone["verb"].lower() if alone and alone["verb"].lower() != "replaced" else "removed" if alone else "appointed"
    )
    if held is None:
        return None
    return f"Who was {verb} {'as ' if verb in ('removed', 'dismissed', 'sacked', 'fired') else ''}{held}"


def _resolved(asked: str, earlier: Sequence[Exchange]) -> str:
    """Replace pronouns by what they refer to, where that is clear."""
    if " and " in asked:
        # When was the park opened and what did it cost? The first half names what the second means.
        return asked
    people = _people(earlier)
    if people and not _person(asked):
        for pattern, meant in (
            (_PERSON_OWNER, f"{people[-1]}'s"),
            (_PERSON_SUBJECT, people[-1]),
            (_PERSON_OBJECT, people[-1]),
        ):
            asked = pattern.sub(meant, asked)
        if len(people) > 1 or not _lasting_subject(earlier):
            asked = _PEOPLE.sub(_joined(people), _PEOPLE_OWNER.sub(f"{_joined(people)}'s", asked))
    post = _post(earlier)
    if post:
        asked = re.sub(rf"\bfrom {_POST.pattern}", f"as {post}", asked, flags=_I)
        asked = _POST.sub(post, asked)
    asked = _THING.sub(lambda match: _thing(match["noun"], earlier) or match[0], asked)
    subject = _lasting_subject(earlier)
    if subject:
        asked = _THERE.sub(f"at {subject}" if subject.startswith("the ") else f"in {subject}", asked)
        asked = _ITS.sub(f"{subject}'s", _IT.sub(subject, _PEOPLE.sub(subject, asked)))
    return asked


def _people(earlier: Sequence[Exchange]) -> list[str]:
    for turn in reversed(earlier):
        if re.match(r"who\b", turn.question, _I) and turn.items:
            return list(turn.items)
        if named := _person(turn.question):
            return [named]
    return []


def _post(earlier: Sequence[Exchange]) -> str | None:
    for turn in reversed(earlier):
        if found := _OFFICE.search(without_end(turn.question, _END)):
            return found["office"]
    return None


def _thing(noun: str, earlier: Sequence[Exchange]) -> str | None:
    for turn in reversed(earlier):
        asked = without_end(turn.question, _END)
        if noun.lower() in _PLACES:
            if found := next(_PLACE.finditer(asked, 1), None):
                return found[0]
            continue
        subject = _subject(turn)
        if subject and noun.lower() in subject.lower():
            return subject
    return None


def _lasting_subject(earlier: Sequence[Exchange]) -> str | None:
    """Return what the questions are about, as the first of them that was about it names it."""
    subject: str | None = None
    for turn in earlier:
        if not (subject and subject in turn.question):
            subject = _subject(turn) or subject
    return subject


def _subject(turn: Exchange) -> str | None:
    """Return what a question is about: the place, meeting or thing that "it" would mean afterwards."""
    asked = without_end(turn.question.strip(), _END)
    if held := _OFFICE.search(asked):
        found = next(_PLACE.finditer(held["office"]), None)
        return found[0] if found else None
    acted = _SUBJECT_QUESTION.fullmatch(asked)
    if acted:
        words = acted["rest"].split(" ", 1)
        return words[1] if re.match(r"(?:the |[A-Z“\"\u3400-\u9fff])", words[1]) else None
    aux = _AUX_QUESTION.fullmatch(asked)
    topic = _PARTICIPLE.match(aux["rest"]) if aux else None
    return topic["topic"] if topic else None


def _is_complete(asked: str) -> bool:
    """Whether a question names what it is about."""
    if re.search(r"[\u3400-\u9fff]|\d|[\"“]", asked) or re.search(r"(?<!^)\b[A-Z][a-z]", asked):
        return True
    words = re.findall(r"[a-z'-]+", asked.lower())
    return len([word for word in words if not _FUNCTION_WORDS.fullmatch(word)]) >= _COMPLETE_WORDS


def _joined(people: Sequence[str]) -> str:
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} and {people[-1]}"
