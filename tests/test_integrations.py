"""The archive as a retriever of LangChain, LlamaIndex and Haystack, each against the real package where there is one.

Each runs in a process of its own: what a framework warns of when it is imported is not our affair.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.api_service import archive_service

COMMON = """
import json, sys
from typing import cast
import qa.service
from qa import Archive
from qa.service import Models
from tests.api_service import NameReader
from tests.fakes import FakeEncoder
qa.service.load_models = lambda name: Models(FakeEncoder(), NameReader())
archive = Archive(sys.argv[1])
"""
LANGCHAIN = """
from langchain_core.runnables import RunnableLambda
from qa.integrations.langchain import GazetteRetriever
retriever = GazetteRetriever(archive=archive, top_k=1)
(found,) = retriever.invoke("教育会议")
chain = GazetteRetriever(archive=archive, filters={"title": "任免"}) | RunnableLambda(lambda all: all[0].metadata)
print(json.dumps([found.id, found.page_content, found.metadata, chain.invoke("教育会议")["title"]]))
"""
LLAMA_INDEX = """
from qa.integrations.llama_index import GazetteRetriever
(found,) = GazetteRetriever(archive, top_k=1).retrieve("教育会议")
other = GazetteRetriever(archive, filters={"title": "任免"}).retrieve("教育会议")
assert found.score == found.metadata["score"]
print(json.dumps([found.node_id, found.get_content(), found.metadata, other[0].metadata["title"]]))
"""
HAYSTACK = """
from haystack import Pipeline
from qa.integrations.haystack import GazetteAnswerer, GazetteRetriever
pipeline = Pipeline()
pipeline.add_component("retriever", GazetteRetriever(archive, top_k=1))
pipeline.add_component("answerer", GazetteAnswerer(archive))
reply = pipeline.run({"retriever": {"query": "教育会议"}, "answerer": {"query": "谁被任命为甲市副市长?"}})
(found,) = reply["retriever"]["documents"]
other = GazetteRetriever(archive, filters={"title": "任免"}).run("教育会议")["documents"]
answers = reply["answerer"]["answers"]
assert [answer.data for answer in answers] == ["李新建", "孙延文"]
first = answers[0]
assert first.document.content[first.document_offset.start : first.document_offset.end] == "李新建"
assert GazetteAnswerer(archive).run("明日天气如何?")["answers"] == []
print(json.dumps([found.id, found.content, found.meta, other[0].meta["title"]]))
"""


@pytest.mark.parametrize(
    ("package", "code"),
    [("langchain_core", LANGCHAIN), ("llama_index", LLAMA_INDEX), ("haystack", HAYSTACK)],
)
def test_a_framework_finds_passages_with_their_places(package: str, code: str, tmp_path: Path) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed: extra integrations")
    archive_service(tmp_path).close()
    environment = {**os.environ, "HAYSTACK_TELEMETRY_ENABLED": "False", "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", COMMON + code, str(tmp_path / "index")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    identifier, text, metadata, filtered = json.loads(done.stdout.splitlines()[-1])
    check_passage(identifier, text, metadata)
    assert filtered == "甲市任免名单"


def check_passage(identifier: str, text: str, metadata: dict[str, Any]) -> None:
    assert text == "乙县会议\n记者 张三\n乙县教育会议昨日召开,王某某主持。"
    assert (metadata["title"], metadata["line"], metadata["chunk_id"]) == ("乙县会议", 1, identifier)
    assert (metadata["start"], metadata["end"], metadata["source"].rpartition("/")[2]) == (2, 32, "2021-10-14 会议.txt")
    assert "text" not in metadata
