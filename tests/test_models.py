import threading
from pathlib import Path

import pytest

from embeddings.bert import bert_name
from embeddings.errors import EncoderError
from embeddings.home import cache_folder
from embeddings.models import publish


def test_home_is_the_users_cache_unless_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("GAZETTE_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().name == "gazette"


def test_publishing_fills_a_folder_once(tmp_path: Path) -> None:
    calls: list[Path] = []

    def write(folder: Path) -> None:
        calls.append(folder)
        (folder / "sub").mkdir()
        (folder / "sub" / "a").write_text("1")

    target = tmp_path / "deep" / "model"
    publish(target, write)
    publish(target, write)
    assert len(calls) == 1
    assert [path.name for path in target.parent.iterdir()] == ["model"]
    assert (target / "sub" / "a").read_text() == "1"


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(tmp_path / "model", write)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(EncoderError, match=r"No space left on device; free some space there .* GAZETTE_HOME"):
        publish(tmp_path / "model", write)
    assert list(tmp_path.iterdir()) == []


def test_of_two_publishers_one_wins_whole(tmp_path: Path) -> None:
    both = threading.Barrier(2)

    def publisher(name: str) -> None:
        def write(folder: Path) -> None:
            (folder / "who").write_text(name)
            (folder / "what").write_text(name)
            both.wait(timeout=10)

        publish(tmp_path / "model", write)

    threads = [threading.Thread(target=publisher, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "model" / "who").read_text() == (tmp_path / "model" / "what").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_tensor_names_are_those_of_bert_model() -> None:
    assert bert_name("emb.pos") == "embeddings.position_embeddings.weight"
    assert bert_name("l0.aln.w") == "encoder.layer.0.attention.output.LayerNorm.weight"
    assert bert_name("l11.q.b") == "encoder.layer.11.attention.self.query.bias"
