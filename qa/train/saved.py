"""Weights in files: written whole or not at all, and read with errors that name the file."""

import io
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from qa.errors import InputError
from qa.train.files import write_whole


def save(state: Mapping[str, Any], file: Path) -> None:
    """Write what ``torch.save`` does; raises ``OSError``, not what torch makes of it."""
    stream = io.BytesIO()
    torch.save(state, stream)
    write_whole(file, stream.getbuffer())


def load(file: Path) -> dict[str, Any]:
    """Read what ``save`` wrote, and run nothing that is in it; ``InputError`` if that cannot be."""
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror or error})") from error
    except (EOFError, RuntimeError, ValueError, KeyError, IndexError, UnpicklingError) as error:
        # What torch advises, to load it as a program, is the last thing to do with a file that it cannot make sense of.
        raise InputError(f"{file}: not a file of weights, or not all of it") from error
    if not isinstance(state, dict):
        raise InputError(f"{file}: holds no weights by name")
    return state


def load_weights(file: Path) -> dict[str, Tensor]:
    """Read tensors by name; ``InputError`` for anything else, such as a checkpoint."""
    state = load(file)
    if not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f"{file}: not the weights of a reader; a run writes these as reader.pt")
    return state
