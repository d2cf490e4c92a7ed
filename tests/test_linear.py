"""Every scan over a user's text takes time in proportion to it, or is bounded by a limit that is checked first.

Each is fed 50,000 characters of every class that patterns mention, in front of what makes a match fail, and 100,000.
Twice the text may take two and a half times as long.
"""

import gc
import random
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.housekeeping import housekeeping_reply
from api.markdown import escaped, items_of, understood_in
from qa.answer.citations import matches_print, sentence_bounds
from qa.answer.days import resolve_day
from qa.chat import Exchange, understand
from qa.chat.followup import asks_for_more
from qa.config import MAX_QUESTION
from qa.errors import SourceError
from qa.indexing import ingest
from qa.ingest.bylines import find_byline, is_credit
from qa.ingest.columns import RULE
from qa.ingest.dates import full_date, is_date_line
from qa.ingest.furniture import furniture
from qa.ingest.jumps import continues_on, jump_mark, page_named
from qa.ingest.lines import split_lines
from qa.ingest.markdown import front_matter
from qa.ingest.markup import parse
from qa.ingest.segment import MAX_ARTICLES, segment
from qa.question.pinyin import has_name, with_characters
from qa.question.places import has_place, with_places
from qa.store import find_document
from qa.store.jumps import Half, match_halves
from qa.store.tokens import tokens
from qa.text.script import language
from qa.text.sentences import sentences
from qa.types import Article, Document
from tests.fakes import FakeEncoder

SIZE = 100_000
MOST = 2.5
"""For twice the text; told from four times as much, since a step where a text outgrows a cache is no growth."""
QUICK = 0.03
"""Seconds that are not worth a comparison: on a busy machine they say nothing."""
ALLOWED = 20.0
"""Seconds that 200,000 characters may take at the most, on a machine that does other things as well."""

Scan = Callable[[str], object]

# One of each class that patterns mention, and pieces that begin what they look for and never end it.
CLASSES = {
    "blanks": " ",
    "lines": "\n",
    "returns": "\r",
    "line ends": "\r\n",
    "wide blanks": "\u3000",
    "letters": "a",
    "words": "a ",
    "capitalised": "Ab ",
    "capitals": "A",
    "han": "会",
    "digits": "1",
    "wide digits": "３",
    "commas": ",",
    "wide commas": "，",
    "stops": "。",
    "full stops": ".",
    "questions": "?",
    "asterisks": "*",
    "bold": "**a",
    "hashes": "#",
    "headings": "# a\n",
    "backslashes": "\\",
    "open brackets": "[",
    "numbers": " [1]",
    "items": "a [1]、",
    "quotes": "“",
    "books": "《",
    "closed books": "《a》",
    "parentheses": "（",
    "jumps": "(上接01版)\n",
    "tags": "<b>",
    "open tags": "<a ",
    "comments": "<!--",
    "entities": "&a",
    "dashes": "-",
    "bars": "|",
    "and": "and ",
    "who": "谁",
    "那么": "那么",
    "surnames": "王",
    "invisible": "\u200b",
    "labels": "责编：",
    "page breaks": "\f",
    "dates": "2021年1月1日",
    "roles": "记者 ",
    "unclosed quotes": '<a "',
    "scripts": "<script>",
    "histories": '<chat_history>{"a":',
}


