"""Questions in pairs that differ in one thing: what an article answers, and what it only seems to."""

import bz2
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from qa.errors import SourceError

PAIRS: Final = Path(__file__).parent / "pairs"
"""Files of groups: three articles each that could be taken for one another, with their questions."""

Kind = Literal["base", "same", "near", "other"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question over one article; ``answers`` are empty where it does not say.

    ``kind``: a question as it was written first, in other words, with one thing changed that the group does not say, or
    put to a neighbouring article. ``changed`` are the words ``[start, end)`` of a near question that no article bears
    out, where it differs from the first in them alone. ``group`` tells the writer, whose name begins with the language
    of the articles, and the number of the page.
    """

    group: tuple[str, int]
    kind: Kind
    question: str
    title: str
    text: str
    answers: tuple[str, ...] = ()
    changed: tuple[int, int] = (0, 0)


def load_pairs(folder: Path = PAIRS) -> list[Asked]:
    """Load every file of groups, ``WRITER.jsonl.bz2``; ``SourceError`` if one cannot be read.

    A line is ``{"articles": [[title, text], …], "questions": [[article, question, answers, near, same], …]}``, each
    near question the words that are changed with what they are changed to, or a third, the whole question.
    """
    asked: list[Asked] = []
    for path in sorted(folder.glob("*.jsonl.bz2")):
        try:
            with bz2.open(path, "rt", encoding="utf-8") as lines:
                for number, line in enumerate(lines):
                    asked += _of_group((path.name.partition(".")[0], number), json.loads(line))
        except (OSError, EOFError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise SourceError(str(path), f"cannot be read as pairs of questions: {error}") from error
    return asked


def _of_group(group: tuple[str, int], record: dict[str, Any]) -> Iterator[Asked]:
    articles: list[tuple[str, str]] = [(title, text) for title, text in record["articles"]]
    rng = random.Random(f"{group}")  # noqa: S311 (always the same neighbour)
    for number, question, answers, near, same in record["questions"]:
        title, text = articles[number]
        yield Asked(group, "base", question, title, text, tuple(answers))
        for words in same:
            yield Asked(group, "same", words, title, text, tuple(answers))
        for was, now, *whole in near:
            at = question.find(was)
            changed = (0, 0) if whole else (at, at + len(now))
            yield Asked(group, "near", whole[0] if whole else question.replace(was, now, 1), title, text, (), changed)
        yield Asked(group, "other", question, *rng.choice(articles[:number] + articles[number + 1 :]))
