"""A follow-up question, rewritten so that it can be asked alone."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from qa.chat import chinese, english, words
from qa.chat.completeness import is_complete
from qa.chat.corrected import corrected
from qa.chat.exchange import Context, Exchange
from qa.config import MAX_QUESTION
from qa.question import is_small_talk
from qa.text.dates import cardinal
from qa.text.folding import simplified
from qa.text.script import language

REMEMBERED: Final = 4
"""Turns that a follow-up may refer to: further back, what a pronoun refers to is unclear."""

MOST_ITEMS: Final = 100
"""Items of one answer that a follow-up may refer to, as many as a question has room for: of more, none."""

_BESIDES = re.compile("^(?:除了.+?[,，](?:还有)?|Besides .+?, (?=(?:who|what|which|when|where) ))")
_ASKS_PERSON = re.compile(r"\bwhom?\b|谁|哪.?[位名]|(?:哪些|什么|何)人|叫[什啥]|什么名字", re.IGNORECASE)
_NTH: Final = ("last", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTED = re.compile(
    r"(?:第(?P<digits>[一二三四五六七八九十]{1,3}|\d{1,2})|最后一)[个位项家座条部所件](?!.+的(?!$))|"
    rf"(?:^|\bthe )(?P<nth>{'|'.join(_NTH)})(?: one\b|(?=$| (?:is|was|did|does|will)\b))",
    re.IGNORECASE,
)
"""What counts to an item of a list: 第二个, 最后一位, the third one."""
_SENTENCE_END = re.compile(r"[.。!！;；,，]\s*(?=.)")


class _Language(Protocol):
    """What either module offers: the signs that it knows a follow-up by, and its words for the operations on one."""

    MORE: re.Pattern[str]
    WHEN_ALONE: re.Pattern[str]
    ASKING: re.Pattern[str]
    ASKS_FOR_THING: re.Pattern[str]
    PRONOUNS: dict[str, re.Pattern[str]]
    ACTS: dict[re.Pattern[str], str]
    BESIDES: str
    JOINT: str
    WHO_IS: str
    WHAT_IS: str

    def bare(self, question: str) -> str: ...
    def topic(self, said: str) -> str | None: ...
    def office(self, asked: str) -> str | None: ...
    def names(self, text: str) -> list[str]: ...
    def is_person(self, name: str) -> bool: ...
    def subject(self, asked: str) -> str | None: ...
    def like(self, topic: str, asked: str) -> str | None: ...
    def about(self, topic: str, context: Context) -> str: ...
    def when(self, when: str, last: Exchange) -> str: ...
    def meanings(self, asked: str, context: Context, /) -> Iterator[tuple[re.Pattern[str], str | None]]: ...
    def is_said(self, before: str, pronoun: str, /) -> bool: ...
    def is_named(self, asked: str) -> bool: ...
    def signs(self, asked: str) -> dict[str, float]: ...
    def continued(self, asked: str, context: Context) -> str | None: ...


LANGUAGES: Final[dict[str, _Language]] = {"zh": chinese, "en": english}


def understand(question: str, earlier: Sequence[Exchange]) -> str:
    """Return ``question`` as it is to be asked alone; unchanged where it is complete in itself.

    ``earlier`` are the turns before, the latest last, each with its question as understood. What is longer than a
    question can be is not looked into: rules search it in every direction, and clients send what they like as history.

    >>> understand("孙延文呢?", [Exchange("李新建被任命为什么职务?", ("副市长",))])
    '孙延文被任命为什么职务?'
    >>> understand("Who chaired it?", [Exchange("When was the 28th meeting held?", ("12日",))])
    'Who chaired the 28th meeting?'
    >>> understand("“三清两建”专项行动什么时候完成?", [Exchange("周瑞文的职务是什么?")])
    '“三清两建”专项行动什么时候完成?'
    """
    if len(question) > MAX_QUESTION or is_small_talk(question):
        return question
    topics = [turn for turn in earlier if len(turn.question) <= MAX_QUESTION and not is_small_talk(turn.question)]
    rewritten = _rewritten(question, topics[-REMEMBERED:]) if topics else None
    # A question too long to be asked helps nobody: better the words as they were typed.
    return rewritten if rewritten and len(rewritten) <= MAX_QUESTION else question


def asks_for_more(question: str) -> bool:
    """Whether ``question`` asks for further items of the last answer, and nothing else.

    >>> asks_for_more("还有谁?"), asks_for_more("Who else?"), asks_for_more("还有谁被免职?")
    (True, True, False)
    """
    part = _part(question)
    return len(question) <= MAX_QUESTION and bool(part.MORE.fullmatch(part.bare(question)))


def listed(understood: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the item of an earlier answer that a question as understood asks after, and nothing of it.

    >>> listed("光明厂是什么?", [Exchange("哪两家企业获奖?", ("红旗厂", "光明厂"))])
    '光明厂'
    """
    items = [item for turn in reversed(earlier) for item in turn.items if len(turn.items) <= MOST_ITEMS]
    part = _part(understood)
    return next((item for item in items if understood == _closed(_what_is(simplified(item), part))), None)


def _part(text: str) -> _Language:
    return LANGUAGES[language(text)]


