"""Examples as token ids with gold starts and ends, and batches of similar length."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import torch
from tokenizers import Tokenizer

from qa.read.inputs import Tokens, Window, token_span, tokenise, trims, windows
from qa.read.told import Told, tokenise_told
from qa.train.batch import Batch
from qa.train.data import Example

_SENTENCE_END: Final = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class Feature:
    """One input; ``spans`` are the gold (first, last) positions in ``ids``, empty if the window does not answer.

    ``trimmed`` has for each span how many characters of its first and last token are not of the answer.
    ``relevant`` are the (first, last) positions of the sentences that hold an answer. ``listed`` tells that the
    question wants several items, and is ``None`` where the window does not answer. From position ``at`` on are the
    passage's tokens from number ``first`` on.
    """

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    at: int
    relevant: tuple[tuple[int, int], ...] = ()
    listed: bool | None = None
    first: int = 0
    trimmed: tuple[tuple[int, int], ...] = ()


Unit = tuple[Feature, ...]
"""One feature, or two of the same window of a passage: an English question and its Chinese twin."""


def told(example: Example) -> Told:
    """Return the passage as it is read: under its title, as chunks are at question time."""
    return Told(example.title, example.context, example.heads)


def passage_tokens(tokenizer: Tokenizer, example: Example) -> Tokens:
    """Tokenise what is read; offsets are into title, line break and passage."""
    return _tokens(tokenizer, told(example))


# Twenty questions stand over one article, and are asked in every epoch again.
@lru_cache(maxsize=40_000)
def _tokens(tokenizer: Tokenizer, passage: Told) -> Tokens:
    return tokenise_told(tokenizer, passage)


def encode_example(tokenizer: Tokenizer, example: Example, *, max_length: int, rng: random.Random) -> Unit:
    """Encode one example as one window: one that holds every answer where there is one, now and then one with none.

    A title stands in front, as with chunks at question time. A twin is a second feature over the same window.
    """
    asked = [tokenise(tokenizer, question) for question in (example.question, example.twin) if question]
    longest = max(asked, key=lambda tokens: len(tokens.ids))
    passage = passage_tokens(tokenizer, example)
    text, bounds = told(example).printed, _bounds(example)
    spans = _covered(passage, bounds)
    sentences = _covered(passage, [sentence_around(text, *bound) for bound in bounds])
    cuts = list(windows(tokenizer, longest, passage, max_length=max_length, stride=max_length // 3))
    held = [(cut, _inside(cut, spans)) for cut in cuts]
    full = [pair for pair in held if len(pair[1]) == len(spans)]
    empty = [pair for pair in held if not pair[1]]
    # A long passage also offers windows that are silent on the question: one example in eight is shown as such.
    pool = empty if empty and rng.random() < 0.125 else full or held
    cut, inside = rng.choice(pool)
    listed = len(example.answers) > 1 if inside else None
    trimmed = _trimmed(example, passage, cut, inside)
    one = Feature(cut.ids, inside, cut.at, _overlap(cut, sentences) if inside else (), listed, cut.first, trimmed)
    return tuple(_asked(one, question, longest, tokenizer) for question in asked)


def every_window(tokenizer: Tokenizer, example: Example, *, max_length: int) -> Iterator[Feature]:
    """Encode all windows of an example's passage, as it is read to be scored: gold are the answers that are whole."""
    passage = passage_tokens(tokenizer, example)
    spans, asked = _covered(passage, _bounds(example)), tokenise(tokenizer, example.question)
    for cut in windows(tokenizer, asked, passage, max_length=max_length, stride=max_length // 3):
        inside = _inside(cut, spans)
        yield Feature(cut.ids, inside, cut.at, first=cut.first, trimmed=_trimmed(example, passage, cut, inside))


def _bounds(example: Example) -> list[tuple[int, int]]:
    """Return the characters ``[start, end)`` of every answer, in the text that is read."""
    shift = told(example).begins
    return [(shift + start, shift + start + len(text)) for text, start in example.answers]


def _covered(passage: Tokens, bounds: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [span for bound in bounds if (span := token_span(passage, *bound)) is not None]


def _trimmed(
    example: Example, passage: Tokens, cut: Window, inside: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Return for each span inside a window how many characters of its first and last token are not of the answer."""
    text, moved = told(example).printed, cut.first - cut.at
    every = {span: bound for bound in _bounds(example) if (span := token_span(passage, *bound)) is not None}
    spans = [(first + moved, last + moved) for first, last in inside]
    return tuple(trims(text, passage, span, *every[span]) for span in spans)


def _asked(feature: Feature, question: Tokens, longest: Tokens, tokenizer: Tokenizer) -> Feature:
    """Put another question before the feature's passage."""
    if question is longest:
        return feature
    (window,) = windows(tokenizer, question, Tokens(feature.ids[feature.at : -1], ()), max_length=len(feature.ids))
    shift = window.at - feature.at

    def moved(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((first + shift, last + shift) for first, last in spans)

    return replace(feature, ids=window.ids, at=window.at, spans=moved(feature.spans), relevant=moved(feature.relevant))


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the sentences that ``[start, end)`` touches.

    >>> sentence_around("一。二三。四", 3, 4)
    (2, 5)
    """
    before = [found.end() for found in _SENTENCE_END.finditer(text, 0, start)]
    after = _SENTENCE_END.search(text, max(start, end - 1))
    return before[-1] if before else 0, after.end() if after else len(text)


def _inside(cut: Window, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    last = cut.first + cut.count - 1
    return tuple((a - cut.first + cut.at, b - cut.first + cut.at) for a, b in spans if a >= cut.first and b <= last)


def _overlap(cut: Window, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    last = cut.first + cut.count - 1
    clipped = ((max(a, cut.first), min(b, last)) for a, b in spans)
    return tuple((a - cut.first + cut.at, b - cut.first + cut.at) for a, b in clipped if a <= b)


def batches(units: Sequence[Unit], *, size: int, rng: random.Random) -> list[list[int]]:
    """Group unit numbers into batches of similar length, in random order, each of ``size`` features or one more.

    Lengths are jittered before sorting, so that batches differ from epoch to epoch.
    """
    order = sorted(range(len(units)), key=lambda number: len(units[number][0].ids) * (1 + 0.1 * rng.random()))
    groups: list[list[int]] = [[]]
    filled = 0
    for number in order:
        if filled >= size:
            groups.append([])
            filled = 0
        groups[-1].append(number)
        filled += len(units[number])
    rng.shuffle(groups)
    return groups


def collate(units: Sequence[Unit], *, pad: int) -> Batch:
    """Pad features to the longest, rounded up so that few shapes occur (a new one costs the kernels a set-up)."""
    features = [feature for unit in units for feature in unit]
    length = -(-max(len(f.ids) for f in features) // 16) * 16
    ids = torch.full((len(features), length), pad)
    mask, candidates, starts, ends, before, after, relevant = (torch.zeros(len(features), length) for _ in range(7))
    listed = torch.full((len(features),), float("nan"))
    for row, f in enumerate(features):
        ids[row, : len(f.ids)] = torch.tensor(f.ids)
        mask[row, : len(f.ids)] = 1.0
        candidates[row, f.at : len(f.ids) - 1] = 1.0
        for first, last in f.spans:
            starts[row, first] = 1.0
            ends[row, last] = 1.0
        for (first, last), (left, right) in zip(f.spans, f.trimmed, strict=True):
            before[row, first] = left
            after[row, last] = right
        for first, last in f.relevant:
            relevant[row, first : last + 1] = 1.0
        if f.listed is not None:
            listed[row] = float(f.listed)
    return Batch(ids, mask, candidates, starts, ends, before, after, relevant, listed, tuple(_twins(units)))


def _twins(units: Sequence[Unit]) -> Iterator[tuple[int, int, int, int, int]]:
    row = 0
    for unit in units:
        if len(unit) == 2:
            one, two = unit
            yield row, one.at, row + 1, two.at, min(len(one.ids) - one.at, len(two.ids) - two.at) - 1
        row += len(unit)


def encode_all(
    tokenizer: Tokenizer, examples: Sequence[Example], *, max_length: int, rng: random.Random
) -> Iterator[Unit]:
    """Encode examples in order."""
    for example in examples:
        yield encode_example(tokenizer, example, max_length=max_length, rng=rng)
