"""Whether a passage bears out the span that it was read for: all that the question names, or only most of it.

A reader finds where an answer would stand, and is as sure of it where the question names another office, year, place or
stage of the event than the text. The verifier goes on from the reader's states with layers of its own, and was trained
on pairs of questions that differ in one thing: for each word of the question it judges whether the passage has it for
this span, and over all whether the span is right. What it doubts loses log-odds; it makes nothing likelier.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from embeddings.graph import Body, Linear, Weights, constant, later_states, linear
from embeddings.inference import ops, ov
from embeddings.models import ModelFolder, Step, untold
from embeddings.runtime import Requests, body_sizes, load_compiled, padded_length
from qa.errors import ReaderError
from qa.read.released import VERIFIER, weights_sha256

SHARED: Final = 6
"""Layers of the reader that the verifier's are put on."""
SCORE_SCALE: Final = 5.0
"""What scores are divided by before they are judged with."""
TRUSTED: Final = -1.5
"""The log-odds from which on a reading is left as it is."""
DOUBTED: Final = 2.0
"""What the rest counts.

Both were chosen on development pages. Over four of near misses (688 questions, 288 of them in English) item F1 is then
0.705 and 235 of 281 unanswerable questions are declined; 0.696 and 219 without a verifier.
"""
UP: Final = ".up"
DOWN: Final = ".down"
"""What the two matrices are called whose product is added to one of the reader's."""
_NOWHERE: Final = -1e4


@dataclass(frozen=True, slots=True)
class Seen:
    """What the verifier needs of a window that was read.

    ``states``, ``(tokens, hidden)``, are those after ``SHARED`` layers. The question's tokens stand at
    ``[1, 1 + asked)``, the best span's first and last at ``first`` and ``last``. ``scores`` are those of this span and
    of the whole passage, and whether a list is wanted.
    """

    states: NDArray[np.float32]
    asked: int
    first: int
    last: int
    scores: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Compiled layers and heads."""

    requests: Requests
    sha256: str

    def doubt(self, seen: Seen) -> float:
        """Return the log-odds that scores are too high by: ``DOUBTED`` times those below ``TRUSTED``."""
        return max(0.0, DOUBTED * (TRUSTED - self.log_odds(seen)))

    def log_odds(self, seen: Seen) -> float:
        """Return the log-odds that the span is right."""
        return float(self.requests.infer(_inputs(seen))[0])


def load_verifier(
    folder: ModelFolder,
    reader: Callable[[], Weights],
    *,
    reader_sha256: str,
    step: Step = untold,
    file: Path = VERIFIER,
) -> Verifier | None:
    """Load the verifier of a reader, whose weights ``reader`` returns; ``None`` if it was trained on another.

    ``ReaderError`` if its file cannot be read.
    """
    try:
        sha256 = weights_sha256(file)
        with safe_open(file, framework="np") as opened:
            metadata = opened.metadata() or {}
        of = metadata["reader_sha256"]
    except (OSError, SafetensorError, KeyError) as error:
        raise ReaderError(f"{file}: not the weights of a verifier ({error}); reinstall gazette") from error
    if of != reader_sha256:
        return None

    def build(product: Linear) -> ov.Model:
        named = reader()
        return _graph({**named, **_adapted(named, file)}, body_sizes(folder, product))

    name = f"verifier-{reader_sha256[:8]}-{sha256[:8]}"
    compiled = load_compiled(folder.path, build, name=name, in_bytes=True, step=step)
    return Verifier(compiled.requests, sha256)


def _adapted(reader: Weights, file: Path) -> dict[str, NDArray[np.float32]]:
    """Return the verifier's heads, and the reader's matrices with what was learned added: ``up @ down`` of low rank."""
    with safe_open(file, framework="np") as opened:
        stored = {name: opened.get_tensor(name).astype(np.float32) for name in opened.keys()}  # noqa: SIM118 (not a mapping)
    changed = {
        name.removesuffix(UP): stored.pop(name) @ stored.pop(name.removesuffix(UP) + DOWN)
        for name in [*stored]
        if name.endswith(UP)
    }
    return {**stored, **{name: reader[name] + change for name, change in changed.items()}}


def _graph(weights: Weights, sizes: Body) -> ov.Model:
    """Build the layers and heads. *Shape:* the inputs that ``_inputs`` makes → ``(1,)``."""
    hidden = weights["word_state.weight"].shape[1]
    states = ops.parameter([1, -1, hidden], np.float32, name="states")
    asked = ops.parameter([1, -1], np.float32, name="asked")
    ends = ops.parameter([2], np.int32, name="ends")
    scores = ops.parameter([1, 3], np.float32, name="scores")
    everywhere = ops.add(ops.minimum(asked, constant(0)), constant(1))  # but padding, which is -1
    last = later_states(states, everywhere, weights, sizes, range(SHARED, sizes.layers))[-1]
    # The first and the last token of the span, and the token before all.
    places = ops.concat([ends, ops.constant([0], np.int32)], axis=0)
    context = ops.reshape(ops.gather(last, places, ops.constant(1, np.int32)), ops.constant([1, 3 * hidden]), False)
    of_span = ops.unsqueeze(linear(context, weights, "word_context"), ops.constant(1, np.int32))
    words = linear(ops.relu(ops.add(linear(last, weights, "word_state"), of_span)), weights, "word")
    absent = ops.multiply(ops.subtract(asked, constant(1)), constant(-_NOWHERE))
    words = ops.add(ops.squeeze(words, ops.constant([2])), absent)
    most = ops.reduce_max(words, ops.constant([1]), True)
    amount = ops.log(ops.reduce_sum(ops.exp(ops.subtract(words, most)), ops.constant([1]), True))
    unborne = ops.add(most, amount)
    whole = ops.relu(linear(ops.concat([context, scores], axis=1), weights, "whole_hidden"))
    first_score = ops.gather(scores, ops.constant([0], np.int32), ops.constant(1, np.int32))
    judged = ops.concat([unborne, linear(whole, weights, "whole"), first_score], axis=1)
    return ov.Model([ops.squeeze(linear(judged, weights, "sum"), ops.constant([1]))], [states, asked, ends, scores])


def _inputs(one: Seen) -> list[NDArray[np.generic]]:
    # As for the reader: lengths are rounded up to shapes that have been run before.
    padded = padded_length(len(one.states)) - len(one.states)
    states = np.pad(one.states, ((0, padded), (0, 0)))
    asked = np.zeros((1, len(states)), np.float32)
    asked[0, 1 : 1 + one.asked] = 1
    asked[0, len(one.states) :] = -1
    scores = np.array([one.scores], np.float32) / SCORE_SCALE
    return [states[None], asked, np.array([one.first, one.last], np.int32), scores]
