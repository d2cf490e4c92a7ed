"""Weights and tables in files: whole or not there, and what is none of ours is told by its name."""

import errno
import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from qa.errors import InputError, SourceError
from qa.train.data import load_set
from qa.train.files import write_whole
from qa.train.gpu.results import read_state, write_state
from qa.train.reader import starting_weights, write_mean
from qa.train.saved import load, load_weights, save


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    save({"a": torch.tensor([1.0, 2.0])}, tmp_path / "new" / "reader.pt")
    assert load_weights(tmp_path / "new" / "reader.pt")["a"].tolist() == [1.0, 2.0]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["reader.pt"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "reader.pt"
    write_whole(file, b"before")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(file))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save({"a": torch.zeros(3)}, file)
    assert file.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["reader.pt"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x80\x02garbage.", b"text", bytes(300)])
def test_what_is_no_file_of_weights_is_named(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "mine.pt"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.pt: not a file of weights"):
        load(file)
    with pytest.raises(InputError, match=r"mine\.pt: not a file of weights"):
        write_mean([file], tmp_path / "mean.pt")
    (tmp_path / "mine.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"mine\.safetensors: not the weights of a released reader"):
        write_mean([tmp_path / "mine.safetensors"], tmp_path / "mean.pt")


def test_half_of_a_file_of_weights_is_named(tmp_path: Path) -> None:
    save({"a": torch.zeros(1000)}, tmp_path / "reader.pt")
    whole = (tmp_path / "reader.pt").read_bytes()
    (tmp_path / "reader.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"reader\.pt: not a file of weights, or not all of it"):
        load_weights(tmp_path / "reader.pt")


def test_a_checkpoint_is_not_taken_for_weights(tmp_path: Path) -> None:
    save({"model": {"a": torch.zeros(1)}, "step": 3}, tmp_path / "checkpoint.pt")
    with pytest.raises(InputError, match=r"checkpoint\.pt: not the weights of a reader"):
        load_weights(tmp_path / "checkpoint.pt")


def test_there_is_no_mean_of_two_models(tmp_path: Path) -> None:
    save({"a": torch.zeros(3)}, tmp_path / "one.pt")
    save({"a": torch.zeros(4)}, tmp_path / "other.pt")
    with pytest.raises(InputError, match=r"other\.pt: weights of another model than those of .*one\.pt"):
        write_mean([tmp_path / "one.pt", tmp_path / "other.pt"], tmp_path / "mean.pt")
    assert not (tmp_path / "mean.pt").exists()


def test_a_start_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.safetensors: cannot be read \(No such file or directory\); .*--start"):
        starting_weights("ab" * 32, tmp_path / "none.safetensors")


def test_half_of_a_part_of_a_run_is_named(tmp_path: Path) -> None:
    write_state({"a.weight": torch.ones(300, 4)}, tmp_path, "mean")
    part = tmp_path / "mean-1.npz"
    assert np.allclose(read_state(tmp_path, "mean")["a.weight"], 1.0)
    part.write_bytes(part.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"mean-1\.npz: not a part of a run's weights"):
        read_state(tmp_path, "mean")


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b'{"id": 1}\n' * 500)[:-12],
        gzip.compress(b"{}")[:10] + b"\xff" * 40,
        gzip.compress(b"[1]\n"),
        gzip.compress(b'{"id":' + b"1" * 5000 + b"}"),
        gzip.compress(b"[" * 100_000),
    ],
    ids=["cut off", "damaged", "a list", "digits", "brackets"],
)
def test_a_set_that_is_none_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "mrc").mkdir()
    (tmp_path / "mrc" / "mine.jsonl.gz").write_bytes(content)
    with pytest.raises(SourceError, match=r"mine\.jsonl\.gz: cannot be read as a reading-comprehension set"):
        load_set(tmp_path, "mine")
