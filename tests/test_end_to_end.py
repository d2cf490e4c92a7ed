"""The whole path with the real models on the real page: what the README promises."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings.home import DEFAULT_ENCODER, cache_folder
from qa.config import Settings
from qa.evaluate.gold import load_gold
from qa.evaluate.report import Report
from qa.evaluate.tasks import measure_archive
from qa.indexing import ingest
from qa.service import Models, Service, load_models, open_service
from tests.api_service import wait_until_ready
from tests.conftest import SEEDS

PAGE = next(SEEDS.glob("*.txt"))
ORIGINAL = PAGE.read_bytes().decode("utf-8")
VICE_MAYORS = ["李新建", "孙延文", "张武清"]

# Run in a new process: every way to a network raises, and so does importing torch.
ISOLATED = """
import builtins, socket, sys
def refused(*arguments, **keywords):
    raise AssertionError("the network was used")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refused
genuine = builtins.__import__
def watched(name, *arguments, **keywords):
    if name.split(".")[0] in ("torch", "transformers", "sentence_transformers"):
        raise AssertionError(f"{name} was imported")
    return genuine(name, *arguments, **keywords)
builtins.__import__ = watched
from qa.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def service(index: Path, models: Models) -> Iterator[Service]:
    with open_service(Settings(index), models) as opened:
        yield opened


@pytest.mark.parametrize("question", ["谁被任命为洛阳市人民政府副市长?", "Who was appointed vice mayor?"])
def test_every_item_of_a_list_each_cited_to_its_own_line(service: Service, question: str) -> None:
    answer = service.ask(question)
    assert [item.text for item in answer.items] == VICE_MAYORS
    lines = ORIGINAL.split("\n")
    for item in answer.items:
        quoted = [citation for citation in item.citations if citation.title == "洛阳市人大常委会任免名单"]
        assert quoted
        assert quoted[0].quote == lines[quoted[0].line_start - 1].rstrip()
        assert quoted[0].quote.startswith(f"{item.text}为洛阳市人民政府副市长")
        assert ORIGINAL[quoted[0].answer_start : quoted[0].answer_end] == item.text


PADDED = """# 县象棋赛结束

本报讯 县象棋赛昨日结束，糖厂工人步　青夺得冠军，亚军是教师吴　琪。裁判长由体委主任汪　源担任。
"""


@pytest.mark.parametrize(
    ("question", "answer", "printed", "line"),
    [
        ("县象棋赛冠军是谁?", "步青", "步　青", "糖厂工人步　青夺得冠军"),
        ("裁判长是谁?", "汪源", "汪　源", "体委主任汪　源担任"),
        ("步青在哪里工作?", "糖厂", "糖厂", "糖厂工人步　青夺得冠军"),
        ("汪源的职务是什么?", "体委主任", "体委主任", "裁判长由体委主任汪　源担任"),
    ],
)
@pytest.mark.parametrize("blank", ["\u3000", " "])
def test_names_padded_in_running_text_are_found_read_and_quoted_as_printed(
    models: Models, tmp_path: Path, blank: str, question: str, answer: str, printed: str, line: str
) -> None:
    text, printed, line = (one.replace("\u3000", blank) for one in (PADDED, printed, line))
    (tmp_path / "page.md").write_text(text, "utf-8")
    ingest([tmp_path / "page.md"], directory=tmp_path / "index", encoder=models.encoder)
    with open_service(Settings(tmp_path / "index"), models) as service:
        (item,) = service.ask(question).items
    assert item.text == answer
    (citation,) = item.citations
    assert text[citation.answer_start : citation.answer_end] == printed
    assert text[citation.start : citation.end] == citation.quote
    assert line in citation.quote


@pytest.mark.parametrize("said", ["Hello!", "谢谢您。", "您好，各位", "OK, got it, thanks"])
def test_a_greeting_is_answered_with_nothing(service: Service, said: str) -> None:
    answer = service.ask(said)
    assert (answer.answered, answer.items, answer.closest, answer.passages) == (False, (), None, ())


@pytest.fixture(scope="module")
def report(service: Service) -> Report:
    gold = SEEDS / "gold.jsonl"
    return measure_archive(load_gold(gold), service, gold=gold)


def test_the_gold_questions(report: Report) -> None:
    assert [row.id for row in report.rows if row.scores.get("success@5") == 0] == []
    assert (report.overall["item_f1"].value or 0) >= 0.85
    declined = [row for row in report.rows if not row.answerable and not row.answered]
    assert len(declined) >= 5


def test_every_citation_verifies(report: Report) -> None:
    assert not any(row.error for row in report.rows)
    assert report.overall["verbatim"].value == 1
    assert sum(len(row.predicted) for row in report.rows) > 30


def test_a_cold_start_uses_no_network_and_no_torch(tmp_path: Path) -> None:
    environment = {**os.environ, "GAZETTE_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "0"}
    command = [sys.executable, "-c", ISOLATED, "ask", "谁被任命为洛阳市人民政府副市长?", "--json"]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    answer = json.loads(finished.stdout)
    assert [item["text"] for item in answer["items"]] == VICE_MAYORS
    assert "starter archive" in finished.stderr
    steps = [line.removeprefix("first use: ") for line in finished.stderr.splitlines() if "first use" in line]
    encoders = [
        f"{done} the {encoder}" for encoder in ("encoder", "second encoder") for done in ("unpacking", "building")
    ]
    assert steps == [*encoders, "building the reader", "building the verifier"]
    made = ["arithmetic.json", "compiled", "graphs", "index", "models"]
    assert sorted(path.name for path in (tmp_path / "home").iterdir()) == made


def test_the_same_answer_over_http(service: Service) -> None:
    question = "Who was appointed vice mayor?"
    with TestClient(
        create_app(lambda: open_service(service.settings, service.models)), base_url="http://localhost"
    ) as client:
        wait_until_ready(client)
        native = client.post("/api/ask", json={"question": question, "id": "1"}).json()
        assert client.get("/healthz").status_code == 200
        message = {"role": "user", "content": question}
        chat = client.post("/v1/chat/completions", json={"model": "gazette", "messages": [message]}).json()
    assert [item["text"] for item in native["items"]] == VICE_MAYORS
    for item in native["items"]:
        for citation in item["citations"]:
            assert ORIGINAL[citation["start"] : citation["end"]] == citation["quote"]
    content = chat["choices"][0]["message"]["content"]
    assert all(name in content for name in VICE_MAYORS)


def test_the_same_home_serves_later_runs(service: Service) -> None:
    before = {path: path.stat().st_mtime_ns for path in cache_folder().rglob("*") if path.is_file()}
    load_models(DEFAULT_ENCODER)
    assert {path: path.stat().st_mtime_ns for path in cache_folder().rglob("*") if path.is_file()} == before
