"""English follow-ups: who else, what about Zhengzhou, who chaired it, on which day was that."""

import re
from typing import Final

from qa.chat.exchange import Context

_I = re.IGNORECASE
_LEAD = re.compile(
    r"^(?:(?:hi|hello|and|but|so|then|ok(?:ay)?|also|well|thanks|thank you|please|sorry|no)\b[,\s]*)+(?=\S)", _I
)
MORE = re.compile(r"(?:wh[a-z]+|any[a-z]+) else|(?:any )?others?|is that all|any more", _I)
BESIDES: Final = ("Besides {}, {}", ", ")
_PREPOSITION: Final = "on|in|at|by|for|since|from|until|to|with|of|during"
_WH: Final = rf"(?:(?:{_PREPOSITION}) )?(?:who|whom|whose|what|when|where|which|why|how)(?:['’]?s\b)?"
_AUX: Final = "is|was|are|were|did|does|do|has|have|had|will|would|can|could"
ASKING = re.compile(rf"\A(?:{_WH}|{_AUX}|name|list|tell)\b|.* (?:when|where|who|why)$", _I)
ASKS_FOR_THING = re.compile(rf"\A(?:which|what (?!{_AUX}|about|year|day|date|month|time)) ?[a-z]+(?<!s) ", _I)
_ABOUT = re.compile(r"(?:what|how) about (?:the )?(?=[^,]+$)", _I)
WHEN_ALONE = re.compile(
    rf"(?P<when>when|where|why|how(?: come)?|(?:{_PREPOSITION}) (?:which|what|where|how [a-z]+)(?: [a-z]+)?|"
    r"(?:which|what) (?!else|happen)[a-z]+)(?: (?:was|is|were|did) (?:that|this)(?: (?:happen|take place|be|done))?)?",
    _I,
)
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
_ACT_ALONE = re.compile(rf"(who (?:was|were|is) (?:{_ACT}))(?: (?:instead|then|before|now|(?:from|for|to) it))*$", _I)
_POST = re.compile(r"\b(?P<from>from )?(?:that|this|the same) (?:post|position|job|office|role)\b", _I)

_PERSON = re.compile(r"\b(?:(?P<owner>his\b|her\b(?= [a-z]))|(?:he|she|him|her)\b)")
_PEOPLE = re.compile(r"\b(?:(?P<owner>their)|they|them)\b")
# Of a clause that follows (is it the council that pays, did it take long to build) it says nothing of what was before.
_OF_CLAUSE: Final = r" takes?\b.* to\b|(?:(?<=is it)|(?<=was it))\b.* that\b"
_IT = re.compile(
    rf"\b(?:(?P<owner>its)|it(?!{_OF_CLAUSE})|(?<=was |did )(?:this|that)(?= [a-z]+$)|(?:this|that)$)(?![\w'’])"
)
_THERE = re.compile(r"(?<!^)\b(?P<owner>(?!))?there$", _I)
PRONOUN = re.compile("|".join(re.sub(r"\?P<\w+>", "", each.pattern) for each in (_PERSON, _PEOPLE, _IT, _THERE, _POST)))
_BARE_NOUN: Final = r"\b(?:do|did|have|are|were) [a-z]+s\b"
_OWN = re.compile(rf"\b(?:the|an?|many|(?:which|what|whose)(?! (?:{_AUX})\b)) [a-z]+|{_BARE_NOUN}", _I)
_CLAUSE = re.compile(r"\b(?:and|that|which|who|say|said|as|when|where|while|if|because|so|after|before|since)\b|,")

