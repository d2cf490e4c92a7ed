"""English follow-ups: who else, what about Zhengzhou, who chaired it, on which day was that."""

import re
from collections.abc import Iterator
from typing import Final

from qa.chat.exchange import Context, Exchange

_I = re.IGNORECASE
_LEAD = re.compile(r"^(?:(?:hi|and|but|so|then|ok(?:ay)?|also|please|sorry|no)\b[,\s]*)+(?=\S)", _I)
MORE = re.compile(r"(?:wh[a-z]+|any[a-z]+) else|(?:any )?others?|is that all|any more", _I)
BESIDES: Final = "Besides {}, {}"
JOINT: Final = ", "
WHO_IS, WHAT_IS = "Who is {}", "What is {}"
_PREPOSITION: Final = "on|in|at|by|for|since|from|until|to|with|of|during"
_WH: Final = rf"(?:(?:{_PREPOSITION}) )?(?:who|whom|whose|what|when|where|which|why|how)(?:['’]?s\b)?"
_AUX: Final = "is|was|are|were|did|does|do|has|have|had|will|would|can|could"
ASKING = re.compile(rf"\A(?:{_WH}|{_AUX}|name|list|tell)\b|.* (?:when|where|who|why)$", _I)
ASKS_FOR_THING = re.compile(rf"\A(?:which|what (?!{_AUX}|about|year|day|time)) ?[a-z]+(?<!s) ", _I)
WHEN_ALONE = re.compile(
    rf"(?P<when>when|where|why|how(?: come)?|(?:{_PREPOSITION}) (?:which|what|where|how [a-z]+)(?: [a-z]+)?|"
    r"(?:which|what) (?!else|happen)[a-z]+)(?: (?:was|is) that)?",
    _I,
)
_ABOUT = re.compile(r"(?:what|how) about (?:the )?(?=[^,]+$)", _I)
_PROPER = re.compile(
    r"\b[A-Z][A-Za-z]+(?:[ -][A-Z][A-Za-z]+)*(?:\s*[(（][\u3400-\u9fff·]{2,6}[)）])?|"
    r"(?<![\u3400-\u9fff])[\u3400-\u9fff·]{2,6}(?![\u3400-\u9fff)）])"
)
_NO_PERSON = re.compile(
    r"\b(?:County|City|District|Province|Bureau|Court|Company|Congress|Committee|Government|University|School|College|"
    r"Club|Orchestra|Party|Union|United|Rovers|Theatre|Museum|Hotel|Church|Hospital|Bridge|Street|River|Valley|Port|Park|"
    r"Library|Station)\b"
)
_ACT: Final = "appointed|named|elected|removed|dismissed|promoted|nominated|chosen"
_WHO_HELD = re.compile(
    rf"who(?: was| were| is| are|['’]?s) (?:(?P<verb>{_ACT}) (?:as )?)?(?P<office>(?:(?:the|an?) )?"
    rf"(?P<head>(?!(?:{_ACT}|the|an?|from)\b)[a-z-]+(?: [a-z-]+){{0,3}}?)(?P<of> (?:of|for|at) .+)?)(?: before| now)?",
    _I,
)
_SAME_POST: Final = (
    "as|to|from|for|in|it|instead|then|before|now|(?:that|this|the same) (?:post|position|job|office|role)"
)
ACTS: Final = {re.compile(rf"(who (?:was|were|is) (?:{_ACT}))(?: (?:{_SAME_POST}))*", _I): r"\1 as {}"}
"""Who lost or came to an office, and how to ask that of the one that was spoken of."""
# Of a clause that follows (is it the council that pays, did it take long to build) it says nothing of what was before.
_OF_CLAUSE: Final = r" takes?\b.* to\b|(?:(?<=is it)|(?<=was it))\b.* that\b"
PRONOUNS: Final = {
    "person": re.compile(r"\b(?:he|she|him|her)\b", _I),
    "persons": re.compile(r"\b(?:his|her(?= [a-z]))\b", _I),
    "people": re.compile(r"\b(?:they|them)\b", _I),
    "peoples": re.compile(r"\btheir\b", _I),
    "there": re.compile(r" there$(?<!re there)|(?<=re there)$"),
    "it": re.compile(rf"\b(?:it(?!{_OF_CLAUSE})|(?<=was |did )(?:this|that)(?= [a-z]+$)|(?:this|that)$)(?![\w'’])"),
    "its": re.compile(r"\bits\b", _I),
}
_OWN = re.compile(
    rf"\b(?:the|an?|many|(?:which|what|whose)(?! (?:{_AUX})\b)) [a-z]+|\b(?:do|did|have|are|were) [a-z]+s\b", _I
)
_CLAUSE = re.compile(r"\b(?:and|that|which|who|say|said|as|when|where|while|if|because|so|after|before|since)\b|,")

