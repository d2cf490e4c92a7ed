"""``python -m qa.train.unpack FOLDER --out reader.pt``: a GPU run's weights as ``gazette train release`` takes them."""

import argparse
import sys
from pathlib import Path

import torch

from qa.errors import InputError
from qa.train.gpu.results import DISTILLED, MEAN, read_state
from qa.train.saved import save


def unpack(folder: Path, target: Path, *, name: str | None = None) -> str:
    """Join the parts of ``name`` (the distilled weights where there are any) into ``target``; return the name.

    The names are those of ``qa.train.model.Reader.trained_state``. Raises ``InputError`` where parts are missing.
    """
    chosen = name or (DISTILLED if (folder / f"{DISTILLED}-1.npz").is_file() else MEAN)
    state = {key: torch.from_numpy(value) for key, value in read_state(folder, chosen).items()}
    save(state, target)
    return chosen


def main() -> None:
    """Run the command line; exit 2 where the weights cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m qa.train.unpack", description=__doc__)
    parser.add_argument("folder", type=Path, help="what the run wrote")
    parser.add_argument("--out", type=Path, required=True, help="where to write the weights (.pt)")
    parser.add_argument("--weights", choices=[MEAN, DISTILLED], help="instead of the last that there are")
    given = parser.parse_args()
    try:
        chosen = unpack(given.folder, given.out, name=given.weights)
    except (InputError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
    sys.stdout.write(f"{given.out}: {chosen} weights\n")


if __name__ == "__main__":
    main()
