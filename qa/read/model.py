"""The reader at question time: question and passages in, scored character spans out. No torch."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from embeddings.graph import Weights, linear
from embeddings.inference import Node, ops
from embeddings.models import ModelFolder, Step, untold
from embeddings.runtime import Runtime, load_runtime
from embeddings.unigram import TextTokenizer
from qa.errors import ReaderError
from qa.read.calibration import Calibration
from qa.read.decode import Scores, TokenSpan, all_spans, best_span
from qa.read.inputs import (
    EDGES,
    MOST_TRIMMED,
    Tokens,
    Window,
    allowed_tokens,
    characters,
    ending_tokens,
    tokenise,
    windows,
)
from qa.read.quantised import unquantise
from qa.read.released import RELEASED, identity, weights_sha256
from qa.read.told import Told, tokenise_told
from qa.read.verifier import SHARED, Seen, Verifier, load_verifier
from qa.text.script import is_latin

LEAST_VERIFIED: Final = 0.4
"""How likely a passage has to be to answer, to be looked at by the verifier: others are answers of no kind."""
LATIN: Final = 2.0
"""What is taken from all scores over a passage in Latin script, of which readers are surer than they are right.

What is fitted is fitted on Chinese ones. Over eight English development pages (1,152 questions) 1.5 gives item F1
0.594, 310 of 404 declined, 47 of 629 answers wrong with 0.7 or more; 2.0 gives 0.585, 320, 32 of 575, and answers as
often right as they say, on the average: 0.52 and 0.51.
"""
_HEADS: Final = 4 + 2 * (1 + MOST_TRIMMED)
"""Scores of a token."""


@dataclass(frozen=True, slots=True)
class CharSpan:
    """``text[start:end]`` of the passage's text, with its score above the no-answer threshold (log-odds scale)."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class TokenScores:
    """The scores of a window's passage tokens as start and as end of an answer, above the no-answer threshold.

    *Shape:* ``offsets`` is ``(tokens, 2)``, the characters of the text that each stands for; the others ``(tokens,)``.
    """

    offsets: NDArray[np.int_]
    start: Scores
    end: Scores


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage.

    ``best`` is the one best span; ``spans`` are all that may be items of a list, in order of text. ``listed`` is
    whether the question wants a list of this passage (log-odds). ``windows`` are the scores that these were found by.
    """

    best: CharSpan
    spans: tuple[CharSpan, ...]
    listed: float
    windows: tuple[TokenScores, ...] = field(default=(), compare=False, repr=False)
    seen: Seen | None = field(default=None, compare=False, repr=False)

    def score_within(self, start: int, end: int) -> float:
        """Return the log-odds that an answer, whatever its words, stands in the characters ``[start, end)``.

        It sums over all starts and all ends there, so that a sentence whose answer could be cut in many ways is not
        taken for a doubtful one. Without scores it is that of the best span.
        """
        found = [self.best.score] if self.best.start < end and self.best.end > start else [float("-inf")]
        for window in self.windows:
            inside = (window.offsets[:, 1] > start) & (window.offsets[:, 0] < end)
            if inside.any():
                sides = (window.start[inside], window.end[inside])
                found.append(float(sum(np.logaddexp.reduce(side.astype(np.float64)) for side in sides)))
        return max(found)

    def best_within(self, start: int, end: int) -> CharSpan | None:
        """Return the best span of whole tokens in the characters ``[start, end)``; ``None`` without scores of any."""
        found: list[CharSpan] = []
        for window in self.windows:
            inside = (window.offsets[:, 0] >= start) & (window.offsets[:, 1] <= end)
            if inside.any():
                best = best_span(window.start, window.end, inside)
                first, last = window.offsets[best.first][0], window.offsets[best.last][1]
                found.append(CharSpan(int(first), int(last), float(window.start[best.first] + window.end[best.last])))
        return max(found, key=lambda span: span.score, default=None)

    def without(self, start: int, end: int) -> "Reading | None":
        """Return what is left of the reading without the characters ``[start, end)``; ``None`` if nothing is."""
        rest = [
            TokenScores(window.offsets[inside], window.start[inside], window.end[inside])
            for window in self.windows
            for inside in (window.offsets[:, 1] <= start, window.offsets[:, 0] >= end)
            if inside.any()
        ]
        left = replace(
            self, windows=tuple(rest), spans=tuple(s for s in self.spans if s.end <= start or s.start >= end)
        )
        best = left.best_within(0, sys.maxsize)
        return replace(left, best=best) if best else None

    @property
    def whole(self) -> float:
        """The log-odds that an answer, whatever its words, stands in the passage."""
        return self.score_within(0, sys.maxsize)

    def less(self, log_odds: float) -> "Reading":
        """Return it with so much taken from the score of every span."""
        spans = (replace(span, score=span.score - log_odds) for span in self.spans)
        windows = (
            replace(window, start=window.start - log_odds / 2, end=window.end - log_odds / 2) for window in self.windows
        )
        best = replace(self.best, score=self.best.score - log_odds)
        return replace(self, best=best, spans=tuple(spans), windows=tuple(windows))

    def answers(self, calibration: Calibration) -> float:
        """Return how likely the passage is to answer, whatever the words."""
        return calibration.passage_probability(self.best.score, self.whole)

    def items(self, calibration: Calibration, *, most: int | None = None) -> tuple[CharSpan, ...]:
        """Return the items of a list, in order of text, or nothing where the passage shows at most one answer.

        Of more than ``most`` the likeliest are kept; one is no list.
        """
        if self.listed < calibration.listed or most == 1:
            return ()
        likely = [span for span in self.spans if calibration.probability(span.score) >= calibration.item_threshold]
        kept = sorted(likely, key=lambda span: -span.score)[:most]
        return tuple(span for span in likely if span in kept) if len(likely) > 1 else ()


@dataclass(frozen=True, slots=True)
class Reader:
    """A compiled reader with its tokenizer and calibration."""

    runtime: Runtime
    tokenizer: TextTokenizer
    calibration: Calibration
    sha256: str
    verifier: Verifier | None = None
    latin: float = LATIN

    @property
    def identity(self) -> str:
        """What answers depend on: the weights of the reader and of its verifier."""
        return identity(self.sha256, self.verifier.sha256 if self.verifier else None)

    def read(self, question: str, passages: Sequence[Told]) -> list[Reading | None]:
        """Read passages: answers come from their texts only; offsets are into these.

        A blank text reads as ``None``.
        """
        asked = tokenise(self.tokenizer, question)
        # A span's score is that of its start and its end: each has to reach half.
        margin = self.calibration.score(self.calibration.item_threshold) / 2
        doubts = [self.doubt(passage.text) for passage in passages]
        jobs: list[tuple[int, Window]] = []
        tokens: list[Tokens] = []
        for number, passage in enumerate(passages):
            tokens.append(tokenise_told(self.tokenizer, passage))
            if passage.text.strip(EDGES):
                jobs += [(number, window) for window in windows(self.tokenizer, asked, tokens[number])]
        read: list[list[Reading]] = [[] for _ in passages]
        for (number, window), scores in zip(jobs, self.runtime.run([window.ids for _, window in jobs]), strict=True):
            part = scores[: len(window.ids)]
            reading = _reading(passages[number], tokens[number], window, margin, doubts[number], part)
            if reading:
                read[number].append(reading)
        readings = [_merged(parts) if parts else None for parts in read]
        return self._verified(readings, doubts) if self.verifier else readings

    def doubt(self, text: str) -> float:
        """Return what is taken from all scores over a passage, for what is written in it."""
        return self.latin if is_latin(text) else 0.0

    def _verified(self, readings: Sequence[Reading | None], doubts: Sequence[float]) -> list[Reading | None]:
        """Return readings of which those that may be given are less sure where the verifier doubts them."""
        judged: list[Reading | None] = []
        for reading, doubt in zip(readings, doubts, strict=True):
            if self.verifier and reading and reading.seen and reading.answers(self.calibration) >= LEAST_VERIFIED:
                scores = (reading.best.score + doubt, reading.whole + doubt, reading.listed)
                judged.append(reading.less(self.verifier.doubt(replace(reading.seen, scores=scores))))
            else:
                judged.append(reading)
        return judged


def load_reader(
    folder: ModelFolder, tokenizer: TextTokenizer, *, weights: Path = RELEASED, step: Step = untold
) -> Reader:
    """Load the released reader (or other ``weights``) onto the encoder's body; ``ReaderError`` if that cannot be."""
    try:
        sha256 = weights_sha256(weights)
        with safe_open(weights, framework="np") as file:
            metadata = file.metadata() or {}
        fitted: dict[str, float] = json.loads(metadata["calibration"])
        fitted.pop("latin", None)  # goes by how passages are cut, and not with the weights, as it once did
        body, calibration = metadata["encoder_sha256"], Calibration(**fitted)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ReaderError(f"{weights}: not the weights of a reader ({error}); reinstall gazette") from error
    if body != folder.sha256:
        raise ReaderError(f"{weights}: trained on encoder {body[:12]}, but the encoder here is {folder.sha256[:12]}")
    name = f"reader-{sha256[:16]}"
    runtime = load_runtime(
        folder, name=name, weights=lambda: reader_weights(weights), head=_head, in_bytes=True, step=step
    )
    verifier = load_verifier(folder, lambda: reader_weights(weights), reader_sha256=sha256, step=step)
    return Reader(runtime, tokenizer, calibration, sha256, verifier)


