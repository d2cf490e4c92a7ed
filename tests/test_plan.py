"""``gazette plan``: what many passages take, from what few took."""

from dataclasses import replace
from pathlib import Path

import pytest

from qa.bench.plan import ONE_MACHINE, Measured, duration, lines, measure, plan, size, to_record, vector_bytes
from qa.cli import run
from qa.config import local_folder
from qa.store import read_manifest
from tests.api_service import ARCHIVE, archive_service

MEASURED = Measured(
    passages=1000,
    dimension=384,
    original_bytes=1300.0,
    archive_bytes=5300.0,
    lexical_bytes=1200.0,
    tokens=150.0,
    encoded_per_second=50.0,
)


def test_what_is_measured_is_that_of_the_index(tmp_path: Path) -> None:
    with archive_service(tmp_path) as service:
        found = measure(service, rate=50.0)
        parts = read_manifest(local_folder(service.settings.index)).parts
    chunks = found.passages
    assert chunks >= len(ARCHIVE)
    assert found.original_bytes * chunks == pytest.approx(sum(len(text.encode()) for text in ARCHIVE.values()))
    stored = {name: part.size for name, part in parts.items() if not name.startswith("vectors")}
    assert (found.archive_bytes + found.lexical_bytes) * chunks == pytest.approx(sum(stored.values()))
    assert found.archive_bytes * chunks == pytest.approx(stored["archive-000001.sqlite"])
    assert (found.dimension, found.encoded_per_second) == (64, 50.0)
    assert 5 < found.tokens < 100


def test_one_machine_has_everything_and_a_cluster_divides_it() -> None:
    one = plan(ONE_MACHINE, MEASURED, node_bytes=64e9)
    assert (one.nodes, one.copies, one.passages_of_node) == (1, 1, ONE_MACHINE)
    assert one.embedded == pytest.approx(ONE_MACHINE * (5300 + 1200 + 68 + 1536 * 3162 / ONE_MACHINE))
    many = plan(1_000_000_000, MEASURED, node_bytes=64e9, copies=2, encoders=10)
    assert many.vectors_exact == pytest.approx(1.536e12)
    assert many.postings_in_memory == pytest.approx(1.2e12)
    assert many.originals == pytest.approx(1.3e12)
    assert many.passages_of_node == pytest.approx(0.6 * 64e9 / (68.05 + 1200), rel=1e-3)
    assert many.nodes == 2 * 34  # 1.27 TB in memory, over 38.4 GB of each node, on two nodes each
    assert many.encode_seconds == pytest.approx(2e6)
    more_memory = plan(1_000_000_000, MEASURED, node_bytes=128e9, copies=2)
    assert more_memory.nodes == 34


def test_a_vector_takes_what_was_measured() -> None:
    assert vector_bytes(60_000, 384) == pytest.approx(73.93, abs=0.5)
    assert vector_bytes(50_000, 384) == 1544
    assert vector_bytes(10**9, 384) == pytest.approx(68.05, abs=0.01)


def test_each_line_says_where_its_figures_are_from() -> None:
    for passages in (1000, 10**9):
        found = plan(passages, MEASURED, node_bytes=64e9, encoders=2)
        said = list(lines(found, MEASURED, encoders=2))
        assert [line.split()[0] for line in said] == [
            "passages",
            "vectors",
            "lexical",
            "originals",
            "machines",
            "encoding",
            "indexing",
        ]
        assert all("measured" in line or "computed" in line or "passages/s" in line for line in said)
    assert "68 nodes, 34 shards" in said[4]
    assert "on each of 2 machines" in said[5]


def test_as_json_it_is_what_was_measured_and_what_follows() -> None:
    record = to_record(plan(10, MEASURED, node_bytes=64e9), MEASURED)
    assert record["measured"] == {"passages": 1000, "dimension": 384, **_figures()}
    slower = plan(10, replace(MEASURED, encoded_per_second=25.0), node_bytes=64e9)
    assert slower.encode_seconds == pytest.approx(0.4)


def _figures() -> dict[str, float]:
    return {
        "original_bytes": 1300.0,
        "archive_bytes": 5300.0,
        "lexical_bytes": 1200.0,
        "tokens": 150.0,
        "encoded_per_second": 50.0,
    }


def test_sizes_and_times_are_for_people() -> None:
    assert [size(count) for count in (1e6, 9.94e9, 74e9, 1.54e12)] == ["1.0 MB", "9.9 GB", "74 GB", "1.5 TB"]
    assert [duration(seconds) for seconds in (90, 7200, 864000)] == ["1.5 minutes", "2.0 hours", "10.0 days"]


@pytest.mark.parametrize(
    "arguments", [["--passages", "0"], ["--passages", "ten"], [], ["--passages", "1", "--rate", "-1"]]
)
def test_what_cannot_be_planned_is_an_error(arguments: list[str]) -> None:
    assert run(["plan", *arguments]) == 2
