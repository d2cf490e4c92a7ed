"""Evaluation runs over a small made-up system whose every score is computed by hand."""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from qa.errors import SourceError
from qa.evaluate.gold import GoldQuestion, ReadingExample
from qa.evaluate.open_domain import answer_spans, as_archive_questions, write_contexts
from qa.evaluate.report import Report, Row, load_report
from qa.evaluate.run import evaluate, evaluate_reading, reading_rules
from qa.ingest import load
from qa.read.model import CharSpan
from qa.read.single import PassageAnswer
from qa.types import Answer, Article, Citation, Document, Item, Passage

# Two documents; each line of the first is an article of its own, and column breaks are where they like.
NEWS = "天气晴。\n决定任命:李新建为副\t市长; 孙延文为副市长。\n张武清为局长。\n"
COPY = "转载:孙延文为副市长。\n"
TEXTS = {"news": NEWS, "copy": COPY}
LINES = {"p0": ("news", 0, 4), "p1": ("news", 5, 28), "p2": ("news", 29, 36), "p3": ("copy", 0, 11)}


class Archive:
    """Documents whose lines are their articles."""

    def document(self, document_id: str) -> Document:
        return Document(document_id, f"{document_id}.txt", f"/{document_id}.txt", "0" * 64, TEXTS[document_id])

    def documents(self) -> Iterator[Document]:
        return map(self.document, TEXTS)

    def articles(self, document_id: str) -> tuple[Article, ...]:
        found, start = [], 0
        for number, line in enumerate(TEXTS[document_id].splitlines(keepends=True)):
            found.append(Article(document_id, number, f"题{number}", start, start + len(line)))
            start += len(line)
        return tuple(found)


def cite(document_id: str, words: str, *, title: str | None = None, quote: str | None = None) -> Citation:
    """Cite the first place of words; the quote is the line around them."""
    text = TEXTS[document_id]
    at = text.index(words)
    start, end = text.rfind("\n", 0, at) + 1, text.index("\n", at)
    number = text.count("\n", 0, at)
    return Citation(
        document_id,
        f"{document_id}.txt",
        "0" * 64,
        title or f"题{number}",
        None,
        None,
        number + 1,
        number + 1,
        start,
        end,
        quote or text[start:end],
        at,
        at + len(words),
    )


def answer(items: Sequence[tuple[str, Citation]], confidence: float) -> Answer:
    return Answer("", tuple(Item(text, confidence, (where,)) for text, where in items), confidence, (), {"read": 2.0})


def passages(*names: str) -> list[Passage]:
    return [Passage(name, document, 1.0, start, end) for name in names for document, start, end in [LINES[name]]]


def question(
    name: str, *answers: str, evidence: Sequence[str] = (), lang: str = "zh", kind: str = "list"
) -> GoldQuestion:
    return GoldQuestion(name, f"{name}?", lang, kind, bool(answers), tuple((one,) for one in answers), tuple(evidence))


GOLD = (
    question("both", "李新建", "孙延文", evidence=["李新建为副市长", "孙延文为副市长。"]),
    question("half", "李新建", "张武清", evidence=["李新建为副市长", "张武清为局长"]),
    question("misplaced", "孙延文", evidence=["任命:李新建"], kind="person"),
    question("missed", "王某", evidence=["不在任何地方"], lang="en", kind="person"),
    question("broken", "李新建", evidence=["李新建为副市长"], kind="person"),
    question("declined", lang="en", kind="unanswerable"),
    question("invented", kind="unanswerable"),
)
BAD_QUOTE = cite("news", "天气", quote="天气阴。")
ANSWERS = {
    "both?": answer([("孙延文", cite("news", "孙延文")), ("李新建", cite("news", "李新建"))], 0.95),
    "half?": answer([("李新建", cite("news", "李新建")), ("天气", BAD_QUOTE)], 0.75),
    "misplaced?": answer([("孙延文", cite("copy", "孙延文"))], 0.85),
    "missed?": answer([], 0.25),
    "declined?": answer([], 0.65),
    "invented?": answer([("天气晴", cite("news", "天气晴"))], 0.55),
}
RANKINGS = {"both?": ["p0", "p1", "p3"], "half?": ["p1", "p0"], "misplaced?": ["p3"], "missed?": ["p0", "p1"]}


def run(gold: Sequence[GoldQuestion] = GOLD) -> Report:
    return evaluate(
        gold,
        lambda text: ANSWERS[text],
        archive=Archive(),
        search=lambda text: passages(*RANKINGS.get(text, ["p0"])),
    )


@pytest.fixture(scope="module")
def report() -> Report:
    return run()


