"""What a run brings back: weights in parts that are small enough, and a log with a line for each report."""

import json
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from qa.errors import InputError
from qa.read.quantised import quantise, unquantise

PART_BYTES: Final = 15 * 2**20
MEAN: Final = "mean"
DISTILLED: Final = "distilled"
LOG: Final = "log.jsonl"
_STAMP: Final = "parts_and_time"


def write_state(state: Mapping[str, Tensor], folder: Path, name: str, *, part_bytes: int = PART_BYTES) -> None:
    """Write weights as ``NAME-1.npz`` and so on, in 8 bits as they are released; earlier ones are replaced."""
    arrays = quantise({key: value.float().cpu().numpy() for key, value in state.items()})
    parts: list[dict[str, NDArray[Any]]] = [{}]
    room = part_bytes
    for key, value in arrays.items():
        if parts[-1] and value.nbytes > room:
            parts.append({})
            room = part_bytes
        parts[-1][key] = value
        room -= value.nbytes
    stamp = np.array([len(parts), time.time_ns()])
    asides = [folder / f".{name}-{number}.npz" for number in range(1, len(parts) + 1)]
    for aside, part in zip(asides, parts, strict=True):
        np.savez(aside, **part, **{_STAMP: stamp})  # type: ignore[arg-type]
    for aside in asides:
        aside.replace(aside.with_name(aside.name.removeprefix(".")))


def read_state(folder: Path, name: str) -> dict[str, NDArray[np.float32]]:
    """Join what ``write_state`` wrote; ``InputError`` where a part is missing, unreadable or of another time."""
    files = [file for file in sorted(folder.glob(f"{name}-*.npz")) if re.fullmatch(rf"{name}-\d+\.npz", file.name)]
    arrays: dict[str, NDArray[Any]] = {}
    stamps = set()
    for file in files:
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as part:
                arrays |= dict(part)
            stamps.add(tuple(arrays.pop(_STAMP).tolist()))
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            raise InputError(f"{file}: not a part of a run's weights ({error})") from error
    if not files:
        raise InputError(f"{folder}: there is no {name}-1.npz: name the folder that a run wrote")
    if len(stamps) > 1 or len(files) != min(stamps)[0]:
        raise InputError(f"{folder}: the parts of {name} are not all of one time, or one is missing")
    return unquantise(arrays)


class Log:
    """Writes each report as a line of ``log.jsonl`` and of standard output."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / LOG
        self._begun = time.monotonic()

    def write(self, phase: str, **fields: object) -> None:
        """Add a line, with the seconds since the beginning."""
        seconds = round(time.monotonic() - self._begun, 1)
        line = json.dumps({"phase": phase, "seconds": seconds, **fields}, ensure_ascii=False) + "\n"
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line)
        sys.stdout.write(line)
        sys.stdout.flush()
