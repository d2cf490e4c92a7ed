"""Generate examples: a passage, the questions about it and where their answers stand."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from qa.train.notices.asking import Candidate
from qa.train.notices.noise import as_printed
from qa.train.notices.passages import Composer, Passage
from qa.train.notices.questions import candidates
from qa.train.notices.templates import templates

NONE_SHARE = 0.36
FEWEST = 6  # questions about a passage


@dataclass(frozen=True, slots=True)
class Example:
    """A passage, a question and every item of its answer.

    ``answers`` holds ``(text, start)`` in code points, ``context[start:start + len(text)] == text``, in printed order;
    empty when the context does not say. ``kind`` is person, office, organisation, date, number, place, document, list,
    other or none; ``lang`` is the question's language, zh or en; ``place`` is the one that the question names, if any.
    """

    id: str
    context: str
    question: str
    answers: tuple[tuple[str, int], ...]
    kind: str
    lang: str
    place: str


def generate(count: int, *, seed: int, split: Literal["train", "dev"]) -> Iterator[Example]:
    """Yield ``count`` examples, the same for the same ``seed`` and ``split``, several to a passage.

    >>> one, two = generate(2, seed=1, split="dev")
    >>> one.context == two.context, all(one.context[at : at + len(text)] == text for text, at in one.answers)
    (True, True)
    """
    rng = random.Random(f"{split} {seed}")  # noqa: S311 -- training data, not secrets
    made = number = 0
    while made < count:
        for place, example in enumerate(_passage(rng, split)):
            if made == count:
                return
            yield Example(f"notice-{split}-{seed}-{number}-{place}", *example)
            made += 1
        number += 1


def _passage(
    rng: random.Random, split: Literal["train", "dev"]
) -> Iterator[tuple[str, str, tuple[tuple[str, int], ...], str, str, str]]:
    passage, chosen = _asked(rng, split)
    printed = as_printed(rng, passage)
    context = printed.text.rstrip("\n")
    for each in chosen:
        marks = [printed.moved(mark) for mark in each.marks]
        answers = tuple((context[mark.start : mark.end], mark.start) for mark in marks)
        place = next((p.zh for p in passage.places() if p.zh in each.question or p.en in each.question), "")
        yield context, each.question, answers, each.kind, each.lang, place


def _asked(rng: random.Random, split: Literal["train", "dev"]) -> tuple[Passage, list[Candidate]]:
    """Compose passages until one has a fitting length and enough to ask."""
    tables = templates(split)
    while True:
        passage = Composer(rng, split, tables).compose()
        if 80 <= len(passage.text) <= 430:
            chosen = _choose(rng, candidates(rng, split, tables, passage), passage.text)
            if len(chosen) >= FEWEST:
                return passage, chosen


def _choose(rng: random.Random, offered: list[Candidate], text: str) -> list[Candidate]:
    """Pick 6 to 12 questions, a third of them unanswerable, no more than two of a group, none twice."""
    rng.shuffle(offered)
    if rng.random() < 0.5:  # a near miss next to the question that it misses
        offered.sort(key=lambda each: not each.group.startswith(("near", "who")))
    if rng.random() < 0.5:  # lists, and the single answers that look like one
        offered.sort(
            key=lambda each: len(each.marks) < 2 and not any("、" in text[m.start : m.end] for m in each.marks)
        )
    total = rng.randint(FEWEST, 12)
    unanswered = round(total * NONE_SHARE + rng.uniform(-0.5, 0.5))
    picked: list[Candidate] = []
    for wanted, limit in ((False, total - unanswered), (True, unanswered)):
        groups: dict[str, int] = {}
        for each in offered:
            fits = (not each.marks) == wanted and groups.get(each.group, 0) < 2
            if fits and limit and all(each.question != other.question for other in picked):
                groups[each.group] = groups.get(each.group, 0) + 1
                picked.append(each)
                limit -= 1
    return picked
