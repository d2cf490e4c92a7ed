"""Questions that are offered: only those that the archive answers, and no more of them made than are asked."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from qa.question.made import Made
from tests.api_service import archive_service, running

DEPUTY = "谁为甲市副市长？"
AT = len("# ")
"""Where the article begins in its document."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("archive")
    with running(lambda: archive_service(folder)) as running_client:
        yield running_client


def document_named(client: TestClient, name: str) -> str:
    found = client.get("/api/documents").json()["documents"]
    return next(str(each["id"]) for each in found if each["source"].endswith(name))


def offered(client: TestClient, **asked: str | int) -> list[str]:
    return list(client.get("/api/suggestions", params=asked).json()["questions"])


def test_what_several_sentences_ask_is_offered_once(client: TestClient) -> None:
    document_id = document_named(client, "任免.txt")
    assert offered(client, document_id=document_id, start=AT) == [DEPUTY]
    assert offered(client, document_id=document_id, start=AT, **{"not": DEPUTY}) == []
    assert client.get("/api/suggestions", params={"document_id": "none"}).status_code == 404


def test_no_more_is_made_than_is_asked(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def questions_of(text: str) -> Iterator[Made]:
        read.append(text)
        yield Made("谁为甲市市长？", "zh", "person", ("王某",), text)
        if text == "甲市任免名单":
            yield Made(DEPUTY, "zh", "person", ("李新建",), text)
            raise AssertionError("more is made than is asked")

    monkeypatch.setattr("api.suggestions.questions_of", questions_of)
    # The first is not answered so; the article is not looked at where its title is enough.
    assert offered(client, document_id=document_named(client, "任免.txt"), start=AT, limit=1) == [DEPUTY]
    assert read == ["甲市任免名单"]


def test_nothing_is_made_of_what_corrects_another_article(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.suggestions.is_notice", lambda title: title == "甲市任免名单")
    # Asked otherwise than before: what was found is remembered.
    assert offered(client, document_id=document_named(client, "任免.txt"), start=AT, limit=3) == []
