"""The address of an index: a directory, or a store that says what it needs."""

from pathlib import Path

import pytest

from api.settings import ServerSettings
from qa.config import Settings, default_index, parse_address
from qa.errors import InputError

MILVUS = "milvus://localhost:19530/news"


@pytest.mark.parametrize("text", ["index", "/a/b c", "./x:y/z", "a/milvus:/b", "C:/index", r"C:\index", "报纸"])
def test_a_directory_is_itself(text: str) -> None:
    assert parse_address(text) == parse_address(Path(text)) == Path(text)


@pytest.mark.parametrize("address", [MILVUS, "MILVUS://localhost:19530/news", Path(MILVUS)])
def test_a_store_that_needs_an_extra_names_it(address: str | Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = r"milvus://localhost:19530/news: .* needs the extra \[milvus\].*; name a directory"
    with pytest.raises(InputError, match=expected):
        Settings.from_environment(index=address)
    with pytest.raises(InputError, match=expected):
        ServerSettings(index=address)  # type: ignore[arg-type]
    monkeypatch.setenv("GAZETTE_INDEX", str(address))
    with pytest.raises(InputError, match=expected):
        Settings.from_environment()


def test_any_other_kind_of_address_is_refused() -> None:
    with pytest.raises(InputError, match="s3://bucket/news: no store is of the kind 's3'; name a directory"):
        parse_address(Path("s3://bucket/news"))


def test_without_an_address_it_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GAZETTE_INDEX", raising=False)
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path))
    assert Settings.from_environment().index == default_index() == tmp_path / "index"
