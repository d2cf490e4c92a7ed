"""Compiled OpenVINO graphs over the shared word-embedding table: what the encoder and the reader run on."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import Node
from safetensors.numpy import load_file

from embeddings.errors import EncoderError
from embeddings.graph import Weights, body
from embeddings.models import ModelFolder, home, publish
from embeddings.packed import unpack_blocks

# Built graphs are cached under this number: raise it when the way graphs are built changes.
_GRAPH = 1


@dataclass(frozen=True, slots=True)
class Runtime:
    """A compiled graph with the table its inputs are looked up in."""

    compiled: ov.CompiledModel
    word_blocks: NDArray[np.uint8]
    precision: str

    def run(self, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """Run one batch of token ids, padded to its longest text.

        *Shape:* every output starts with ``len(texts)``; a per-token output has the padded length second.
        """
        length = max(map(len, texts))
        ids = np.zeros((len(texts), length), np.int64)
        mask = np.zeros((len(texts), length), np.float32)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1.0
        unique, inverse = np.unique(ids, return_inverse=True)
        table = unpack_blocks(np.asarray(self.word_blocks[unique]))
        embeddings = table[inverse.reshape(ids.shape)]
        # An infer request is not shared between threads; creating one costs microseconds.
        results = self.compiled.create_infer_request().infer([embeddings, mask])
        return [results[number] for number in range(len(self.compiled.outputs))]


def body_weights(folder: ModelFolder) -> dict[str, NDArray[np.float32]]:
    """Load the folder's weights without the word embeddings."""
    return {name: value for name, value in load_file(folder.weights).items() if "word_embeddings" not in name}


def load_runtime(
    folder: ModelFolder,
    *,
    name: str,
    weights: Callable[[], Weights],
    heads: Callable[[Node, Node, Weights], list[Node]],
) -> Runtime:
    """Compile a graph of the folder's architecture, from the cache where it has been built before.

    ``name`` identifies graph and weights (its parts must change when they do); ``weights`` is called only if the graph
    has to be built, and ``heads`` puts the outputs on the last hidden states and the mask.
    """
    graph = home() / "graphs" / f"{name}-{_GRAPH}"
    publish(graph, lambda aside: _build(aside / "graph.xml", folder, weights(), heads))
    core = ov.Core()
    precision = "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"
    settings = {
        "CACHE_DIR": str(home() / "compiled"),
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",
    }
    try:
        compiled = core.compile_model(str(graph / "graph.xml"), "CPU", settings)
        return Runtime(compiled, folder.word_blocks(), precision)
    except (RuntimeError, OSError, ValueError) as error:
        raise EncoderError(
            f"{graph}: cannot load the compiled model: {error}; remove {home()} and try again"
        ) from error


def _build(
    file: Path, folder: ModelFolder, weights: Weights, heads: Callable[[Node, Node, Weights], list[Node]]
) -> None:
    config: Mapping[str, float] = json.loads(folder.config.read_text(encoding="utf-8"))
    inputs, state, mask = body(
        weights,
        heads=int(config["num_attention_heads"]),
        layers=int(config["num_hidden_layers"]),
        epsilon=float(config["layer_norm_eps"]),
    )
    ov.save_model(ov.Model(heads(state, mask, weights), inputs), file, compress_to_fp16=False)
