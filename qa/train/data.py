"""Training examples from the reading-comprehension sets and the notice generator.

The sets and what each may be used for are described in the data folder's README: the dev sets are never trained on, and
neither is any passage that a dev set also holds.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from opencc import OpenCC

from embeddings.encoder import Encoder
from embeddings.models import home, provision
from embeddings.openvino_encoder import load_openvino_encoder, load_tokenizer
from qa.errors import SourceError
from qa.train import notices
from qa.train.passages import Progress, passage_search
from qa.train.search_phrases import search_phrase

TRAIN_SETS: Final = (
    "cmrc2018_train",
    "cmrc2018_trial",
    "drcd_dev_test",
    "chinese_squad2_dev",
    "squad_enq_zhctx_train",
)
DEV_SETS: Final = ("cmrc2018_dev_public", "news_mrc_dev_public", "squad_enq_zhctx_dev")
# Chinese SQuAD 2 has no dev set of its own: its articles whose titles fall last in this order are held out.
HELD_OUT_SHARE: Final = 0.2
NOTICES: Final = "notices"
# Of the answerable questions, how many are also asked over a retrieved passage without the answer.
NEGATIVE_SHARE: Final = 0.25
# Of the questions that can be put so, how many are asked as phrases for a search box.
PHRASE_SHARE: Final = 0.45
_LIST_QUESTION: Final = re.compile(
    r"哪些|哪几|哪两|哪三|哪四|有谁|分别|\b[Ww]h(?:ich|at) (?:two|three|four|\w+s are)\b"
)
_TAIL: Final = re.compile(r"等[^等]{0,2}$|[。.;；]+$")
# A number after 等 closes a list (等九人); without one the list goes on.
_UNFINISHED: Final = re.compile(r"等[^等\d一二两三四五六七八九十百近多]{0,8}[。.;；]*$")
_SEPARATOR: Final = re.compile(r"、|以及|及|和|与|,|，|;|；")


@dataclass(frozen=True, slots=True)
class Example:
    """One question over one passage; ``answers`` are (text, start) of every required item, empty if it does not say.

    ``subject`` is a word that every passage with the answer has: the place that a notice's question names.
    """

    id: str
    source: str
    title: str
    context: str
    question: str
    answers: tuple[tuple[str, int], ...]
    subject: str = ""


def load_set(folder: Path, name: str) -> list[Example]:
    """Load one set; of several references for one answer the most common (then the first) is taken."""
    path = folder / "mrc" / f"{name}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [_example(json.loads(line), name) for line in lines]
    except (OSError, ValueError, KeyError) as error:
        raise SourceError(str(path), f"cannot be read as a reading-comprehension set: {error}") from error


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


def training_examples(
    folder: Path,
    *,
    notice_count: int,
    seed: int,
    limit: int | None = None,
    encoder: Encoder | None = None,
    work: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Example]:
    """Assemble the training set: real sets, list items told apart, script copies, notices, hard negatives; shuffled.

    ``limit`` draws a sample of so many examples. ``encoder`` (the default one if not given) finds the hard negatives,
    ``work`` is where its vectors are kept between calls, and ``progress`` is told how many passages are encoded.
    """
    rng = random.Random(seed)  # noqa: S311
    unseen = {e.context for name in DEV_SETS for e in load_set(folder, name)}
    unseen |= {e.context for e in held_out(load_set(folder, "chinese_squad2_dev"))[1]}
    loaded = [e for name in TRAIN_SETS for e in load_set(folder, name)]
    real = [e for e in loaded if e.question.strip() and e.context not in unseen]
    examples = [as_phrase(split_items(e), rng) for e in simplified(real, share=0.75, rng=rng)]
    examples += [from_notice(n) for n in notices.generate(notice_count, seed=seed, split="train")]
    rng.shuffle(examples)
    examples = examples[:limit]
    work = work or home() / "training"
    examples += hard_negatives(
        examples, share=NEGATIVE_SHARE, rng=rng, encoder=encoder or default_encoder(), work=work, progress=progress
    )
    rng.shuffle(examples)
    return examples[:limit]


def default_encoder() -> Encoder:
    """Load the encoder that questions are encoded with."""
    model = provision()
    return load_openvino_encoder(model, load_tokenizer(model))


def hard_negatives(
    examples: Sequence[Example],
    *,
    share: float,
    rng: random.Random,
    encoder: Encoder,
    work: Path,
    progress: Progress = lambda done, total: None,
) -> list[Example]:
    """Pair a share of the answerable questions with the best retrieved passage that does not hold the answer.

    At question time most of what is read is of this kind: near the subject, and silent on the question. A notice's
    question that names no place is left out, because another notice may answer it.
    """
    open_ended = (e for e in examples if e.answers and (e.subject or e.source != NOTICES))
    asked = [e for e in open_ended if rng.random() < share]
    if not asked:
        return []
    negatives: list[Example] = []
    passages = [e.context for e in examples]
    with passage_search(passages, encoder=encoder, folder=work, progress=progress) as search:
        for example, chunks in zip(asked, search([e.question for e in asked]), strict=True):
            held = [*filter(None, [example.subject]), *(text for text, _ in example.answers)]
            silent = next((c for c in chunks if not any(text in c.embedded for text in held)), None)
            if silent:
                identifier = f"{example.id}:far"
                far = replace(example, id=identifier, title=silent.context, context=silent.text, answers=())
                negatives.append(far)
    return negatives


def from_notice(notice: notices.Example) -> Example:
    """Take over a generated notice."""
    return Example(notice.id, NOTICES, "", notice.context, notice.question, notice.answers, notice.place)


def simplified(examples: Sequence[Example], *, share: float, rng: random.Random) -> Iterator[Example]:
    """Convert ``share`` of the traditional passages to simplified characters, where that keeps every length."""
    convert = OpenCC("t2s").convert
    for example in examples:
        texts = (example.title, example.context, example.question, *(text for text, _ in example.answers))
        converted = [convert(text) for text in texts]
        same = all(len(a) == len(b) for a, b in zip(texts, converted, strict=True))
        if not same or converted == list(texts) or rng.random() >= share:
            yield example
            continue
        title, context, question, *_ = converted
        answers = tuple((context[start : start + len(text)], start) for text, start in example.answers)
        yield replace(example, title=title, context=context, question=question, answers=answers)


def as_phrase(example: Example, rng: random.Random) -> Example:
    """Ask the question as a phrase for a search box, in ``PHRASE_SHARE`` of the cases."""
    return replace(example, question=search_phrase(example.question)) if rng.random() < PHRASE_SHARE else example


def split_items(example: Example) -> Example:
    """Turn the one answer of a list question, an enumeration such as ``A、B和C``, into its items.

    ``A、B等地`` stays whole: it says itself that these are not all, and its last words say of what.
    The word patterns label training data only: at question time the model decides.
    """
    if len(example.answers) != 1 or not _LIST_QUESTION.search(example.question):
        return example
    text, start = example.answers[0]
    if _UNFINISHED.search(text) or example.context[start + len(text) :].startswith("等"):
        return example
    parts: list[tuple[str, int]] = []
    position = 0
    for separator in [*_SEPARATOR.finditer(text), None]:
        stop = separator.start() if separator else len(text)
        parts.append((text[position:stop], start + position))
        position = separator.end() if separator else stop
    last, at = parts[-1]
    parts[-1] = (_TAIL.sub("", last), at)
    if len(parts) < 2 or "、" not in text or any(not 2 <= len(part) <= 14 for part, _ in parts):
        return example
    return replace(example, answers=tuple(parts))


def _example(record: dict[str, object], source: str) -> Example:
    answers = record["answers"]
    if not isinstance(answers, list):
        raise ValueError(f"{record['id']}: answers is not a list")  # noqa: TRY004
    spans = [(str(answer["text"]), int(answer["start"])) for answer in answers]
    chosen = (max(spans, key=lambda span: (spans.count(span), -spans.index(span))),) if spans else ()
    return Example(
        id=str(record["id"]),
        source=source,
        title=str(record["title"] or ""),
        context=str(record["context"]),
        question=str(record["question"]),
        answers=chosen,
    )