def reader_weights(weights: Path) -> Mapping[str, NDArray[np.float32]]:
    """Return a reader's weights by name, as they are computed with."""
    with safe_open(weights, framework="np") as file:
        return unquantise({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 (not a mapping)


def _head(states: Sequence[Node], mask: Node, weights: Weights) -> Node:
    del mask
    # Start, end, whether the token stands in a sentence that answers (at position 0, whether a list is wanted), and how
    # many characters of it are before the answer that begins in it, or after the one that ends.
    # Behind them are the states that a verifier goes on from.
    heads = [linear(states[-1], weights, name) for name in ("span", "judge", "trim")]
    return ops.concat([*heads, states[SHARED - 1]], axis=-1)


def _reading(
    passage: Told, tokens: Tokens, window: Window, margin: float, doubt: float, scores: Scores
) -> Reading | None:
    """Decode the scores of a window. *Shape:* ``(length, _HEADS + hidden)``, as ``_head`` has them.

    ``doubt`` is taken from the score of every span, half from its start and half from its end.
    """
    start, end, _, listed = scores[:, :4].T
    start, end = (np.append(side[:1] + doubt / 2, side[1:]) for side in (start, end))
    before, after = scores[:, 4:_HEADS].reshape(len(scores), 2, 1 + MOST_TRIMMED).argmax(-1).T
    text, shift = passage.text, passage.begins
    allowed = allowed_tokens(tokens, window, start=shift)
    if not allowed.any():
        return None

    def located(span: TokenSpan) -> CharSpan | None:
        of_passage = window.first + span.first - window.at, window.first + span.last - window.at
        trimmed = int(before[span.first]), int(after[span.last])
        found = characters(text, tokens, of_passage, trimmed, begins=shift)
        return CharSpan(*found, span.score) if found else None

    likeliest = best_span(start, end, allowed)
    best = located(likeliest)
    within = allowed & ~ending_tokens(text, tokens, window, begins=shift)
    spans = map(located, all_spans(start, end, within, margin=margin))
    if best is None:
        return None
    offsets = np.array(tokens.offsets[window.first : window.first + window.count]).reshape(-1, 2) - shift
    kept = allowed[window.at : window.at + window.count]
    above = (side[window.at : window.at + window.count][kept] - side[0] for side in (start, end))
    scored = TokenScores(offsets[kept], *above)
    # A question's tokens stand behind the first one, and two stand between them and the passage's.
    seen = Seen(scores[:, _HEADS:], window.at - 3, likeliest.first, likeliest.last)
    return Reading(best, tuple(span for span in spans if span is not None), float(listed[0]), (scored,), seen)


def _merged(parts: Sequence[Reading]) -> Reading:
    """Combine the windows of one passage: the best span of all, and of overlapping spans the better."""
    best = max(parts, key=lambda part: part.best.score)
    kept: list[CharSpan] = []
    for span in sorted((span for part in parts for span in part.spans), key=lambda span: -span.score):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    windows = tuple(window for part in parts for window in part.windows)
    return replace(best, spans=tuple(sorted(kept, key=lambda span: span.start)), windows=windows)
