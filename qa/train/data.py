"""Training examples from the reading-comprehension sets.

The sets and what each may be used for are described in the data folder's README: the dev sets are never trained on, and
neither is any passage that a dev set also holds. The sets that we wrote are in this package, an article a line, as
``.jsonl.bz2`` (a third smaller than with gzip and the answers' words): ``title``, ``context`` and ``questions``, each
with where its answers stand, ``[question, [[start, length], ...]]``.
"""

import bz2
import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from qa.errors import SourceError
from qa.train import notices
from qa.train.recipe import NOTICES, WRITTEN
from qa.types import Head

DEV_SETS: Final = ("cmrc2018_dev_public", "news_mrc_dev_public", "squad_enq_zhctx_dev", "gazette_authored_dev")
# Chinese SQuAD 2 has no dev set of its own: its articles whose titles fall last in this order are held out.
HELD_OUT_SHARE: Final = 0.2
OWN: Final = Path(__file__).with_name("written")
# Questions over English papers, of which the public dev sets have none; written as the others are, to choose by.
ENGLISH_DEV: Final = "written_english_dev"
# Four pages in each language of events that are alike, ten Chinese or nine English articles on each: most unanswerable
# questions differ by one thing from what the page says.
NEAR_DEV: Final = ("written_near_dev", "written_english_near_dev")
# Written as the others are, and for reporting only: nothing is trained on it, calibrated with it or chosen by it.
TEST_SET: Final = "written_test"
# Of the articles that we wrote, every so many are kept from training, to calibrate on.
RESERVED: Final = 10
# Their answers are items, all of them required; elsewhere several answers are references, any of which will do.
_ITEMISED: Final = ("gazette_", WRITTEN)


@dataclass(frozen=True, slots=True)
class Example:
    """One question over one passage; ``answers`` are (text, start) of every required item, empty if it does not say.

    ``subject`` is a word that every passage with the answer has: the place that a notice's question names.
    ``twin`` is the same question in Chinese, where there is one in English. ``heads`` are what cells of the passage are
    read under; sets are loaded without them.
    """

    id: str
    source: str
    title: str
    context: str
    question: str
    answers: tuple[tuple[str, int], ...]
    subject: str = ""
    twin: str = ""
    heads: tuple[Head, ...] = ()


def load_set(folder: Path, name: str) -> list[Example]:
    """Load one set; of several references for one answer the most common (then the first) is taken."""
    own = OWN / f"{name}.jsonl.bz2"
    ours = own.is_file()
    path = own if ours else folder / "mrc" / f"{name}.jsonl.gz"
    try:
        with (bz2 if ours else gzip).open(path, "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
            if ours:
                records = [each for number, one in enumerate(records, 1) for each in _by_question(one, name, number)]
            return [_example(record, name) for record in records]
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(str(path), f"cannot be read as a reading-comprehension set: {error}") from error


def training_set(folder: Path, name: str) -> list[Example]:
    """Load a set without blank questions and without the passages of dev sets and of the articles held out."""
    unseen = {e.context for dev in (*DEV_SETS, ENGLISH_DEV, *NEAR_DEV) for e in load_set(folder, dev)}
    unseen |= {e.context for e in held_out(load_set(folder, "chinese_squad2_dev"))[1]}
    unseen |= {e.context for e in reserved_questions(folder)}
    return [e for e in load_set(folder, name) if e.question.strip() and e.context not in unseen]


def reserved_questions(folder: Path) -> list[Example]:
    """Return the questions over the written articles that training leaves out."""
    return [e for e in load_set(folder, WRITTEN) if sha256(e.title.encode()).digest()[0] % RESERVED == 0]


def held_out(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Split by title into (kept, held out), so that no article is on both sides."""
    titles = sorted({example.title for example in examples})
    aside = set(titles[len(titles) - round(len(titles) * HELD_OUT_SHARE) :])
    return [e for e in examples if e.title not in aside], [e for e in examples if e.title in aside]


def held_out_halves(folder: Path) -> tuple[list[Example], list[Example]]:
    """Return held-out questions (to calibrate on, to report on), split by article: Chinese and English, some silent."""
    aside = held_out(load_set(folder, "chinese_squad2_dev"))[1]
    reported = set(sorted({example.title for example in aside})[1::2])
    where = {example.context: example.title in reported for example in aside}
    asked = [*aside, *(e for e in load_set(folder, "squad_enq_zhctx_train") if e.context in where)]
    return [e for e in asked if not where[e.context]], [e for e in asked if where[e.context]]


def from_notice(notice: notices.Example) -> Example:
    """Take over a generated notice."""
    return Example(notice.id, NOTICES, "", notice.context, notice.question, notice.answers, notice.place)


def _by_question(article: dict[str, Any], name: str, number: int) -> Iterator[dict[str, object]]:
    """Yield the records of an article that we wrote."""
    context = article["context"]
    for place, (question, answers) in enumerate(article["questions"], 1):
        yield {
            "id": f"{name}-{number}-{place}",
            "title": article["title"],
            "context": context,
            "question": question,
            "answers": [{"text": context[start : start + length], "start": start} for start, length in answers],
        }


def _example(record: dict[str, object], source: str) -> Example:
    answers = record["answers"]
    if not isinstance(answers, list):
        raise ValueError(f"{record['id']}: answers is not a list")  # noqa: TRY004
    spans = [(str(answer["text"]), int(answer["start"])) for answer in answers]
    if spans and not source.startswith(_ITEMISED):
        spans = [max(spans, key=lambda span: (spans.count(span), -spans.index(span)))]
    return Example(
        id=str(record["id"]),
        source=source,
        title=str(record["title"] or ""),
        context=str(record["context"]),
        question=str(record["question"]),
        answers=tuple(sorted(spans, key=lambda span: span[1])),
        twin=str(record.get("question_zh") or ""),
    )