_DOES: Final = "(?:re)?open|close|start|end|begin"
_NO_NOUN: Final = (
    rf"(?:{_PREPOSITION}|about|into|over|against|after|near|off|through|as|{_AUX}|and|or|that|who|it|its|his|her|their|"
    rf"now|then|before|there|[a-z]{{2,}}ed|{_DOES}|held|made|built|taken|found|be|been)\b"
)
_WORDS: Final = rf"(?:(?!{_NO_NOUN})[\w'’.-]+(?: |(?=[),?])|$))+"
_PHRASE = re.compile(
    rf"(?P<phrase>(?:\b(?:the|an?|this) |(?={_PROPER.pattern})){_WORDS})"
    rf"(?P<of>(?:(?:of|for|between) (?:the )?{_WORDS}|(?:at|on|in) (?:the )?(?:{_PROPER.pattern}))+)?"
)
_TIME = re.compile(
    r"(?:\b(?:in|on|since|during) )?(?:\b(?:[A-Z][a-z]+ (?:\d{1,2},? )?)?(?:19|20)\d\d\b|"
    r"\b(?:last|this|next) [a-z]+\b|\b[A-Z][a-z]+day\b)"
)
_PERSON_END = re.compile("(?:[eo]r|man|ist|ian|ain|ant|ary)$")
_LED = re.compile(rf"(?:{_PREPOSITION}|before|after|then|now)\b", _I)
_ACTION = re.compile(rf"\b(?:[a-z]+ed|{_DOES})\b(?! to)")
_FUNCTION_WORD: Final = (
    rf"an?|the|and|or|{_PREPOSITION}|{_AUX}|be|been|wh[a-z'’]+|how|many|much|more|else|old|long|"
    "it|that|this|there|named|called|about|so|said|anyone|come"
)


def bare(question: str) -> str:
    """Return a question without what leads to it and its marks."""
    return _LEAD.sub("", question.strip()).rstrip("?.!, ")


def topic(said: str) -> str | None:
    """Return what a question without a verb of its own names: what about Zhengzhou, in 2020, and the treasurer."""
    asked = bare(said)
    if about := _ABOUT.match(asked):
        return asked[about.end() :]
    is_short = asked.count(" ") < 4  # with a preposition and an article
    return asked if is_short and ("?" in said or _LEAD.match(said)) and not ASKING.match(asked) else None


def office(asked: str) -> str | None:
    """Return the office whose holder a question asks for."""
    held = _WHO_HELD.fullmatch(asked)
    return held and held["office"]


def names(text: str) -> list[str]:
    """Return the people that a question names."""
    return [match[0] for match in _PROPER.finditer(text, 1) if is_person(match[0])]


def is_person(name: str) -> bool:
    """Whether a name is of two words or Chinese characters, and of no institution."""
    return bool(_PROPER.fullmatch(name)) and not _NO_PERSON.search(name) and (" " in name or not name.isascii())


def like(topic: str, asked: str) -> str | None:
    """Return what in a question gives way to a topic: the last of its kind, with its preposition, or the office."""
    for kind in (_ACTION, _TIME):
        if kind.fullmatch(topic):
            return next((found[0] for found in reversed(list(kind.finditer(asked)))), None)
    if led := _LED.match(topic):
        same = re.findall(rf"\b{led[0]} .+?(?= (?:{_PREPOSITION}) |$)", asked, _I)
        same = same or re.findall(rf"\b(?:in|at|on|near|off) (?:{_PROPER.pattern})", asked)
        return next((phrase for phrase in reversed(same) if not _TIME.fullmatch(phrase)), None)
    if _PROPER.fullmatch(topic):
        named = [found[0] for found in _PROPER.finditer(asked, 1)]
        return next((name for name in reversed(named) if is_person(name) == is_person(topic)), None)
    held = _WHO_HELD.fullmatch(asked)
    return held["head"] + (held["of"] or "") * (" of " in topic) if held else None


