"""The reader at question time: question and passages in, scored character spans out. No torch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from embeddings.engine import Node
from embeddings.graph import Weights, linear
from embeddings.models import ModelFolder
from embeddings.runtime import Runtime, load_runtime
from qa.errors import ReaderError
from qa.read.calibration import Calibration
from qa.read.decode import Scores, TokenSpan, all_spans, best_span
from qa.read.inputs import Tokens, Window, allowed_tokens, tokenise, windows
from qa.read.quantised import unquantise

RELEASED: Final = Path(__file__).with_name("weights") / "reader.safetensors"
_EDGES: Final = " \t\r\n\u3000\u00a0,，。;；:：、!！?？"


@dataclass(frozen=True, slots=True)
class CharSpan:
    """``text[start:end]`` of the passage's text, with its score above the no-answer threshold (log-odds scale)."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage.

    ``best`` is the one best span; ``spans`` are all that may be items of a list, in order of text.
    """

    best: CharSpan
    spans: tuple[CharSpan, ...]

    def items(self, calibration: Calibration) -> tuple[CharSpan, ...]:
        """Return the items of a list, in order of text, or nothing where the passage shows at most one answer."""
        likely = [span for span in self.spans if calibration.probability(span.score) >= calibration.item_threshold]
        return tuple(likely) if len(likely) > 1 else ()


@dataclass(frozen=True, slots=True)
class Reader:
    """A compiled reader with its tokenizer and calibration."""

    runtime: Runtime
    tokenizer: Tokenizer
    calibration: Calibration
    sha256: str

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading | None]:
        """Read passages given as (context, text): answers come from the text only; offsets are into it.

        A blank text reads as ``None``.
        """
        asked = tokenise(self.tokenizer, question)
        # A span's score is that of its start and its end: each has to reach half.
        margin = self.calibration.score(self.calibration.item_threshold) / 2
        jobs: list[tuple[int, Window]] = []
        tokens: list[Tokens] = []
        for number, (context, text) in enumerate(passages):
            tokens.append(tokenise(self.tokenizer, _joined(context) + text))
            if text.strip(_EDGES):
                jobs += [(number, window) for window in windows(self.tokenizer, asked, tokens[number])]
        read: list[list[Reading]] = [[] for _ in passages]
        for (number, window), scores in zip(jobs, self.runtime.run([window.ids for _, window in jobs]), strict=True):
            context, text = passages[number]
            shift = len(_joined(context))
            start, end = scores[: len(window.ids)].T
            reading = _reading(text, tokens[number], window, shift, margin, start, end)
            if reading:
                read[number].append(reading)
        return [_merged(parts) if parts else None for parts in read]


def load_reader(folder: ModelFolder, tokenizer: Tokenizer, *, weights: Path = RELEASED) -> Reader:
    """Load the released reader (or other ``weights``) onto the encoder's body; ``ReaderError`` if that cannot be."""
    try:
        with weights.open("rb") as stream:
            sha256 = file_digest(stream, "sha256").hexdigest()
        with safe_open(weights, framework="np") as file:
            metadata = file.metadata() or {}
        body, calibration = metadata["encoder_sha256"], Calibration(**json.loads(metadata["calibration"]))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ReaderError(f"{weights}: not the weights of a reader ({error}); reinstall gazette") from error
    if body != folder.sha256:
        raise ReaderError(f"{weights}: trained on encoder {body[:12]}, but the encoder here is {folder.sha256[:12]}")
    runtime = load_runtime(folder, name=f"reader-{sha256[:16]}", weights=lambda: _load(weights), head=_head)
    return Reader(runtime, tokenizer, calibration, sha256)


def _load(weights: Path) -> Mapping[str, NDArray[np.float32]]:
    with safe_open(weights, framework="np") as file:
        return unquantise({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 (not a mapping)


def _head(state: Node, mask: Node, weights: Weights) -> Node:
    del mask
    return linear(state, weights, "span")


def _joined(context: str) -> str:
    return f"{context}\n" if context else ""


def _reading(
    text: str, tokens: Tokens, window: Window, shift: int, margin: float, start: Scores, end: Scores
) -> Reading | None:
    allowed = allowed_tokens(tokens, window, start=shift)
    if not allowed.any():
        return None
    best = _characters(text, tokens, window, shift, best_span(start, end, allowed))
    spans = (_characters(text, tokens, window, shift, span) for span in all_spans(start, end, allowed, margin=margin))
    if best is None:
        return None
    return Reading(best, tuple(span for span in spans if span is not None))


def _characters(text: str, tokens: Tokens, window: Window, shift: int, span: TokenSpan) -> CharSpan | None:
    """Map a token span to characters, without the blanks and separators that tokens carry along at their edges."""
    start = max(0, tokens.offsets[window.first + span.first - window.at][0] - shift)
    end = tokens.offsets[window.first + span.last - window.at][1] - shift
    words = text[start:end]
    start += len(words) - len(words.lstrip(_EDGES))
    end -= len(words) - len(words.rstrip(_EDGES))
    return CharSpan(start, end, span.score) if start < end else None


def _merged(parts: Sequence[Reading]) -> Reading:
    """Combine the windows of one passage: the best span of all, and of overlapping spans the better."""
    best = max(parts, key=lambda part: part.best.score)
    kept: list[CharSpan] = []
    for span in sorted((span for part in parts for span in part.spans), key=lambda span: -span.score):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return Reading(best.best, tuple(sorted(kept, key=lambda span: span.start)))
