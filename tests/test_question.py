"""The question stage: what is searched for and read, the same for every way in."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import QuestionError
from qa.question import asked_number, prepare
from qa.question.script import _leaning, _traditional, in_script_of
from qa.service import Service
from qa.text.folding import simplified
from qa.text.script import language
from qa.types import Filters, Passage
from tests.api_service import archive_service, running
from tests.fakes import FakeEncoder

ASKED = "What post did Sun Yanwen get?"
SEARCHED = "What post did Sun Yanwen (孙延文) get?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with archive_service(tmp_path_factory.mktemp("archive")) as service:
        yield service


def test_a_query_has_the_names_that_passages_print_and_the_vector_of_what_is_searched(service: Service) -> None:
    encoder = FakeEncoder()
    query = prepare(f" {ASKED}\n", index=service.opened, encoder=encoder)
    assert (query.asked, query.searched) == (ASKED, SEARCHED)
    np.testing.assert_array_equal(query.vector, encoder.encode([SEARCHED], "query")[0])


def test_a_question_without_names_is_searched_as_it_was_asked(service: Service) -> None:
    encoder = FakeEncoder()
    query = prepare("谁为甲市副市长?", index=service.opened, encoder=encoder)
    assert query.asked == query.searched == "谁为甲市副市长?"
    assert encoder.encoded["query"] == ["谁为甲市副市长?"]


def test_names_are_looked_for_in_what_the_filters_leave(service: Service) -> None:
    query = prepare(ASKED, index=service.opened, encoder=FakeEncoder(), filters=Filters(date_from="2021-10-14"))
    assert query.searched == ASKED


@pytest.mark.parametrize("question", [ASKED, "Who is mayor of Luoyang?", "谁为甲市副市长?"])
def test_search_and_ask_rank_by_the_same_query(service: Service, question: str) -> None:
    encoder = service.models.encoder
    assert isinstance(encoder, FakeEncoder)
    encoder.encoded["query"].clear()
    ranked = service.ask(question, top_k=50).passages
    by_ask = encoder.encoded["query"].copy()
    encoder.encoded["query"].clear()
    found = tuple(map(Passage.of, service.search(question, top_k=50)))
    assert encoder.encoded["query"] == by_ask
    assert found == ranked
    assert len(found) > 1


def test_a_search_over_http_ranks_by_the_rewritten_query(tmp_path: Path) -> None:
    with running(lambda: archive_service(tmp_path)) as client:
        answer = client.post("/api/ask", json={"question": ASKED, "top_k": 50}).json()
        found = client.get("/api/search", params={"q": ASKED, "top_k": 50}).json()
    ranked = [(passage["chunk_id"], passage["score"]) for passage in answer["passages"]]
    assert [(passage["chunk_id"], passage["score"]) for passage in found["passages"]] == ranked


@pytest.mark.parametrize("query", ["", "?!", "x" * 1001])
def test_what_cannot_be_asked_cannot_be_searched_for(service: Service, query: str) -> None:
    with pytest.raises(QuestionError):
        service.search(query)


@pytest.mark.parametrize(
    ("question", "text", "searched"),
    [
        ("張偉被任命為什麼職務?", "会议任命张伟为副市长。", "张伟被任命为什么职务?"),
        ("張偉被任命爲什麼職務?", "会议任命张伟为副市长。", "张伟被任命为什么职务?"),
        ("张伟被任命为什么职务?", "會議任命張偉為副市長。", "張偉被任命為什麼職務?"),
        ("張偉被任命為什麼職務?", "會議任命張偉為副市長。", "張偉被任命為什麼職務?"),
        ("张伟被任命为什么职务?", "会议任命张伟为副市长。", "张伟被任命为什么职务?"),
        ("張偉?", "12 March 2019", "張偉?"),
        ("Who is mayor (市長)?", "会议任命张伟为副市长。", "Who is mayor (市長)?"),
    ],
)
def test_a_question_is_put_in_the_characters_of_the_archive(question: str, text: str, searched: str) -> None:
    assert in_script_of(question, [text]) == searched


CHARACTERS = st.text(st.sampled_from("副市长鎮誰谁為为國国發发后後里裏乾干於于著着一二三の,A"), max_size=12)


@given(CHARACTERS, CHARACTERS)
@example("谁着", "著者於國")
@example("誰", "国")
def test_what_is_plainly_simplified_is_told_as_by_counting(question: str, text: str) -> None:
    wanted, own = _leaning(text), _leaning(question)
    turned = language(question) == "zh" and wanted * own < 0
    expected = (_traditional(question) if wanted > 0 else simplified(question)) if turned else question
    assert in_script_of(question, [text]) == expected


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("大桥由哪家公司承建？", 1),
        ("产量最高的是哪个乡？", 1),
        ("最低票价是多少元？", 1),
        ("Which firm is building the pier?", 1),
        ("What new ferry was launched?", 1),
        ("How old was the oldest captain?", 1),
        ("Who was the first woman on the council?", 1),
        # Several, or who knows how many.
        ("哪些公司承建大桥？", None),
        ("产量最高的有哪些乡？", None),
        ("最早的三班船各是几点？", None),
        ("哪个乡和哪个镇受灾？", None),
        ("谁被任命为副局长？", None),
        ("What else was decided?", None),
        ("Which firms are building the pier?", None),
        ("Which people was he seen with?", None),
        ("How old are the captain and the mate?", None),
        ("Which two firms were fined?", 2),
    ],
)
def test_a_question_says_how_many_things_it_wants(question: str, number: int | None) -> None:
    assert asked_number(question) == number