def about(topic: str, context: Context) -> str:
    """Ask what was asked before at another time or of another, or ask for a quality of what was spoken of."""
    asked, subject = context.last.question, context.subject
    if _LED.match(topic) or _TIME.fullmatch(topic):
        return f"{asked} {topic}"
    if subject is None or _PROPER.fullmatch(topic):
        return f"{asked} ({topic})"
    who = "who is the " if re.match("who", asked, _I) and _PERSON_END.search(topic) else ""
    return topic if subject in topic else f"{who}{topic} of {subject}"


def when(when: str, last: Exchange) -> str:
    """Ask when or where of what was said before."""
    if last.items and (held := _WHO_HELD.fullmatch(last.question)) and held["verb"]:
        were = "were" if len(last.items) > 1 else "was"
        return f"{when} {were} {' and '.join(last.items)} {last.question[held.start('verb') :]}"
    before = re.match(rf"(?:{WHEN_ALONE.pattern})(?= (?:{_AUX})\b)", last.question, _I)
    asked = last.question[before.end() :] if before else f" was that: {last.question[:1].lower()}{last.question[1:]}"
    return when + asked


def meanings(_: str, context: Context) -> Iterator[tuple[re.Pattern[str], str | None]]:
    """Yield pronouns and what they mean."""
    person = context.people[-1] if context.people else None
    subject = context.thing or context.subject
    people = " and ".join(context.people)
    for pronoun, meant in (("person", person), ("people", people), ("it", subject)):
        yield PRONOUNS[f"{pronoun}s"], meant and f"{meant}'s"
        yield PRONOUNS[pronoun], meant
    yield PRONOUNS["there"], subject and f" {'at' if subject.startswith('the ') else 'in'} {subject}"


def is_said(before: str, pronoun: str) -> bool:
    """Whether the question itself says what a pronoun means, before it."""
    own = _PROPER.search(before, 1) or _OWN.search(before)
    return bool(own and (pronoun.lower() in ("his", "her", "their", "its") or _CLAUSE.search(before, own.end())))


def subject(asked: str) -> str | None:
    """Return what a question is about: the place, meeting or thing that "it" would mean afterwards."""
    if held := _WHO_HELD.fullmatch(asked):
        return re.split(" before | after ", held["of"].split(" ", 2)[2])[0] if held["of"] else None
    if (found := _PHRASE.search(asked, 1)) is None:
        return None
    phrase, of = found["phrase"].strip(), found["of"] or ""
    # When did the coal strike begin: a verb follows what did it.
    is_clause = re.search(r"\b(?:do|does|did|will|would|can|could) $", asked[: found.start()])
    if is_clause and phrase.count(" ") > 1 and not re.match(f"of|be|{_DOES}", of or asked[found.end() :]):
        return phrase.rpartition(" ")[0]
    return found[0].strip()


def is_named(asked: str) -> bool:
    """Whether a question names what it is about, or has figures in it."""
    return bool(re.search(r"[\u3400-\u9fff]|\d|[\"“]|(?<!^)\b[A-Z]", asked))


def signs(asked: str) -> dict[str, float]:
    """Return what tells whether a question is complete: the words of its topic and of all its content."""
    content = [word for word in re.findall(r"[a-z'’-]+", asked.lower()) if not re.fullmatch(_FUNCTION_WORD, word)]
    held = _WHO_HELD.fullmatch(asked)
    return {
        "words": min(6.0, len(content)) / 3,
        "topic": min(6.0, len((subject(asked) or "").split())) / 3,
        "office held": float(bool(held and (held["verb"] or held["of"] or " " in held["head"]))),
    }


def continued(asked: str, context: Context) -> str | None:
    """Say with a question that names nothing what the talk is about."""
    subject = context.thing or context.subject
    return f"{asked} ({subject})" if subject else None