_NO_NOUN: Final = (
    rf"(?:{_PREPOSITION}|about|into|over|against|after|near|off|through|as|{_AUX}|and|or|that|who|it|its|his|her|their|"
    r"now|then|before|there|[a-z]+ed|held|made|built|born|begun|taken|sold|won|lost|said|written|given|found|be|been)\b"
)
_WORDS: Final = rf"(?:(?!{_NO_NOUN})[\w'’.-]+(?: |(?=[),?])|$))+"
_PHRASE = re.compile(
    rf"(?P<phrase>(?:\b(?:the|an?|this) |(?={_PROPER.pattern}))(?:[“\"][^”\"]+[”\"]|{_WORDS}))"
    rf"(?P<of>(?:(?:of|for|between) (?:the )?{_WORDS}|(?:at|on|in) (?:the )?(?:{_PROPER.pattern}))+)?"
)
_VERB_AFTER = re.compile(r"\b(?:do|does|did|will|would|can|could) $", _I)
_TIME = re.compile(
    r"(?:\b(?:in|on|since|during) )?(?:\b(?:[A-Z][a-z]+ (?:\d{1,2},? )?)?(?:19|20)\d\d\b|"
    r"\b(?:last|this|next) (?:year|month|week|season)\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\byesterday\b)"
)
_ACTION = re.compile(r"\b(?:[a-z]+ed|(?:re)?open|close|start|end|begin)\b(?! to)")
_FUNCTION_WORD: Final = (
    rf"an?|the|and|or|{_PREPOSITION}|{_AUX}|be|been|wh[a-z'’]+|how|many|much|new|other|also|more|else|old|long|far|"
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
    is_short = asked.count(" ") < 3  # with a preposition and an article
    return asked if is_short and ("?" in said or _LEAD.match(said)) and not ASKING.match(asked) else None


def names(text: str) -> list[str]:
    """Return the people that a question names."""
    return [match[0] for match in _PROPER.finditer(text, 1) if is_person(match[0])]


def is_person(name: str) -> bool:
    """Whether a name is of two words or Chinese characters, and of no institution."""
    return bool(_PROPER.fullmatch(name)) and not _NO_PERSON.search(name) and (" " in name or not name.isascii())


def about(topic: str, context: Context) -> str:
    """Ask of ``topic`` what was asked before: of the like that a question names, or of what it asks about."""
    asked, topic = context.last.question, topic.rstrip("?.!, ")
    if topic in context.last.items:
        return f"{'Who' if is_person(topic) else 'What'} is {topic}"
    topic = re.sub("^the ", "", topic, flags=_I)
    name = re.sub(rf"^(?:{_PREPOSITION}) ", "", topic, flags=_I)
    held, of_same = _WHO_HELD.fullmatch(asked), rf"\b{topic.split()[0]} .+?(?= (?:{_PREPOSITION}) |$)"
    for kind in (_ACTION, _TIME):
        if kind.fullmatch(topic) and (like := kind.search(asked)):
            return _put(topic, like, asked)
    if name != topic and (same := [each for each in re.finditer(of_same, asked, _I) if not _TIME.fullmatch(each[0])]):
        return _put(topic, same[-1], asked)
    if _PROPER.fullmatch(name):
        if alike := [match for match in _PROPER.finditer(asked, 1) if is_person(match[0]) == is_person(name)]:
            return _put(name, alike[-1], asked)
        return f"{asked} {topic if name != topic else f'in {name}'}"
    if name != topic or _TIME.fullmatch(topic) or re.match("before|after|then|now", topic):
        return f"{asked} {topic}"
    if held:
        return f"{asked[: held.start('head')]}{topic}{'' if ' of ' in topic else held['of'] or ''}"
    who = "who is the " if re.match("who", asked, _I) else ""
    return f"{who}{topic} of {context.subject}" if context.subject else f"{asked} {topic}"


def _put(new: str, old: re.Match[str], question: str) -> str:
    return question[: old.start()] + new + question[old.end() :]


def when(when: str, context: Context) -> str:
    """Ask when or where of what was said before."""
    items, asked = context.last.items, context.last.question
    if items and (held := _WHO_HELD.fullmatch(asked)) and held["verb"]:
        return f"{when} {'were' if len(items) > 1 else 'was'} {' and '.join(items)} {asked[held.start('verb') :]}"
    before = re.match(rf"(?:{WHEN_ALONE.pattern})(?= (?:{_AUX})\b)", asked, _I)
    return when + asked[before.end() :] if before else f"{when} was that: {asked[:1].lower()}{asked[1:]}"


def resolved(asked: str, context: Context) -> str:
    """Replace pronouns by what they refer to, where that is clear, and say which office somebody was removed from."""
    people, subject = context.people, context.thing or context.subject
    held = (_WHO_HELD.fullmatch(turn.question) for turn in reversed(context.turns))
    if post := next((match["office"] for match in held if match), None):
        asked = _POST.sub(lambda match: f"as {post}" if match["from"] else post, _ACT_ALONE.sub(rf"\1 {post}", asked))
    if people:
        asked = _refer(_PEOPLE, " and ".join(people), _refer(_PERSON, people[-1], asked))
    if subject:
        where = f"at {subject}" if subject.startswith("the ") else f"in {subject}"
        asked = re.sub(r"\b(are|were|is|was) there$", lambda match: f"{match[0]} {where}", asked)
        asked = _refer(_PEOPLE, subject, _refer(_IT, subject, _refer(_THERE, where, asked)))
    return asked


def _refer(pronoun: re.Pattern[str], meant: str, asked: str) -> str:
    """Replace a pronoun, unless the question itself says what it means, before it or in the clause after its own."""

    def referred(match: re.Match[str]) -> str:
        before, after = asked[: match.start()], asked[match.end() :]
        if re.match("when|if|as|after|before", before, _I) and _PROPER.search(after.partition(",")[2], 1):
            return match[0]
        own = _PROPER.search(before, 1) or _OWN.search(before)
        if own and (match["owner"] is not None or _CLAUSE.search(before, own.end())):
            return match[0]
        return f"{meant}'s" if match["owner"] else meant

    return pronoun.sub(referred, asked)


def subject(asked: str) -> str | None:
    """Return what a question is about: the place, meeting or thing that "it" would mean afterwards."""
    if held := _WHO_HELD.fullmatch(asked):
        return re.split(" before | after ", held["of"].split(" ", 2)[2])[0] if held["of"] else None
    if (found := _PHRASE.search(asked, 1)) is None:
        return None
    words = found["phrase"].split()
    # When did the coal strike begin: a verb follows what did it.
    is_clause = _VERB_AFTER.search(asked[: found.start()]) and not found["of"]
    return " ".join(words[:-1]) if is_clause and len(words) > 1 + words[0][0].islower() else found[0].strip()


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
        "bare subject": float(bool(re.search(_BARE_NOUN, asked))),
        "office held": float(bool(held and (held["verb"] or held["of"] or " " in held["head"]))),
        "has a determiner": float(bool(re.search(r"\b(?:the|its|those|these)\b", asked))),
    }


def continued(asked: str, context: Context) -> str | None:
    """Say with a question that names nothing what the talk is about."""
    subject = context.thing or context.subject
    return f"{asked} ({subject})" if subject else None
