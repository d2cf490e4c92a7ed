"""What the tests share: a home of their own, so that nothing is read from or written to the user's; real models."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from embeddings.home import DEFAULT_ENCODER
from qa.cli import run
from qa.service import Models, load_models
from tests.page_browser import browser as browser
from tests.page_browser import visit as visit

os.environ["HF_HUB_OFFLINE"] = "1"
# How long an example takes says more about the machine than about the code.
settings.register_profile(
    "gazette", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gazette")

KEPT = ("GAZETTE_HOME", "GAZETTE_DATA", "GAZETTE_TEST_STORE", "GAZETTE_TEST_MILVUS_SERVER")
SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Point ``GAZETTE_HOME`` at a folder of this run, and clear the other settings."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAZETTE_HOME", str(folder))
        for name in [name for name in os.environ if name.startswith("GAZETTE_") and name not in KEPT]:
            patch.delenv(name, raising=False)
        yield folder


@pytest.fixture(scope="session")
def models(home: Path) -> Models:
    """Return the real models, as a question loads them; what is said of their first use was said."""
    return load_models(DEFAULT_ENCODER)


@pytest.fixture(scope="session")
def _starter(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("starter") / "index"
    assert run(["ingest", str(SEEDS), "--index", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def index(_starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of the starter page of the module's own, made by the command itself once for all modules."""
    return Path(shutil.copytree(_starter, tmp_path_factory.mktemp("own") / "index"))


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of training and measuring data, or skip."""
    chosen = os.environ.get("GAZETTE_DATA")
    folder = Path(chosen) if chosen else Path(__file__).parents[2] / "shared" / "data"
    if not (folder / "mrc").is_dir():
        pytest.skip(f"no reading-comprehension sets at {folder}: set GAZETTE_DATA")
    return folder
