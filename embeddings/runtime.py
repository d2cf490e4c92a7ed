"""Compiled OpenVINO graphs over tables of word embeddings: what the encoders and the reader run on."""

import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embeddings.arithmetic import fastest, half_precision, usable_cores
from embeddings.errors import EncoderError
from embeddings.graph import Body, Linear, Weights, body, linear, linear_in_bytes
from embeddings.home import cache_folder
from embeddings.inference import Node, ov
from embeddings.mapped import release
from embeddings.models import ModelFolder, Step, publish, untold
from embeddings.packed import Words

# Built graphs are cached under this number: raise it when the way graphs are built changes.
_GRAPH: Final = 5
_KEPT_GRAPHS: Final = 4
# Texts are run in groups of about this many tokens: enough to fill two cores (half of it fills one), little enough to
# stay in cache.
_GROUP_TOKENS: Final = 2048
# A call costs about as much as this many tokens: padding beyond it is better left out by another call.
_CALL_TOKENS: Final = 48
_LENGTH_STEP: Final = 16


class Requests:
    """So many runs of a compiled graph at the same time, each by one of its streams, from any thread.

    They are made before any runs: to make one while another runs waits until that is done, which left two streams a
    third of two cores idle. And they are kept: the first run of each takes a sixth longer than those that follow.
    ``read_once`` is a mapped file that the first run reads, and no later one.
    """

    def __init__(self, compiled: ov.CompiledModel, streams: int = 1, read_once: Path | None = None) -> None:
        self.compiled, self.streams = compiled, streams
        self._read_once = [read_once] if read_once else []
        self._free = SimpleQueue[ov.InferRequest]()
        for _ in range(streams):
            self._free.put(compiled.create_infer_request())

    def infer(self, inputs: Sequence[NDArray[np.generic]]) -> NDArray[np.float32]:
        """Return the first output, once one of the runs is free."""
        request = self._free.get()
        try:
            output: NDArray[np.float32] = request.infer(inputs)[0]
        finally:
            self._free.put(request)
        while self._read_once:
            release(self._read_once.pop())
        return output


