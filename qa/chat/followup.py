"""A follow-up question, rewritten so that it can be asked alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, Protocol

from qa.chat import chinese, english
from qa.chat.exchange import Exchange
from qa.chat.small_talk import corrected, is_small_talk
from qa.config import MAX_QUESTION
from qa.text.script import language

REMEMBERED: Final = 4
"""Turns that a follow-up may refer to: further back, what a pronoun refers to is unclear."""

MOST_ITEMS: Final = 100
"""Items of one answer that a follow-up may refer to, as many as a question has room for."""

_SENTENCE_END = re.compile(r"([.。!！;；])\s*(?=.)")


class _Language(Protocol):
    """What either module offers."""

    def asks_for_more(self, question: str) -> bool: ...
    def is_asking(self, question: str) -> bool: ...
    def rewrite(self, question: str, earlier: Sequence[Exchange]) -> str | None: ...
    def about(self, topic: str, earlier: Sequence[Exchange]) -> str: ...


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
    topics = (_bounded(turn) for turn in reversed(earlier) if len(turn.question) <= MAX_QUESTION)
    before = list(islice((turn for turn in topics if not is_small_talk(turn.question)), REMEMBERED))[::-1]
    rewritten = _rewritten(question, before) if before else None
    # A question too long to be asked helps nobody: better the words as they were typed.
    return rewritten if rewritten and len(rewritten) <= MAX_QUESTION else question


def asks_for_more(question: str) -> bool:
    """Whether ``question`` asks for further items of the last answer, and nothing else.

    >>> asks_for_more("还有谁?"), asks_for_more("Who else?"), asks_for_more("还有谁被免职?")
    (True, True, False)
    """
    if len(question) > MAX_QUESTION:
        return False
    part: _Language = english if language(question) == "en" else chinese
    return part.asks_for_more(question)


def _rewritten(question: str, earlier: Sequence[Exchange]) -> str | None:
    """Return the question as it can be asked alone, ``None`` if it already can."""
    correction = corrected(question)
    said, is_meant = correction or (question, False)
    part: _Language = english if language(said) == "en" else chinese
    if correction and not part.is_asking(said):
        # No, I meant the librarian. What is her name?
        meant, stop, rest = _SENTENCE_END.split(said, 1) if _SENTENCE_END.search(said) else (said, "", "")
        if stop and rest:
            return _rewritten(rest, [*earlier, Exchange(f"Who is {meant}?", (meant,))]) or rest
        return part.about(meant, earlier)
    rewritten = part.rewrite(said, earlier)
    return said if rewritten is None and is_meant else rewritten


def _bounded(turn: Exchange) -> Exchange:
    """Return the turn without items that a question could not hold: the whole of them, or none."""
    fits = len(turn.items) <= MOST_ITEMS and sum(map(len, turn.items)) <= MAX_QUESTION
    return turn if fits else replace(turn, items=())
