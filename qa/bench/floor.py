"""The machine's floor: how long the matrix products of some tokens take alone, without attention, text or search.

They are run by the same library, on the same cores and in the same precision as the models, so that a figure beside its
floor means the same on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings.graph import linear, linear_in_bytes
from embeddings.inference import ops, ov
from embeddings.runtime import Requests, Runtime, runtime_settings

LAYERS, HIDDEN, INNER = 12, 384, 1536
"""The sizes of the encoder's and the reader's body."""


@dataclass(frozen=True, slots=True)
class CountedRuntime(Runtime):
    """A runtime that notes how many tokens each run had."""

    ran: list[int] = field(default_factory=list)

    def run(self, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """Run texts as a ``Runtime`` does."""
        self.ran.append(sum(map(len, texts)))
        return Runtime.run(self, texts)


def counted(runtime: Runtime) -> CountedRuntime:
    """Return a runtime that notes how many tokens it runs."""
    return CountedRuntime(runtime.requests, runtime.words, runtime.precision)


class Products:
    """The products of the body's matrices with the states of tokens."""

    def __init__(self, precision: str, *, streams: int = 1) -> None:
        state = tokens = ops.parameter([-1, HIDDEN], np.float32, name="tokens")
        random = np.random.default_rng(0)
        product = linear_in_bytes if precision == "int8" else linear
        shapes = [*[(HIDDEN, HIDDEN)] * 4, (INNER, HIDDEN), (HIDDEN, INNER)] * LAYERS
        for rows, columns in shapes:
            matrix = random.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)
            state = product(state, {"it.weight": matrix, "it.bias": np.zeros(rows, np.float32)}, "it")
        settings = runtime_settings(precision, streams)
        compiled = ov.Core().compile_model(ov.Model([state], [tokens]), "CPU", settings)
        self._requests = Requests(compiled, streams)

    def run(self, tokens: int) -> NDArray[np.float32]:
        """Do the products for so many tokens. *Shape:* ``(tokens, HIDDEN)``."""
        return self._requests.infer([np.ones((tokens, HIDDEN), np.float32)])
