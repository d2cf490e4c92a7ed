"""Variants of an example: in simplified characters, as a phrase, with list items split, cut into chunks."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from opencc import OpenCC

from qa.ingest import segment
from qa.train.data import Example
from qa.train.search_phrases import search_phrase
from qa.types import Chunk, Document

_LIST_QUESTION: Final = re.compile(
    r"哪些|哪几|哪两|哪三|哪四|有谁|分别|\b[Ww]h(?:ich|at) (?:two|three|four|\w+s are)\b"
)
_TAIL: Final = re.compile(r"等[^等]{0,2}$|[。.;；]+$")
# A number after 等 closes a list (等九人); without one the list continues.
_UNFINISHED: Final = re.compile(r"等[^等\d一二两三四五六七八九十百近多]{0,8}[。.;；]*$")
_SEPARATOR: Final = re.compile(r"、|以及|及|和|与|,|，|;|；")


def simplified(example: Example) -> Example:
    """Convert a traditional passage to simplified characters, where that keeps every length."""
    convert = _converter().convert
    texts = (example.title, example.context, example.question, example.twin, *(text for text, _ in example.answers))
    converted = [convert(text) for text in texts]
    if any(len(a) != len(b) for a, b in zip(texts, converted, strict=True)):
        return example
    title, context, question, twin, *_ = converted
    answers = tuple((context[start : start + len(text)], start) for text, start in example.answers)
    heads = tuple((at, convert(words)) for at, words in example.heads)
    return replace(example, title=title, context=context, question=question, twin=twin, answers=answers, heads=heads)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def as_phrase(example: Example) -> Example:
    """Ask the question as a phrase for a search box, where it can be put so."""
    return replace(example, question=search_phrase(example.question), twin="")


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


def chunked(example: Example) -> Example:
    """Put the question to the one chunk, cut as ``gazette ingest`` does, that holds every answer; else leave it whole.

    A question without an answer goes to a chunk by its id, always the same.
    """
    chunks = _chunks(example.title, example.context)
    if not example.answers:
        return over_chunk(example, chunks[random.Random(example.id).randrange(len(chunks))], ()) if chunks else example  # noqa: S311
    for chunk in chunks:
        spans = [_inside(chunk, start, start + len(text)) for text, start in example.answers]
        found = [span for span in spans if span]
        if len(found) == len(spans):
            return over_chunk(example, chunk, tuple((chunk.text[a:b], a) for a, b in found))
    return headed(example)


def headed(example: Example) -> Example:
    """Give the cells of a passage's tables the heads that ``gazette ingest`` finds in it."""
    chunks = _chunks(example.title, example.context)
    heads = {chunk.alignment.to_original(at, at + 1)[0]: words for chunk in chunks for at, words in chunk.heads}
    return replace(example, heads=tuple(sorted(heads.items())))


def over_another_chunk(example: Example, rng: random.Random) -> Example | None:
    """Put an answerable question to a chunk of its article that holds none of the answers, if there is one."""
    texts = [text for text, _ in example.answers]
    silent = [c for c in _chunks(example.title, example.context) if not any(t in c.embedded for t in texts)]
    if not texts or not silent:
        return None
    other = over_chunk(example, rng.choice(silent), ())
    return replace(other, id=f"{example.id}:beside")


def over_chunk(example: Example, chunk: Chunk, answers: Sequence[tuple[str, int]]) -> Example:
    """Put the question to ``chunk``, as it is read; ``answers`` are in its text."""
    return replace(example, title=chunk.context, context=chunk.text, answers=tuple(answers), heads=tuple(chunk.heads))


@lru_cache(maxsize=40_000)
def _chunks(title: str, context: str) -> tuple[Chunk, ...]:
    return segment(Document("train", "train.jsonl", "train.jsonl", "", context, title or None)).chunks


def _inside(chunk: Chunk, start: int, end: int) -> tuple[int, int] | None:
    """Return the clean span of the original characters ``[start, end)``; ``None`` if the chunk lacks an end."""
    first, last = chunk.alignment.from_original(start, end)
    whole = first < last and chunk.alignment.to_original(first, last) == (start, end)
    return (first, last) if whole else None