def row(report: Report, name: str) -> Row:
    return next(row for row in report.rows if row.id == name)


def test_items_are_scored_one_by_one(report: Report) -> None:
    found = {row.id: tuple(row.scores[f"item_{part}"] for part in ("precision", "recall", "f1")) for row in report.rows}
    assert found == {
        "both": (1, 1, 1),
        "half": (0.5, 0.5, 0.5),
        "misplaced": (1, 1, 1),
        "missed": (0, 0, 0),
        "broken": (0, 0, 0),
        "declined": (1, 1, 1),
        "invented": (0, 0, 0),
    }


def test_character_measures_match_lists_whatever_their_order(report: Report) -> None:
    assert [row.scores["exact_match"] for row in report.rows] == [1, 0, 1, 0, 0, 1, 0]
    assert [row.scores["f1"] for row in report.rows] == [1, 0.5, 1, 0, 0, 1, 0]


def test_one_item_given_in_parts_is_compared_as_it_is_printed() -> None:
    gold = question("joined", "李新建为副市长;孙延文", evidence=["李新建为副市长"])
    parts = answer([("孙延文", cite("news", "孙延文")), ("李新建为副市长", cite("news", "李新建为副\t市长"))], 0.9)
    found = evaluate([gold], lambda _: parts, archive=Archive(), search=lambda _: [])
    assert found.rows[0].scores["exact_match"] == 1
    assert found.rows[0].scores["item_f1"] == 0


def test_evidence_is_found_across_column_breaks_and_ranked(report: Report) -> None:
    names = ("recall@1", "recall@3", "success@5", "mrr")
    found = {row.id: tuple(row.scores.get(name) for name in names) for row in report.rows}
    assert found == {
        "both": (0, 1, 1, 0.5),  # p1 holds both evidences: one passage is enough, and it is the second
        "half": (0.5, 0.5, 1, 1),
        "misplaced": (0, 0, 0, 0),
        "missed": (0, 0, 0, 0),
        "broken": (0, 0, 0, 0),
        "declined": (None,) * 4,
        "invented": (None,) * 4,
    }
    ideal = 1 + 1 / math.log2(3)  # two relevant passages, one of them not retrieved
    assert row(report, "half").scores["ndcg@10"] == pytest.approx(1 / ideal)
    assert row(report, "both").scores["ndcg@10"] == pytest.approx(1 / math.log2(3))


def test_items_are_judged_by_where_they_are_cited(report: Report) -> None:
    assert {row.id: row.verdicts for row in report.rows} == {
        "both": ("supported", "supported"),
        "half": ("supported", "wrong"),
        "misplaced": ("misattributed",),
        "missed": (),
        "broken": (),
        "declined": (),
        "invented": ("wrong",),
    }
    assert [row.scores.get("supported") for row in report.rows] == [1, 0.5, 0, 0, 0, None, None]
    assert [row.scores.get("right_article") for row in report.rows] == [1, 0.5, 0, 0, 0, None, None]
    assert [row.scores.get("verbatim") for row in report.rows] == [1, 0.5, 1, None, None, None, 1]


def test_evidence_counts_only_in_the_article_that_is_named() -> None:
    gold = GoldQuestion("q", "misplaced?", "zh", "p", True, (("孙延文",),), ("孙延文为副市长",), article="题1")
    elsewhere = evaluate([gold], lambda text: ANSWERS[text], archive=Archive(), search=lambda _: passages("p3"))
    assert elsewhere.rows[0].verdicts == ("misattributed",)
    unnamed = GoldQuestion("q", "misplaced?", "zh", "p", True, (("孙延文",),), ("孙延文为副市长",))
    anywhere = evaluate([unnamed], lambda text: ANSWERS[text], archive=Archive(), search=lambda _: passages("p3"))
    assert anywhere.rows[0].verdicts == ("supported",)
    assert (elsewhere.rows[0].scores["mrr"], anywhere.rows[0].scores["mrr"]) == (0, 1)


def test_a_question_that_raises_is_wrong_and_listed_and_the_run_goes_on(report: Report) -> None:
    broken = row(report, "broken")
    assert (broken.predicted, broken.error, broken.confidence) == ((), "KeyError: 'broken?'", None)
    assert broken.notes == ("failed with KeyError: 'broken?'",)
    assert not broken.right
    assert broken.scores["abstention"] == 0
    assert len(report.rows) == len(GOLD)


def test_a_failure_on_an_unanswerable_question_is_no_right_abstention() -> None:
    scores = run([question("x")]).overall
    assert (scores["f1"].value, scores["abstention"].value, scores["declined"].value) == (0, 0, 0)
    assert not run([question("x")]).rows[0].right


