"""The program of a packed folder: one file that holds the modules it needs, so that nothing is installed for it."""

import zipfile
from pathlib import Path
from typing import Final

import qa

# What the program is made of. None of it may import anything but this, torch and numpy.
MODULES: Final = (
    "errors.py",
    "read/__init__.py",
    "read/decode.py",
    "read/quantised.py",
    "train/__init__.py",
    "train/batch.py",
    "train/losses.py",
    "train/precision.py",
    "train/recipe.py",
    *(f"train/gpu/{name}.py" for name in ("__init__", "__main__", "bert", "fit", "folder", "results", "scores")),
    "train/gpu/windows.py",
)


def write_program(file: Path) -> None:
    """Write the one file that trains: the modules, for ``python3 FILE``."""
    root = Path(qa.__file__).parent
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MODULES:
            archive.write(root / name, f"qa/{name}")
        archive.writestr("qa/__init__.py", "")  # without the way in for programs, which is not needed there
        archive.writestr("__main__.py", "from qa.train.gpu.__main__ import main\n\nmain()\n")
