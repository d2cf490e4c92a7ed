"""The address of an index: a directory, or a store that says what it needs."""

from dataclasses import replace
from pathlib import Path

import pytest

from api.settings import ServerSettings
from qa.addresses import MilvusAddress, parse_address
from qa.config import Settings, default_index
from qa.errors import InputError

MILVUS = "milvus://localhost:19530/news"


@pytest.mark.parametrize("text", ["index", "/a/b c", "./x:y/z", "a/milvus:/b", "C:/index", r"C:\index", "报纸"])
def test_a_directory_is_itself(text: str) -> None:
    assert parse_address(text) == parse_address(Path(text)) == Path(text)


@pytest.mark.parametrize("address", [MILVUS, "MILVUS://localhost:19530/news", Path(MILVUS)])
def test_a_store_that_needs_an_extra_names_it(address: str | Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.addresses.find_spec", lambda name: None)
    expected = r"milvus://localhost:19530/news: .* needs the extra \[milvus\]: .*; or name a directory"
    with pytest.raises(InputError, match=expected):
        Settings.from_environment(index=address)
    with pytest.raises(InputError, match=expected):
        ServerSettings(index=address)  # type: ignore[arg-type]
    monkeypatch.setenv("GAZETTE_INDEX", str(address))
    with pytest.raises(InputError, match=expected):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MILVUS, MilvusAddress("localhost", 19530, "news")),
        (Path(MILVUS), MilvusAddress("localhost", 19530, "news")),
        ("milvus://db/news?sparse=no", MilvusAddress("db", 19530, "news", sparse=False)),
        ("milvus+tls://[::1]:443/n_1", MilvusAddress("::1", 443, "n_1", secure=True)),
        ("milvus://db/news?objects=s3://bucket/a%20b", MilvusAddress("db", 19530, "news", objects="s3://bucket/a b")),
    ],
)
def test_an_address_of_a_collection_is_read(
    text: str | Path, expected: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.addresses.find_spec", lambda name: object())
    monkeypatch.delenv("GAZETTE_OBJECTS", raising=False)
    assert Settings.from_environment(index=text).index == expected
    assert ServerSettings(index=text).index == expected  # type: ignore[arg-type]
    assert parse_address(str(expected)) == replace(expected, objects=None)
    monkeypatch.setenv("GAZETTE_OBJECTS", "/srv/objects")
    assert parse_address(text) == replace(expected, objects=expected.objects or "/srv/objects")


@pytest.mark.parametrize(
    "text",
    ["milvus://db", "milvus://db/", "milvus://db/a-b", "milvus://db/a/b", "milvus://db:x/a", "milvus://user:secret@db/a",
     "milvus://db/a?sparse=perhaps", "milvus://db/a?colour=red", "milvus:///a", "milvus://db/a?x"],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.addresses.find_spec", lambda name: object())
    with pytest.raises(InputError, match=r"^milvus:"):
        parse_address(text)


def test_any_other_kind_of_address_is_refused() -> None:
    with pytest.raises(InputError, match="s3://bucket/news: no store is of the kind 's3'; name a directory"):
        parse_address(Path("s3://bucket/news"))


def test_without_an_address_it_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GAZETTE_INDEX", raising=False)
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path))
    assert Settings.from_environment().index == default_index() == tmp_path / "index"