def test_every_question_stays_in_every_denominator(report: Report) -> None:
    overall = report.overall
    assert overall["item_f1"].value == pytest.approx((1 + 0.5 + 1 + 0 + 0 + 1 + 0) / 7)
    assert overall["abstention"].value == pytest.approx(4 / 7)  # both, half, misplaced, declined
    assert (overall["declined"].value, overall["declined"].n) == (1 / 2, 2)
    assert overall["supported"].value == pytest.approx(1.5 / 5)
    assert overall["supported"].n == 5
    assert overall["mrr"].value == pytest.approx((0.5 + 1) / 5)
    assert overall["verbatim"].value == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    # Of the four answered, 0.95 and 0.85 are right, 0.75 and 0.55 are not.
    assert overall["auroc"].value == 1.0
    assert overall["calibration_error"].value == pytest.approx((0.05 + 0.15 + 0.75 + 0.55) / 4)
    assert overall["risk_coverage_area"].value == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)
    # Answerable: 0.95, 0.75, 0.85, 1 - 0.25, and 0 for the one that failed; not: 1 - 0.65, 0.55.
    assert overall["auroc_answerable"].value == pytest.approx(4 / 5)
    for estimate in overall.values():
        assert estimate.value is not None
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low <= estimate.value <= estimate.high


def test_groups_split_the_questions(report: Report) -> None:
    sizes = {
        name: {key: measures["item_f1"].n for key, measures in parts.items()} for name, parts in report.groups.items()
    }
    assert sizes == {
        "all": {"all": 7},
        "kind": {"list": 2, "person": 3, "unanswerable": 2},
        "lang": {"en": 2, "zh": 5},
        "answerable": {"no": 2, "yes": 5},
    }
    assert report.groups["kind"]["list"]["item_f1"].value == 0.75
    assert "verbatim" not in report.groups["lang"]["en"]  # it has no citations
    assert "declined" not in report.groups["answerable"]["yes"]


def test_only_a_complete_answer_with_verified_citations_is_right(report: Report) -> None:
    assert [row.id for row in report.rows if row.right] == ["both", "misplaced", "declined"]
    bad = answer([("李新建", cite("news", "李新建", quote="李某"))], 0.9)
    found = evaluate([question("x", "李新建")], lambda _: bad, archive=Archive(), search=lambda _: [])
    assert (found.rows[0].scores["item_f1"], found.rows[0].right) == (1, False)
    assert found.rows[0].notes == ("a citation does not verify",)


def test_a_failure_is_shown_in_its_source(report: Report) -> None:
    (shown,) = row(report, "half").excerpts  # what is close together is one excerpt
    assert (shown.source, shown.title) == ("news.txt:1", "题0")
    assert [shown.text[start:end] for start, end in shown.gold] == ["李新建为副\t市长", "张武清为局长"]
    assert [shown.text[start:end] for start, end in shown.predicted] == ["天气", "李新建"]
    assert row(report, "both").excerpts == ()
    (named,) = row(report, "broken").excerpts  # after what it marks, not after where its margin begins
    assert (named.source, named.title) == ("news.txt:2", "题1")


def test_notes_say_what_went_wrong(report: Report) -> None:
    assert row(report, "missed").notes == (
        "declined, but the archive says",
        "the archive does not hold the gold evidence: gazette gold check says more",
    )
    assert row(report, "misplaced").notes == (
        "the evidence is not in the first 5 passages",
        "a right item is cited to a place that does not show the gold evidence",
    )
    assert row(report, "invented").notes == ("answered, but the archive does not say",)


