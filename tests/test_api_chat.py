"""``/api/chat``: turns, their citations' ids, events, and what becomes of old conversations."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.sessions import MOST_TURNS, Sessions
from api.settings import ServerSettings
from qa.chat import Exchange, Turn
from qa.types import Filters
from tests.api_service import ANSWERED, DECLINED, PlainService, running

TURN = Turn("谁?", "谁?", ANSWERED)


def understand(question: str, turns: Sequence[Exchange]) -> str:
    return f"{turns[-1].items[0]}{question}" if turns and turns[-1].items else question


@pytest.fixture
def service() -> PlainService:
    return PlainService()


@pytest.fixture
def client(service: PlainService) -> Iterator[TestClient]:
    with running(service, understand=understand) as client:
        yield client


def chat(client: TestClient, question: str, **more: object) -> dict[str, Any]:
    reply = client.post("/api/chat", json={"question": question, **more})
    assert reply.status_code == 200
    body: dict[str, Any] = reply.json()
    return body


def events(text: str) -> list[tuple[str, Any]]:
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def test_a_follow_up_is_understood_from_the_turns_before(client: TestClient, service: PlainService) -> None:
    first = chat(client, "谁被任命?", top_k=3)
    second = chat(client, "何时?", session_id=first["session_id"])
    assert second["session_id"] == first["session_id"]
    assert [(turn["turn"], turn["question"], turn["understood"]) for turn in (first, second)] == [
        (1, "谁被任命?", "谁被任命?"),
        (2, "何时?", "李新建何时?"),
    ]
    assert [(question, top_k) for question, _, top_k in service.asked] == [("谁被任命?", 3), ("李新建何时?", None)]


def test_a_follow_up_that_finds_nothing_is_put_to_the_article_of_the_last_answer(
    client: TestClient, service: PlainService
) -> None:
    """As it was typed, and unless the request has filters, which that article may not pass; events tell it once."""
    for body in ({}, {"stream": True}):
        service.answer = ANSWERED
        first = chat(client, "谁被任命?")
        service.answer = DECLINED
        service.asked.clear()
        reply = client.post("/api/chat", json={"question": "何时?", "session_id": first["session_id"], **body})
        assert reply.status_code == 200
        assert [question for question, *_ in service.asked] == ["李新建何时?", "何时?"]
        (place,) = {(each.source, each.title) for item in ANSWERED.items for each in item.citations}
        assert service.filters == Filters(source=place[0], title=place[1])
    assert [data["stage"] for name, data in events(reply.text) if name == "status"] == ["understood", "retrieved"]
    service.answer = ANSWERED
    first = chat(client, "谁被任命?")
    service.answer = DECLINED
    service.asked.clear()
    chat(client, "何时?", session_id=first["session_id"], title="任免")
    assert [question for question, *_ in service.asked] == ["李新建何时?"]


@pytest.mark.parametrize("more", ["还有谁?", "Who else?"])
def test_who_asks_for_more_is_not_told_again(client: TestClient, service: PlainService, more: str) -> None:
    one = replace(ANSWERED, items=ANSWERED.items[:1])
    service.answer = one
    first = chat(client, "谁被任命?")
    service.answer = ANSWERED
    second = chat(client, more, session_id=first["session_id"])
    third = chat(client, more, session_id=first["session_id"])
    told = [[item["text"] for item in turn["answer"]["items"]] for turn in (first, second, third)]
    assert told == [["李新建"], ["孙延文"], []]
    assert [turn["answer"]["answered"] for turn in (second, third)] == [True, False]


def test_every_citation_has_an_id_of_its_own(client: TestClient) -> None:
    first = chat(client, "谁被任命?")
    second = chat(client, "何时?", session_id=first["session_id"])
    identifiers = [
        citation["citation_id"]
        for turn in (first, second)
        for item in turn["answer"]["items"]
        for citation in item["citations"]
    ]
    assert identifiers == ["1-1-1", "1-2-1", "2-1-1", "2-2-1"]


def test_the_turns_are_kept_until_they_are_forgotten(client: TestClient) -> None:
    first = chat(client, "谁被任命?")
    path = f"/api/chat/{first.pop('session_id')}"
    assert client.get(path).json()["turns"] == [first]
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == client.delete(path).status_code == 404


@pytest.mark.parametrize("identifier", ["none", "", "../x", "x" * 100])
def test_an_unknown_conversation_begins_anew_under_another_id(client: TestClient, identifier: str) -> None:
    reply = chat(client, "谁被任命?", session_id=identifier)
    assert reply["turn"] == 1
    assert len(reply["session_id"]) >= 20
    assert reply["session_id"] != identifier


def test_a_stream_tells_the_stages_and_then_the_turn(client: TestClient) -> None:
    first = chat(client, "谁被任命?")
    body = {"question": "何时?", "session_id": first["session_id"], "stream": True}
    reply = client.post("/api/chat", json=body)
    assert reply.headers["content-type"].startswith("text/event-stream")
    *stages, answer, done = events(reply.text)
    assert stages == [
        ("status", {"stage": "understood", "understood": "李新建何时?"}),
        ("status", {"stage": "retrieved", "passages": 0}),
    ]
    assert (answer[0], done) == ("answer", ("done", {}))
    assert client.get(f"/api/chat/{first['session_id']}").json()["turns"][1] == {
        name: value for name, value in answer[1].items() if name != "session_id"
    }


def test_a_stream_that_breaks_off_says_so_and_keeps_no_turn(client: TestClient, service: PlainService) -> None:
    first = chat(client, "谁被任命?")
    service.fails_after_retrieval = RuntimeError("secret")
    body = {"question": "何时?", "session_id": first["session_id"], "stream": True}
    name, problem = events(client.post("/api/chat", json=body).text)[-1]
    assert (name, problem["status"], problem["title"]) == ("error", 500, "Internal Server Error")
    assert "secret" not in str(problem)
    assert len(client.get(f"/api/chat/{first['session_id']}").json()["turns"]) == 1


def test_an_abstention_is_a_turn(client: TestClient, service: PlainService) -> None:
    service.answer = DECLINED
    assert chat(client, "何时开工?")["answer"]["answered"] is False


def test_only_the_latest_turns_of_one_are_kept() -> None:
    sessions = Sessions(10, 60)
    session = sessions.resume(None, None)
    assert [sessions.add(session, TURN) for _ in range(MOST_TURNS + 3)] == list(range(1, MOST_TURNS + 4))
    assert [number for number, _ in session.numbered] == list(range(4, MOST_TURNS + 4))


def test_the_one_least_recently_used_goes_first() -> None:
    sessions = Sessions(2, 60)
    first, second, third = (sessions.resume(None, None) for _ in range(3))
    for session in (first, second):
        sessions.add(session, TURN)
    sessions.add(sessions.resume(first.id, None), TURN)
    sessions.add(third, TURN)
    assert [sessions.find(session.id, None) is not None for session in (first, second, third)] == [True, False, True]
    assert len(sessions) == 2


def test_one_that_nobody_went_on_with_is_over() -> None:
    sessions = Sessions(2, 0.000001)
    session = sessions.resume(None, None)
    sessions.add(session, TURN)
    assert sessions.find(session.id, None) is None


def test_a_question_past_the_limit_is_a_problem(client: TestClient) -> None:
    assert client.post("/api/chat", json={"question": "x" * 1001}).status_code == 422
    assert client.post("/api/chat", json={"question": "x" * 1001, "stream": True}).status_code == 422
    assert client.post("/api/chat", json={"question": "谁?", "session_id": "x" * 101}).status_code == 422


def test_settings_bound_what_is_kept(service: PlainService) -> None:
    with running(service, ServerSettings(sessions=1)) as client:
        first, second = (chat(client, "谁?")["session_id"] for _ in range(2))
        assert [client.get(f"/api/chat/{each}").status_code for each in (first, second)] == [404, 200]