@dataclass(frozen=True, slots=True)
class Runtime:
    """A compiled graph with the table its inputs are looked up in.

    Groups of texts are run at the same time where it has several streams, each by one core; with one they are run one
    after the other, each by all cores.
    """

    requests: Requests
    words: Words
    precision: str

    def run(self, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """Run texts given as token ids, those of similar length together; return one output each, in their order.

        *Shape:* a per-token output has at least as many rows as its text has tokens; the rows beyond mean nothing.
        """
        outputs: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(texts)
        streams = self.requests.streams
        groups = list(group_by_length([len(text) for text in texts], most=_GROUP_TOKENS // min(streams, 2)))
        inputs = ([texts[number] for number in group] for group in groups)
        with ThreadPoolExecutor(streams) if streams > 1 else nullcontext() as pool:
            found = pool.map(self._run_padded, inputs) if pool else map(self._run_padded, inputs)
            for group, padded in zip(groups, found, strict=True):
                for number, output in zip(group, padded, strict=True):
                    outputs[number] = output
        return outputs

    def _run_padded(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        length = padded_length(max(map(len, texts)))
        ids = np.zeros((len(texts), length), np.int64)
        mask = np.zeros((len(texts), length), np.float32)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1.0
        unique, inverse = np.unique(ids, return_inverse=True)
        embeddings = self.words(unique)[inverse.reshape(ids.shape)]
        return self.requests.infer([embeddings, mask])


def padded_length(length: int) -> int:
    """Return a number of tokens rounded up to one of shapes run before: the first run of one costs 10 ms of code.

    >>> padded_length(16), padded_length(17)
    (16, 32)
    """
    return -(-length // _LENGTH_STEP) * _LENGTH_STEP


def group_by_length(lengths: Sequence[int], *, most: int = _GROUP_TOKENS) -> Iterator[list[int]]:
    """Group texts of similar length: yield lists of their numbers, so that little is spent on padding and on calls.

    A group of several has at most ``most`` tokens, padding included.

    >>> list(group_by_length([100, 250, 256, 240, 90]))
    [[2, 1, 3], [0, 4]]
    """
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    while order:
        longest, padding, size = lengths[order[0]], 0, 0
        while size < len(order) and (size + 1) * longest <= max(longest, most):
            padding += longest - lengths[order[size]]
            if padding > _CALL_TOKENS:
                break
            size += 1
        yield order[:size]
        order = order[size:]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The runs of a compiled graph, and the precision that it computes in."""

    requests: Requests
    precision: str


def load_runtime(
    folder: ModelFolder,
    *,
    name: str,
    weights: Callable[[], Weights],
    head: Callable[[Sequence[Node], Node, Weights], Node],
    streams: int = 1,
    threads: int | None = None,
    in_bytes: bool = False,
    step: Step = untold,
) -> Runtime:
    """Compile a graph of the folder's architecture, from the cache where it has been built before.

    ``name`` identifies graph and weights (its parts must change when they do); ``weights`` is called only if the graph
    has to be built, and ``head`` puts the output on the hidden states after each layer and the mask. ``streams`` is for
    a great many texts: see ``bulk_streams``; ``threads`` are the most that it may take. ``in_bytes`` allows products of
    bytes, where they are fastest. ``step`` is told if the graph has to be built.
    """

    def build(product: Linear) -> ov.Model:
        named = weights()
        inputs, states, mask = body(named, body_sizes(folder, product))
        return ov.Model([head(states, mask, named)], inputs)

    settings = (streams, threads)
    compiled = load_compiled(folder.path, build, name=name, settings=settings, in_bytes=in_bytes, step=step)
    return Runtime(compiled.requests, folder.words(), compiled.precision)


def body_sizes(folder: ModelFolder, product: Linear) -> Body:
    """Return what the body of the folder's model is built by."""
    read: Mapping[str, float] = json.loads(folder.config.read_text(encoding="utf-8"))
    heads, layers = int(read["num_attention_heads"]), int(read["num_hidden_layers"])
    return Body(heads, layers, float(read["layer_norm_eps"]), product)


def load_compiled(
    folder: Path,
    build: Callable[[Linear], ov.Model],
    *,
    name: str,
    settings: tuple[int, int | None] = (1, None),
    in_bytes: bool,
    step: Step = untold,
) -> Compiled:
    """Compile what ``build`` builds by products of one kind; the rest, and ``settings``, as for ``load_runtime``."""
    core = ov.Core()
    precision = fastest(core, in_bytes=in_bytes)
    graph = cache_folder() / "graphs" / f"{name}-{precision}-{_GRAPH}"

    def write(aside: Path) -> None:
        model = build(linear_in_bytes if precision == "int8" else linear)
        # Released weights have 4 or 8 bits, and bf16 rounds them more: half precision costs nothing that can be seen.
        ov.save_model(model, aside / "graph.xml", compress_to_fp16=True)

    if not graph.is_dir():
        kind = name.partition("-")[0]
        step(f"building the {kind.replace('_', ' ')}")
        prune(kind)
    publish(graph, write)
    compiled_folder = cache_folder() / "compiled" / graph.name
    # Weights are mapped from the built graph; with them in the compiled form too, the cache would be twice as big.
    options = {"CACHE_MODE": "OPTIMIZE_SIZE", **runtime_settings(precision, *settings)}
    try:
        compiled = _compiled(core, graph / "graph.xml", options, compiled_folder)
        return Compiled(Requests(compiled, settings[0], graph / "graph.bin"), precision)
    except (RuntimeError, MemoryError, OSError, ValueError) as error:
        raise EncoderError(
            f"{graph}: cannot load the compiled model: {error}; if memory is short, free some; if a file is damaged, "
            f"remove {graph} and {folder}, which are written again, and try again"
        ) from error


def runtime_settings(precision: str, streams: int, threads: int | None = None) -> dict[str, str]:
    """Return the settings of OpenVINO for one run at a time by all cores, or for ``streams`` of a core each.

    With ``threads``, for a process beside others like it: they must not all hold on to the first cores.

    >>> runtime_settings("f32", 1, 1)["INFERENCE_NUM_THREADS"]
    '1'
    """
    alone = {"PERFORMANCE_HINT": "LATENCY"}
    if threads is not None:
        alone |= {"INFERENCE_NUM_THREADS": str(threads), "ENABLE_CPU_PINNING": "NO"}
    many = {"NUM_STREAMS": str(streams), "INFERENCE_NUM_THREADS": str(streams)}
    hint = half_precision(ov.Core()) if precision == "int8" else precision  # for all that is no product of bytes
    return {"INFERENCE_PRECISION_HINT": hint, **(many if streams > 1 else alone)}


def bulk_streams() -> int:
    """Return how many streams suit a great many texts: a core each, which then never wait for one another.

    Each takes memory for the texts that it runs, so that there are at most four.
    """
    return min(usable_cores(), 4)


def _compiled(core: ov.Core, graph: Path, settings: Mapping[str, str], cache: Path) -> ov.CompiledModel:
    """Compile a graph, or take what it became before from ``cache``, where there is a cache that can be used.

    Whoever may read the graph may read that too: OpenVINO keeps it from other users, for whom a home may have been
    made. A home that cannot be written is one to read from, and no error.
    """
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
    writable = os.access(cache, os.W_OK)
    if writable or any(os.access(blob, os.R_OK) for blob in cache.glob("*.blob")):
        try:
            compiled = core.compile_model(str(graph), "CPU", {**settings, "CACHE_DIR": str(cache)})
        except RuntimeError:
            if writable and cache.is_dir():
                raise
        else:
            for blob in cache.glob("*.blob"):
                with suppress(OSError):  # another user's
                    blob.chmod(stat.S_IMODE(graph.stat().st_mode))
            return compiled
    return core.compile_model(str(graph), "CPU", dict(settings))


def prune(kind: str) -> None:
    """Remove the graphs of a kind (``encoder``, ``reader``) that have not been the last ones, with what they became.

    Each version of the weights leaves 100 to 200 MB. Several stay, for versions that are used side by side.
    """
    for blob in (cache_folder() / "compiled").glob("*.blob"):  # as versions before kept them, of any graph
        with suppress(OSError):
            blob.unlink()
    ours = re.compile(rf"{kind}-[0-9a-f-]+-(?:int8|bf16|f32)-[0-9]+")
    graphs = [path for path in (cache_folder() / "graphs").glob(f"{kind}-*") if ours.fullmatch(path.name)]
    for graph in sorted(graphs, key=_age)[_KEPT_GRAPHS - 1 :]:
        for folder in (graph, cache_folder() / "compiled" / graph.name):
            shutil.rmtree(folder, ignore_errors=True)


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:  # another process was faster
        return 0.0