def test_a_report_goes_to_json_and_comes_back(report: Report, tmp_path: Path) -> None:
    text = json.dumps(report.to_json(), ensure_ascii=False, allow_nan=False)
    (tmp_path / "report.json").write_text(text, "utf-8")
    assert load_report(tmp_path) == load_report(tmp_path / "report.json")
    assert load_report(tmp_path).rows == report.rows
    assert load_report(tmp_path).overall == report.overall
    fields = json.loads(text)
    assert fields["curves"]["risk_coverage"] == [[1 / 7, 0], [2 / 7, 0], [3 / 7, 1 / 3], [4 / 7, 1 / 2]]
    assert fields["questions"][1]["predicted"] == ["李新建", "天气"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not a report of gazette eval"),
        ("[]", "not a report of gazette eval"),
        ('{"format": 99}', "report format 99"),
        ('{"format": 1, "task": "archive", "questions": [{"id": "x"}], "run": {}, "groups": {}}', "not a report"),
        ('{"format": 1, "task": "archive", "questions": [], "run": {}, "groups": {}}', "not a report"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(content, "utf-8")
    with pytest.raises(SourceError, match=words) as caught:
        load_report(file)
    assert str(file) in str(caught.value)
    with pytest.raises(SourceError, match="cannot be read"):
        load_report(tmp_path / "nothing")


def test_progress_is_told_after_each_question() -> None:
    seen: list[tuple[int, int]] = []
    evaluate(
        GOLD[:2],
        lambda text: ANSWERS[text],
        archive=Archive(),
        search=lambda _: [],
        progress=lambda *step: seen.append(step),
    )
    assert seen == [(1, 2), (2, 2)]


def test_nothing_to_evaluate_is_an_error() -> None:
    with pytest.raises(ValueError, match="no questions to evaluate"):
        run([])
    with pytest.raises(ValueError, match="no questions to evaluate"):
        evaluate_reading([], lambda example: PassageAnswer(None, (), 0.0))


READING = (
    ReadingExample("zh", "光荣和ω-Force开发了游戏。", "谁?", (("光荣和ω-Force", 0), ("光荣", 0))),
    ReadingExample("part", "李新建为副市长。", "谁?", (("李新建", 0),)),
    ReadingExample("en", "The mayor of Luoyang spoke.", "Who?", (("The mayor of Luoyang", 0),)),
    ReadingExample("none", "天气晴。", "谁?", ()),
    ReadingExample("wrong", "天气晴。", "谁来?", ()),
    ReadingExample("raises", "天气阴。", "?", ()),
)
SPANS = {"光": (0, 2), "李": (0, 4), "T": (4, 20)}


def read(example: ReadingExample) -> PassageAnswer:
    if example.question == "?":
        raise RuntimeError("no question\nat all")
    span = SPANS.get(example.context[0], (2, 3) if "来" in example.question else None)
    return PassageAnswer(CharSpan(*span, 0.8), (), 0.8) if span else PassageAnswer(None, (), 0.3)


def test_reading_is_scored_by_the_rules_of_the_language_answerable_or_not() -> None:
    report = evaluate_reading(READING, read)
    assert {row.id: (row.scores["exact_match"], row.scores["f1"], row.predicted) for row in report.rows} == {
        "zh": (1, 1, ("光荣",)),
        "part": (0, pytest.approx(2 * 3 / (4 + 3)), ("李新建为",)),
        "en": (1, 1, ("mayor of Luoyang",)),
        "none": (1, 1, ()),
        "wrong": (0, 0, ("晴",)),
        "raises": (0, 0, ()),
    }
    assert report.overall["exact_match"].value == pytest.approx(3 / 6)
    assert report.groups["answerable"]["yes"]["f1"].value == pytest.approx((1 + 6 / 7 + 1) / 3)
    assert report.groups["answerable"]["no"]["f1"].value == pytest.approx(1 / 3)
    assert [row.confidence for row in report.rows] == [0.8, 0.8, 0.8, 0.7, 0.8, None]
    assert [row.lang for row in report.rows][:3] == ["zh", "zh", "en"]
    (shown,) = report.rows[1].excerpts
    assert (shown.gold, shown.predicted) == (((0, 3),), ((0, 4),))


def test_rules_follow_the_context_not_the_question() -> None:
    assert reading_rules("洛阳 is in 河南") == "cmrc"  # 4 characters, 2 words
    assert reading_rules("the 46 units of 洛阳") == "squad"


def test_a_reading_set_becomes_an_archive_of_its_contexts(tmp_path: Path) -> None:
    examples = (
        READING[0],
        READING[1],
        ReadingExample("again", "李新建为副市长。", "什么?", (("副市长", 4),)),
        READING[3],
    )
    write_contexts(examples, tmp_path / "contexts.jsonl")
    documents = list(load(tmp_path / "contexts.jsonl"))
    assert [document.text for document in documents] == [READING[0].context, READING[1].context, READING[3].context]

    class Contexts(Archive):
        def documents(self) -> Iterator[Document]:
            return iter(documents)

        def articles(self, document_id: str) -> tuple[Article, ...]:
            return ()

    places = answer_spans(examples, Contexts())
    again = places["again"]
    assert [(place.document_id, place.start, place.end) for (place,) in again] == [(documents[1].id, 4, 7)]
    assert places["none"] == ()
    questions = as_archive_questions(examples)
    assert questions[0].answers == (("光荣和ω-Force", "光荣"),)  # alternatives: one item
    assert not questions[3].answerable
    with pytest.raises(SourceError, match="question part"):
        answer_spans(examples[1:2], Archive())
