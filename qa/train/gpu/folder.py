"""What a packed folder holds: the plan, the weights to begin with, and windows to train on and to score."""

import io
import json
import lzma
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray

from qa.errors import InputError
from qa.read.quantised import quantise, unquantise
from qa.train.gpu.bert import GpuReader, Sizes
from qa.train.gpu.windows import Marks, Windows
from qa.train.recipe import Gpu, Training

PLAN: Final = "plan.json"
WEIGHTS: Final = "weights.npz.xz"
WORDS: Final = "words.npz.xz"
TRAIN: Final = "train.npz.xz"
DEV: Final = "dev.npz.xz"
PROGRAM: Final = "run.pyz"


@dataclass(frozen=True, slots=True)
class Plan:
    """The recipe as it is followed here.

    ``stages`` are the stages' shares of all examples. Group ``epoch * len(stages) + stage`` of the windows to train on
    is an epoch of a stage; groups of the others are questions, and ``dev`` are the sets with the number of the question
    after each one's last.
    """

    seed: int
    training: Training
    gpu: Gpu
    sizes: Sizes
    marks: Marks
    stages: tuple[float, ...]
    epochs: int
    dev: tuple[tuple[str, int], ...]

    def groups(self, stage: int) -> range:
        """Return the groups of a stage, one for each epoch of it that was packed."""
        return range(stage, self.epochs * len(self.stages), len(self.stages))

    def text(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Parse what ``text`` returns."""
        data = json.loads(text)
        kinds = {"training": Training, "gpu": Gpu, "sizes": Sizes, "marks": Marks}
        parts = {name: kind(**data.pop(name)) for name, kind in kinds.items()}
        stages, dev = tuple(data.pop("stages")), tuple((name, end) for name, end in data.pop("dev"))
        return cls(**data, **parts, stages=stages, dev=dev)


def compressed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as the bytes of one compressed file."""
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return lzma.compress(stream.getvalue())


def read_arrays(file: Path) -> dict[str, NDArray[Any]]:
    """Read what ``compressed`` made; ``InputError`` where it cannot be read."""
    try:
        with np.load(io.BytesIO(lzma.decompress(file.read_bytes())), allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, ValueError, lzma.LZMAError) as error:
        raise InputError(f"{file}: cannot be read ({error}); pack the folder again") from error


def read_plan(folder: Path) -> Plan:
    """Read the plan; ``InputError`` where there is none."""
    try:
        return Plan.from_text((folder / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{folder}: not a folder that qa.train.pack wrote ({error})") from error


def read_windows(file: Path) -> Windows:
    """Read windows; ``InputError`` where they cannot be read."""
    try:
        return Windows(**read_arrays(file))
    except TypeError as error:
        raise InputError(f"{file}: not windows of this version ({error}); pack the folder again") from error


def weight_bytes(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Return weights as the bytes of their file: matrices in 8 bits."""
    return compressed(quantise(weights))


def read_reader(folder: Path, sizes: Sizes, *, dropout: float) -> GpuReader:
    """Return the reader to begin with; ``InputError`` where its weights cannot be read."""
    model = GpuReader(sizes, dropout=dropout)
    weights = unquantise(read_arrays(folder / WEIGHTS) | read_arrays(folder / WORDS))
    try:
        model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    except RuntimeError as error:
        raise InputError(f"{folder / WEIGHTS}: weights of another model ({error})") from error
    return model
