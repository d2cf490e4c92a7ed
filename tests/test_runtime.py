"""How inputs of a runtime are grouped, and which compiled graphs stay."""

import locale
import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.home import DEFAULT_ENCODER, E5
from embeddings.inference import ov
from embeddings.openvino_encoder import OpenVinoEncoder
from embeddings.packed import PackedWords
from embeddings.runtime import Requests, Runtime, _compiled, group_by_length, prune
from qa.service import load_models, load_only_encoder


@given(st.lists(st.integers(1, 512), max_size=60))
def test_groups_hold_every_text_once_with_little_padding(lengths: list[int]) -> None:
    found = list(group_by_length(lengths))
    assert sorted(number for group in found for number in group) == list(range(len(lengths)))
    for group in found:
        longest = max(lengths[number] for number in group)
        assert sum(longest - lengths[number] for number in group) <= 48
        assert len(group) * longest <= 2048


class Compiled:
    """A graph whose runs give the lengths of their texts, each once another runs beside it; notes what it did."""

    def __init__(self) -> None:
        self.did, self.beside = list[str](), Barrier(2, timeout=30)

    def create_infer_request(self) -> "Compiled":
        self.did.append("made")
        return self

    def infer(self, inputs: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        self.did.append("ran")
        self.beside.wait()
        return [inputs[1].sum(axis=1, keepdims=True)]


def test_two_streams_run_at_the_same_time_and_none_waits_for_another_to_begin() -> None:
    compiled = Compiled()
    runtime = Runtime(Requests(cast(ov.CompiledModel, compiled), 2), PackedWords(np.zeros((10, 18), np.uint8)), "f32")
    lengths = [400, 7, 390, 8, 200, 7, 100, 450, 300]
    found = runtime.run([[1] * length for length in lengths])
    assert [output.tolist() for output in found] == [[length] for length in lengths]
    assert compiled.did == ["made"] * 2 + ["ran"] * 6
    assert runtime.run([]) == []


@pytest.mark.usefixtures("models")
def test_streams_give_what_each_group_alone_does() -> None:
    encoder = load_only_encoder(E5)
    assert isinstance(encoder, OpenVinoEncoder)
    compiled = encoder.runtime.requests.compiled
    bulk, alone = (replace(encoder.runtime, requests=Requests(compiled, n)) for n in (2, 1))
    texts = [[0, *range(10, 10 + length), 2] for length in (300, 3, 310, 40, 290, 4, 120, 41, 300, 200, 119, 5)]
    groups = list(group_by_length([len(text) for text in texts], most=1024))
    expected = {
        number: output
        for group in groups
        for number, output in zip(group, alone.run([texts[n] for n in group]), strict=True)
    }
    assert len(groups) > 4
    for number, output in enumerate(bulk.run(texts)):
        assert output.tobytes() == expected[number].tobytes()


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
