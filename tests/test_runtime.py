"""How inputs of a runtime are grouped, and which compiled graphs stay."""

import locale
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.home import DEFAULT_ENCODER
from embeddings.inference import ov
from embeddings.runtime import _compiled, group_by_length, prune
from qa.service import load_models


@given(st.lists(st.integers(1, 512), max_size=60))
def test_groups_hold_every_text_once_with_little_padding(lengths: list[int]) -> None:
    found = list(group_by_length(lengths))
    assert sorted(number for group in found for number in group) == list(range(len(lengths)))
    for group in found:
        longest = max(lengths[number] for number in group)
        assert sum(longest - lengths[number] for number in group) <= 48
        assert len(group) * longest <= 2048


def test_graphs_of_old_weights_go_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path))
    for age, name in enumerate(["reader-1a-f32-2", "reader-2b-f32-2", "reader-3c-bf16-2", "reader-4d-f32-2"]):
        for folder in (tmp_path / "graphs" / name, tmp_path / "compiled" / name):
            folder.mkdir(parents=True)
            os.utime(folder, (1_000_000 - age, 1_000_000 - age))
    others = ["graphs/reader-mine", "graphs/encoder-5e-f32-2", "compiled/mine", "index"]
    for name in others:
        (tmp_path / name).mkdir()
    (tmp_path / "compiled" / "0123.blob").write_bytes(b"flat, as it was before")
    (tmp_path / "compiled" / "mine" / "a.blob").write_bytes(b"mine")
    prune("reader")
    kept = ["reader-1a-f32-2", "reader-2b-f32-2", "reader-3c-bf16-2"]
    assert sorted(path.name for path in (tmp_path / "graphs").iterdir()) == sorted(
        [*kept, "reader-mine", "encoder-5e-f32-2"]
    )
    assert sorted(path.name for path in (tmp_path / "compiled").iterdir()) == sorted([*kept, "mine"])
    assert (tmp_path / "compiled" / "mine" / "a.blob").exists()
    assert all((tmp_path / name).is_dir() for name in others)


def test_loading_the_models_leaves_the_locale_as_it_is() -> None:
    before = locale.setlocale(locale.LC_ALL)
    load_models(DEFAULT_ENCODER)
    assert locale.setlocale(locale.LC_ALL) == before


@pytest.mark.usefixtures("models")
def test_who_may_read_a_graph_may_read_what_it_became(home: Path) -> None:
    blobs = list((home / "compiled").glob("*/*.blob"))
    assert len(blobs) >= 2
    for blob in blobs:
        graph = home / "graphs" / blob.parent.name / "graph.xml"
        assert stat.S_IMODE(blob.stat().st_mode) == stat.S_IMODE(graph.stat().st_mode)


@pytest.mark.usefixtures("models")
def test_a_home_that_cannot_be_written_is_read(home: Path, tmp_path: Path) -> None:
    graph = next((home / "graphs").glob("encoder-*")) / "graph.xml"
    (tmp_path / "file").touch()
    for cache in (tmp_path / "file", tmp_path / "file" / "compiled"):  # neither is a folder, nor can be one
        compiled = _compiled(ov.Core(), graph, {}, cache)
        assert len(compiled.inputs) == 2
    assert (tmp_path / "file").read_bytes() == b""