def _rewritten(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the question as it can be asked alone, ``None`` if it already can."""
    said = corrected(question)
    if said is None:
        return _alone(question, earlier)
    part = _part(said)
    if part.ASKING.search(part.bare(said)):
        return _alone(said, earlier) or said
    # No, I meant the librarian. What is her name?
    meant, _, rest = _SENTENCE_END.sub("\n", said, count=1).partition("\n")
    if rest and part.ASKING.search(part.bare(rest)):
        return _rewritten(rest, [*earlier, Exchange("Which one or who is it?", (meant,))]) or rest
    return _closed(_about(part.bare(meant), _context(earlier), part))


def _alone(said: str, earlier: Sequence[Exchange]) -> str | None:
    """Rewrite by the first operation that fits; ``None`` if none does, or the question is complete.

    They are the same in both languages: ask for more; put a topic in the place of its like; ask when or where of what
    was said; put for pronouns what they mean; add what the talk is about.
    """
    part = _part(said)
    context, asked = _context(earlier), part.bare(said)
    last = context.last
    if part.MORE.fullmatch(asked):
        question = last.question[:1].lower() + last.question[1:]
        found: str | None = part.BESIDES.format(part.JOINT.join(last.items), question) if last.items else question
    elif done := next(filter(None, (act.fullmatch(asked) for act in part.ACTS)), None):
        held = next(filter(None, (part.office(turn.question) for turn in reversed(context.turns))), None)
        who = done.expand(part.ACTS[done.re])
        # After a list the talk is of appointments; after one person, of the office.
        where = words.place(held) if held and len(last.items) > 1 else None
        found = where + who.format("").removesuffix("为") if where else who.format(held) if held else None
    elif topic := part.topic(said):
        # 那他呢 asks of him what was asked before.
        found = _about(_resolved(topic, context, part), context, part)
    elif not part.ASKING.search(asked):
        found = None
    elif alone := part.WHEN_ALONE.fullmatch(asked):
        found = part.when(alone["when"], last)
    elif (resolved := _resolved(asked, context, part)) != asked:
        found = resolved
    elif part.is_named(asked) or is_complete(part.signs(asked), language(said)):
        found = None
    else:
        found = part.continued(asked, context)
    return None if found is None else _closed(found)


def _about(topic: str, context: Context, part: _Language) -> str:
    """Ask of a topic what was asked of its like: of another time, person, office or place."""
    if topic in context.last.items:
        return _what_is(topic, part)
    if context.subject and context.subject in topic and topic != context.subject:
        return part.about(topic, context)  # a quality of what was spoken of has no like there
    topic = re.sub("^the ", "", topic, flags=re.IGNORECASE)
    for turn in reversed(context.turns):
        if like := part.like(topic, turn.question):
            return turn.question.replace(like, topic)
    return part.about(topic, context)


def _resolved(asked: str, context: Context, part: _Language) -> str:
    """Name what pronouns refer to, and the item of the last list that is counted to."""
    asked = _counted(asked, context.items)
    for pronoun, meant in part.meanings(asked, context):
        for found in reversed(list(pronoun.finditer(asked)) if meant else []):
            before = asked[: found.start()]
            if not part.is_said(before, found[0]):
                asked = f"{before}{meant}{asked[found.end() :]}"
    return asked


def _counted(asked: str, items: Sequence[str]) -> str:
    """Name the item of a list that is counted to: 第二个, 最后一位, the third one."""
    found = _COUNTED.search(asked)
    kinds = [kind for _, kind in words.tagged(asked[found.end() :])[:2]] if found else []
    # 第一位女市长 is nobody of a list; 第一位毕业于… is.
    if not found or (found["nth"] is None and kinds and kinds[0][0] in "nbajf" and kinds[1:] != ["p"]):
        return asked
    at = cardinal(found["digits"]) if found["digits"] else _NTH.index((found["nth"] or "last").lower())
    return f"{asked[: found.start()]}{items[at - 1]}{asked[found.end() :]}" if items and at <= len(items) else asked


def _what_is(item: str, part: _Language) -> str:
    return (part.WHO_IS if part.is_person(item) else part.WHAT_IS).format(item)


def _closed(question: str) -> str:
    return f"{question[:1].upper()}{question[1:]}?"


def _context(earlier: Sequence[Exchange]) -> Context:
    """Return what a follow-up may refer to; each turn is read in its own language."""
    turns, people, answers, subject = list[Exchange](), tuple[str, ...](), set[str](), None
    for turn in earlier:
        own = _part(turn.question)
        asked = own.bare(_BESIDES.sub("", own.bare(turn.question)))
        fit = len(turn.items) <= MOST_ITEMS and sum(map(len, turn.items)) <= MAX_QUESTION
        items = tuple(map(simplified, turn.items)) if fit else ()
        turns.append(Exchange(asked, items))
        if items and (_ASKS_PERSON.search(asked) or all(_part(item).is_person(item) for item in items)):
            people = items
            answers.update(items)
        else:
            people = tuple(own.names(asked)) or people
        if not (subject and subject in asked):
            # Who was the answer does not take over: the talk is still of the company whose director was asked for.
            found = own.subject(asked)
            subject = subject if subject and any(answer in (found or "") for answer in answers) else found
    last = turns[-1]
    is_thing = len(last.items) == 1 and not last.items[0][:1].isdigit()
    thing = last.items[0] if is_thing and _part(last.question).ASKS_FOR_THING.search(last.question) else None
    items = next((turn.items for turn in reversed(turns) if len(turn.items) > 1), ())
    return Context(tuple(turns), people, thing, subject, items)
