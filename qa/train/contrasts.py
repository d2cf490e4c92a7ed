"""Contrasts: a question over its own passage with one word changed, so that it loses its answer, or keeps it.

A reader learns from them that every word of a question counts: the office, the level, the year, the event. What is
changed stands in the question and in the passage. Changed in one of them, the answer is gone (contrast sets: Gardner et
al. 2020; entity changes: Longpre et al. 2021); changed in both, it stays, so that an odd word by itself is no sign.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Final, Literal

import numpy as np
import rjieba

from embeddings.encoder import Encoder
from qa.train.data import Example
from qa.train.features import sentence_around

Changed = Literal["question", "passage", "both"]
# Two examples in three lose their answer.
PLACES: Final[tuple[Changed, ...]] = ("question", "passage", "both")
# Kinds of words whose change changes what is asked for: nouns, names, times, places; a verb may only be put otherwise.
_KINDS: Final = re.compile(r"^[ntsvj]")
_VERB: Final = "v"
# Of the words of one kind and length, so many are nearest; the very nearest may mean the same.
_NEAR: Final = 40
_TOO_NEAR: Final = 0.955
_NUMBER: Final = re.compile(r"(?<![\d.])\d{1,6}(?![\d.])")
# One character that makes another office, level, year or rank; each may be put in the place of another of its row.
_ROWS: Final = tuple(
    tuple(row.split())
    for row in (
        "省 市 县 区 镇 乡 村",
        "省 市 縣 區 鎮 鄉 村",
        "去年 今年 前年 明年",
        "上 下",
        "首 末",
        "第一 第二 第三 第四",
        "一 二 三 四 五 六 七 八 九",
        "冠军 亚军 季军",
        "男 女",
        "东 西 南 北",
        "最高 最低",
        "最多 最少",
        "最大 最小",
        "增长 下降",
        "上涨 下跌",
        "计划 实际",
        "小学 中学 大学",
    )
)
_ENGLISH_ROWS: Final = tuple(
    tuple(row.split("|"))
    for row in (
        "first|second|third|fourth|fifth",
        "county|city|province|district|town|village",
        "men's|women's",
        "highest|lowest",
        "most|least",
        "largest|smallest",
        "north|south|east|west",
        "January|February|March|April|May|June|July|August|September|October|November|December",
        "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
        "vice|acting|former",
        "last year|this year|next year",
        "hospital|school|factory|bank|library|museum",
    )
)


@dataclass(frozen=True, slots=True)
class Change:
    """``old`` in the question, which is to be ``new``."""

    old: str
    new: str


class NearWords:
    """Words of one kind and length by nearness of meaning, from the encoder's vectors."""

    def __init__(self, words: Sequence[tuple[str, str]], encoder: Encoder) -> None:
        """``words`` are (word, kind)."""
        grouped: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word, kind in sorted(set(words)):
            grouped[kind, len(word)].append(word)
        self._groups = {
            key: (members, encoder.encode(members, "query")) for key, members in grouped.items() if len(members) > 1
        }

    def near(self, word: str, kind: str) -> list[str]:
        """Return the words nearest to ``word``, itself and those that may mean the same left out; nearest first."""
        members, vectors = self._groups.get((kind, len(word)), ([], None))
        if vectors is None or word not in members:
            return []
        cosines = vectors @ vectors[members.index(word)]
        order = np.argsort(-cosines, kind="stable")[: _NEAR + 1]
        return [members[i] for i in order if members[i] != word and cosines[i] < _TOO_NEAR]


def contrasts(examples: Sequence[Example], count: int, *, rng: random.Random, encoder: Encoder) -> list[Example]:
    """Return ``count`` contrasts, at most, of answerable examples: a third with the answer, two thirds without."""
    answerable = [e for e in examples if e.answers]
    near = NearWords([word for e in answerable for word in _shared_words(e)], encoder)
    return list(islice(_changed(rng.sample(answerable, len(answerable)), near, rng), count))