def seconds(scan: Scan, unit: str, size: int) -> float:
    """Return the processor time of this thread alone: neither what else the machine does nor the collector is in it."""
    text = unit * (size // len(unit)) + "x"
    gc.disable()
    try:
        began = thread_time()
        scan(text)
        return thread_time() - began
    finally:
        gc.enable()


def grows_in_proportion(scan: Scan, unit: str) -> None:
    """Hold a scan to the growth from a fourth of ``SIZE``; where a busy machine hides it, to that of longer texts."""
    for size, times in ((SIZE, 10), (4 * SIZE, 3)):
        shorter = longer = float("inf")
        for _ in range(times):
            longer = min(longer, seconds(scan, unit, size))
            assert longer < ALLOWED, (unit, longer)
            if longer < QUICK:
                return
            shorter = min(shorter, seconds(scan, unit, size // 4))
            if longer <= MOST**2 * shorter:
                return
    raise AssertionError(f"{unit!r}: {shorter:.3f} s, four times as many {longer:.3f} s")


def whole_sentences(text: str) -> object:
    return list(sentences(text, 0, len(text), 420))


SCANS: dict[str, Scan] = {
    "items_of": items_of,
    "understood_in": understood_in,
    "escaped": escaped,
    "housekeeping_reply": housekeeping_reply,
    "understand": lambda text: understand(text, [Exchange("谁被任命为洛阳市副市长?", ("李新建",))]),
    "understand_after": lambda text: understand("那他呢?", [Exchange(text, (text, text))]),
    "understand_items": lambda text: understand("Who else?", [Exchange("Who was appointed?", tuple(text))]),
    "asks_for_more": asks_for_more,
    "language": language,
    "has_name": has_name,
    "has_place": has_place,
    "furniture": furniture,
    "split_lines": lambda text: list(split_lines(text)),
    "sentences": whole_sentences,
    "full_date": full_date,
    "is_date_line": is_date_line,
    "is_credit": is_credit,
    "find_byline": lambda text: find_byline([text]),
    "jump_mark": jump_mark,
    "continues_on": continues_on,
    "page_named": page_named,
    "resolve_day": lambda text: resolve_day(text, "2021-10-13"),
    "tokens": tokens,
    "reads": lambda text: matches_print(text, text),
    "sentence": lambda text: sentence_bounds(text, len(text) // 2, len(text) // 2 + 1),
    "markup": parse,
    "front_matter": lambda text: front_matter(f"---\na: {text}\n---\n"),
    "rule": RULE.fullmatch,
}


@pytest.mark.parametrize("name", SCANS)
def test_twice_the_text_takes_twice_the_time(name: str) -> None:
    for unit in CLASSES.values():
        grows_in_proportion(SCANS[name], unit)


def test_what_is_not_linear_is_found() -> None:
    pattern = re.compile(r"a+b")
    with pytest.raises(AssertionError, match="four times as many"):
        grows_in_proportion(lambda text: pattern.search(text[: len(text) // 10]), "a")


@pytest.mark.parametrize("unit", CLASSES.values(), ids=CLASSES)
def test_questions_as_long_as_may_be_are_understood_at_once(unit: str) -> None:
    """The rules search a question in every direction: what bounds them is its length, which is looked at first."""
    long = (unit * MAX_QUESTION)[: MAX_QUESTION - 1] + "?"
    earlier = [Exchange(long, (long[:400],))] * 4
    for question in (long, "那这次会议呢?", "Who chaired it?", "What about the mayor?"):
        began = thread_time()
        understand(question, earlier)
        assert thread_time() - began < 2


def test_what_is_longer_than_a_question_is_not_looked_into() -> None:
    before = Exchange("谁被任命为洛阳市副市长?", ("李新建",))
    assert understand("那他呢?", [before]) != "那他呢?"
    assert understand("那他呢?", [Exchange("谁" * (MAX_QUESTION + 1), ("李新建",))]) == "那他呢?"
    assert understand("他" * (MAX_QUESTION + 1), [before]) == "他" * (MAX_QUESTION + 1)
    assert not asks_for_more("还有谁" + "?" * MAX_QUESTION)


@pytest.mark.parametrize("unit", ["Ab ", "Li Xin ", "Aaaaaaaa ", "A'a", "Li. ", "Zhang San Feng "])
@pytest.mark.parametrize("names", [with_characters, with_places])
def test_names_of_a_question_are_looked_for_up_to_a_limit(names: Callable[[str, list[str]], str], unit: str) -> None:
    choose = random.Random(0).choice
    texts = ["".join(choose("李王张新建阿市县啊") for _ in range(420)) for _ in range(50)]
    names("Who is mayor of Li?", texts)  # what is loaded on first use
    began = thread_time()
    names((unit * MAX_QUESTION)[:MAX_QUESTION], texts)
    assert thread_time() - began < 3


@given(st.text(alphabet="甲\\[]12 、", max_size=24))
def test_items_are_found_as_by_the_pattern_that_says_what_they_are(line: str) -> None:
    pattern = re.compile(r"(?P<words>(?:\\.|[^\\\[])+) (?:\[\d+\])+(?:、|\Z)")
    expected = tuple(re.sub(r"\\(.)", r"\1", item["words"]) for item in pattern.finditer(line))
    assert items_of(line) == expected


@given(st.text(alphabet="甲a \n\r\t\u3000", max_size=24))
def test_line_breaks_are_joined_as_by_the_pattern_that_says_so(text: str) -> None:
    text = text.strip()

    def joint(gap: "re.Match[str]") -> str:
        return "" if min(text[: gap.start()][-1:], text[gap.end() :][:1]) > "\u2010" else " "

    assert escaped(text) == re.sub(r"\s*[\n\r]\s*", joint, text)


def test_halves_of_thousands_of_articles() -> None:
    def day(count: int) -> list[Half]:
        heads = [Article("d", n, "甲", n, n + 1, continues_on="4") for n in range(0, count, 2)]
        tails = [Article("d", n, "(上接01版)", n, n + 1, continued_from="1") for n in range(1, count, 2)]
        return [Half(article, "/p/d.txt") for article in (*heads, *tails)]

    def matched(count: str) -> object:
        return match_halves(day(len(count) // 5))

    grows_in_proportion(matched, "a")


def test_articles_with_jump_lines_are_read_at_once(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("(上接01版)\n正文一句。\n\n" * 1800, encoding="utf-8")
    ingest([page], directory=tmp_path / "index", encoder=FakeEncoder())
    began = thread_time()
    _, articles, further = find_document(tmp_path / "index", page.as_posix())
    assert (len(articles), len(further)) == (1800, 0)
    assert thread_time() - began < 5


def test_a_document_of_too_many_articles_is_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ARTICLES == 20_000
    monkeypatch.setattr(import_module("qa.ingest.segment"), "MAX_ARTICLES", 1_000)
    text = "# 标题\n\n正文。\n\n" * 1_001
    with pytest.raises(SourceError, match="1,001 articles, more than 1,000: split the file"):
        segment(Document("d", "d.txt", "/d.txt", "0" * 64, text, None, None, {}))
