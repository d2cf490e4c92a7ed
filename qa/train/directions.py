"""``gazette train directions``: the directions in which the second encoder's vectors differ most.

Vectors of 512 components would make an index more than twice as big; 128 of the directions find as much.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as serialised

from embeddings.encoder import Vectors
from qa.train.data import Example, training_set
from qa.train.files import write_whole

SETS: Final = ("cmrc2018_train", "drcd_dev_test", "gazette_english", "gazette_authored_train", "written_english")
"""The sets whose questions and passages are looked at, both in both languages."""
COUNT: Final = 128


def texts_of(data: Path) -> list[str]:
    """Return the questions and passages, each once."""
    examples: list[Example] = [example for name in SETS for example in training_set(data, name)]
    return list(dict.fromkeys(text for example in examples for text in (example.question, example.context)))


def principal_directions(vectors: Vectors, count: int = COUNT) -> NDArray[np.float32]:
    """Return orthonormal columns, most of the vectors' length along the first. *Shape:* ``(dimension, count)``.

    >>> np.abs(principal_directions(np.array([[3, 0], [0, 1]], np.float32), 1)).ravel().tolist()
    [1.0, 0.0]
    """
    doubled = np.asarray(vectors, np.float64)
    _, directions = np.linalg.eigh(doubled.T @ doubled)  # ascending
    return np.ascontiguousarray(directions[:, ::-1][:, :count], np.float32)


def save_directions(directions: NDArray[np.float32], sets: Sequence[str], file: Path) -> None:
    """Write directions as ``embeddings.universal`` loads them, in half precision."""
    write_whole(file, serialised({"directions": directions.astype(np.float16)}, metadata={"sets": " ".join(sets)}))