def _changed(asked: Sequence[Example], near: NearWords, rng: random.Random) -> Iterator[Example]:
    places = cycle(PLACES)
    place = next(places)
    for example in asked:
        changes = [*_small_changes(example.question), *_number_changes(example.question, rng)]
        for word, kind in _shared_words(example):
            if place != "question" and kind.startswith(_VERB):
                continue
            if others := [w for w in near.near(word, kind) if w not in example.context]:
                changes.append(Change(word, rng.choice(others)))
        rng.shuffle(changes)
        if found := next(filter(None, (contrast(example, change, place) for change in changes)), None):
            yield found
            place = next(places)


def contrast(example: Example, change: Change, changed: Changed) -> Example | None:
    """Return ``example`` with ``change`` made in its question, its passage, or both; ``None`` if that cannot be.

    What is changed in the passage is changed wherever it stands there and in the title. It must not stand within an
    answer, and what it is changed to must not stand there already. For the answer to be gone it must stand there only
    once, in the sentence of an answer.
    """
    old, new = change.old, change.new
    read = f"{example.title}\n{example.context}"
    if old not in example.question or new in example.question:
        return None
    question = example.question.replace(old, new, 1)
    identifier = f"{example.id}:contrast"
    if changed == "question":
        # A change that the passage bears out would be another question with an answer.
        if _bears_out(read, example.question, change):
            return None
        return replace(example, id=identifier, question=question, answers=(), twin="")
    if old not in example.context or new in read or any(old in text or text in old for text, _ in example.answers):
        return None
    context, title, step = example.context.replace(old, new), example.title.replace(old, new), len(new) - len(old)

    def moved(at: int) -> int:
        return at + step * example.context.count(old, 0, at)

    heads = tuple((moved(at), words.replace(old, new)) for at, words in example.heads)
    passage = replace(example, id=identifier, title=title, context=context, heads=heads, twin="")
    if changed == "passage":
        around = (sentence_around(example.context, at, at + len(text)) for text, at in example.answers)
        if example.context.count(old) != 1 or not any(old in example.context[start:end] for start, end in around):
            return None
        return replace(passage, answers=())
    answers = tuple((text, moved(at)) for text, at in example.answers)
    if any(context[at : at + len(text)] != text for text, at in answers):
        return None
    return replace(passage, question=question, answers=answers)


def _bears_out(read: str, question: str, change: Change) -> bool:
    """Whether the passage has the new words too: in full, or as the question would have them, with what is around."""
    if len(change.new) > 1 and change.new in read:
        return True
    at = question.index(change.old)
    around = question[max(0, at - 1) : at] + change.new + question[at + len(change.old) : at + len(change.old) + 1]
    return around in read


def _shared_words(example: Example) -> list[tuple[str, str]]:
    words = [(word, kind[:2]) for word, kind in rjieba.tag(example.question) if len(word) > 1 and _KINDS.match(kind)]
    return [(word, kind) for word, kind in words if word in example.context]


def _small_changes(question: str) -> Iterator[Change]:
    """Yield changes within a row: of a word with what stands around it, so that 二 in 二手 may become 三手."""
    for row in _ROWS:
        for old in row:
            for found in re.finditer(re.escape(old), question):
                before, after = question[max(0, found.start() - 2) : found.start()], question[found.end() :][:2]
                yield from (Change(before + old + after, before + new + after) for new in row if new != old)
    for row in _ENGLISH_ROWS:
        for old in row:
            if re.search(rf"\b{old}\b", question):
                yield from (Change(old, new) for new in row if new != old)


def _number_changes(question: str, rng: random.Random) -> Iterator[Change]:
    """Yield a near number for each number: a year or a figure with another last digit."""
    for found in _NUMBER.finditer(question):
        last = rng.choice([d for d in "0123456789" if d != found[0][-1]])
        around = question[found.end() : found.end() + 1]
        if found[0][:-1] + last != "0":
            yield Change(found[0] + around, found[0][:-1] + last + around)
