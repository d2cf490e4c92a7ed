"""Evaluation runs over a small made-up system whose every score is computed by hand."""

import json
from collections.abc import Sequence

import pytest

from qa.evaluate.gold import GoldQuestion, ReadingExample
from qa.evaluate.metrics import ItemScore
from qa.evaluate.render import render, render_reading
from qa.evaluate.report import Report, Row
from qa.evaluate.run import evaluate, evaluate_reading, reading_rules
from qa.types import Answer, Citation, Item, Passage

PASSAGES = {"p0": "天气晴。", "p1": "决定任命:\n李新建为副\n市长; 孙延文为副市长", "p2": "张武清为局长"}


def question(name: str, *answers: str, lang: str = "zh", kind: str = "list", evidence: str = "") -> GoldQuestion:
    items = tuple((answer,) for answer in answers)
    return GoldQuestion(name, f"{name}?", lang, kind, bool(items), items, (evidence,) if evidence else ())


def citation(quote: str) -> Citation:
    return Citation("doc", "a.txt", "0" * 64, "题", None, None, 1, 1, 0, len(quote), quote, 0, len(quote))


def answer(name: str, items: Sequence[str], confidence: float, passages: Sequence[str]) -> Answer:
    return Answer(
        question=name,
        items=tuple(Item(text, confidence, (citation(text),)) for text in items),
        confidence=confidence,
        passages=tuple(Passage(name, "doc", 1.0, 0, 1) for name in passages),
        timings_ms={},
    )


GOLD = (
    question("both", "李新建", "孙延文", evidence="李新建为副市长"),
    question("half", "李新建", "张武清", evidence="张武清为局长"),
    question("missed", "王某", lang="en", kind="person", evidence="不在任何地方"),
    question("broken", "李新建", kind="person", evidence="李新建为副市长"),
    question("declined", lang="en", kind="unanswerable"),
    question("invented", kind="unanswerable"),
)
ANSWERS = {
    "both?": answer("both?", ["孙延文", "李新建"], 0.95, ["p0", "p1"]),
    "half?": answer("half?", ["李新建", "无此人"], 0.75, ["p2"]),
    "missed?": answer("missed?", [], 0.25, ["p0", "p1", "p2"]),
    "declined?": answer("declined?", [], 0.15, ["p0"]),
    "invented?": answer("invented?", ["李|新建"], 0.65, ["p0"]),
}


def ask(text: str) -> Answer:
    return ANSWERS[text]


def run(k: int = 5) -> Report:
    return evaluate(
        GOLD, ask, passage_text=lambda p: PASSAGES[p.chunk_id], verify=lambda c, _: c.quote != "无此人", k=k
    )


def rows() -> dict[str, Row]:
    return {row.gold.id: row for row in run().rows}


def test_items_are_scored_one_by_one() -> None:
    scores = {name: row.score for name, row in rows().items()}
    assert scores["both"] == ItemScore(1, 1, 1)
    assert scores["half"] == ItemScore(0.5, 0.5, 0.5)
    assert scores["declined"] == ItemScore(1, 1, 1)
    assert scores["missed"] == scores["invented"] == scores["broken"] == ItemScore(0, 0, 0)


def test_evidence_is_found_across_column_breaks_and_ranked() -> None:
    ranks = {name: (row.hit, row.reciprocal_rank) for name, row in rows().items()}
    assert ranks == {
        "both": (1, 0.5),
        "half": (1, 1),
        "missed": (0, 0),
        "broken": (0, 0),
        "declined": (None, None),
        "invented": (None, None),
    }
    assert [row.hit for row in run(k=1).rows] == [0, 1, 0, 0, None, None]


def test_a_question_that_raises_is_wrong_and_listed_and_the_run_goes_on() -> None:
    broken = rows()["broken"]
    assert (broken.answer, broken.error, broken.predicted) == (None, "KeyError: 'broken?'", ())
    assert not broken.abstention_right
    assert len(run().rows) == len(GOLD)


def test_a_failure_on_an_unanswerable_question_is_no_right_abstention() -> None:
    report = evaluate([question("x")], ask, passage_text=lambda p: "", verify=lambda c, _: True)
    assert (report.overall.f1, report.overall.abstention_accuracy, report.overall.declined) == (0, 0, 0)


def test_the_summary_keeps_every_question_in_the_denominator() -> None:
    overall = run().overall
    assert (overall.questions, overall.failed, overall.citations) == (6, 1, 5)
    assert overall.f1 == overall.precision == overall.recall == pytest.approx((1 + 0.5 + 0 + 0 + 1 + 0) / 6)
    assert overall.abstention_accuracy == pytest.approx(3 / 6)  # both, half, declined
    assert overall.declined == 1 / 2
    assert overall.hit == 2 / 4
    assert overall.mrr == pytest.approx((0.5 + 1) / 4)
    assert overall.citations_verified == 4 / 5
    assert overall.auroc == 1.0  # of the answered, only 0.95 is right
    assert overall.calibration_error == pytest.approx((0.05 + 0.75 + 0.65) / 3)
    assert overall.risk_coverage_area == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)
    assert 0 <= overall.latency_median <= overall.latency_p95


def test_groups_split_the_questions() -> None:
    groups = run().groups
    sizes = {name: {key: summary.questions for key, summary in parts.items()} for name, parts in groups.items()}
    assert sizes == {
        "kind": {"list": 2, "person": 2, "unanswerable": 2},
        "lang": {"en": 2, "zh": 4},
        "answerable": {"no": 2, "yes": 4},
    }
    assert groups["kind"]["list"].f1 == 0.75
    assert groups["lang"]["en"].citations_verified is None  # it has none
    assert groups["answerable"]["no"].hit is None
    assert groups["answerable"]["yes"].declined is None


def test_only_a_complete_answer_with_verified_citations_is_right() -> None:
    assert [name for name, row in rows().items() if row.right] == ["both", "declined"]
    report = evaluate(GOLD[:1], ask, passage_text=lambda p: "", verify=lambda c, _: c.quote != "孙延文")
    assert not report.rows[0].right


def test_the_report_becomes_json() -> None:
    report = json.loads(json.dumps(run().to_json(), ensure_ascii=False, allow_nan=False))
    assert report["overall"]["hit"] == 0.5
    assert report["groups"]["lang"]["zh"]["questions"] == 4
    half = report["questions"][1]
    assert (half["id"], half["answers"], half["predicted"]) == ("half", [["李新建"], ["张武清"]], ["李新建", "无此人"])
    assert (half["f1"], half["hit"], half["citations"], half["citations_verified"]) == (0.5, 1, 2, 1)
    assert report["questions"][3]["error"] == "KeyError: 'broken?'"


def test_the_rendering_lists_every_failure_with_gold_and_prediction() -> None:
    text = render(run())
    assert text.startswith("# Evaluation: 6 questions\n")
    assert "| all | 6 | 1 | 0.417 | 0.417 | 0.417 | 0.500 | 0.500 | 0.375 | 0.800 |" in text
    failures = text[text.index("## Failures: 4 of 6") :].split("\n\n")[1:]
    assert failures == [
        (
            "- **half** half? (zh, list)\n  - gold: 李新建; 张武清\n  - predicted: 李新建; 无此人\n"
            "  - item F1 0.50; 1 of 2 citations do not verify"
        ),
        (
            "- **missed** missed? (en, person)\n  - gold: 王某\n  - predicted: (no answer)\n"
            "  - item F1 0.00; declined, but the archive says; the evidence is not in the first 5 passages"
        ),
        (
            "- **broken** broken? (zh, person)\n  - gold: 李新建\n  - predicted: (no answer)\n"
            "  - item F1 0.00; failed with KeyError: 'broken?'; the evidence is not in the first 5 passages"
        ),
        (
            "- **invented** invented? (zh, unanswerable)\n  - gold: (no answer)\n  - predicted: 李|新建\n"
            "  - item F1 0.00; answered, but the archive does not say"
        ),
    ]
    assert render(run(), limit=1).endswith("\n\n… and 3 more; the JSON report has them all.")


def test_a_table_cell_cannot_break_the_table() -> None:
    report = evaluate([question("x", kind="a|b")], ask, passage_text=lambda p: "", verify=lambda c, _: True)
    assert "| kind: a\\|b | 1 |" in render(report)


def test_progress_is_told_after_each_question() -> None:
    seen: list[tuple[int, int]] = []
    evaluate(
        GOLD[:2], ask, passage_text=lambda p: "", verify=lambda c, _: True, progress=lambda *step: seen.append(step)
    )
    assert seen == [(1, 2), (2, 2)]


def test_nothing_to_evaluate_is_an_error() -> None:
    with pytest.raises(ValueError, match="no questions to evaluate"):
        evaluate([], ask, passage_text=lambda p: "", verify=lambda c, _: True)
    with pytest.raises(ValueError, match="no questions to evaluate"):
        evaluate_reading([], lambda question, context: None)


READING = (
    ReadingExample("zh", "光荣和ω-Force开发了游戏。", "谁?", (("光荣和ω-Force", 0), ("光荣", 0))),
    ReadingExample("part", "李新建为副市长。", "谁?", (("李新建", 0),)),
    ReadingExample("en", "The mayor of Luoyang spoke.", "Who?", (("The mayor of Luoyang", 0),)),
    ReadingExample("none", "天气晴。", "谁?", ()),
    ReadingExample("wrong", "天气晴。", "谁来?", ()),
    ReadingExample("raises", "天气阴。", "?", ()),
)


def read(question: str, context: str) -> str | None:
    if question == "?":
        raise RuntimeError("no question\nat all")
    return {"光": "《光荣》", "李": "李新建为", "T": "mayor of Luoyang!"}.get(
        context[0], "晴" if "来" in question else None
    )


def test_reading_is_scored_by_the_rules_of_the_language_answerable_or_not() -> None:
    report = evaluate_reading(READING, read)
    found = {row.example.id: (row.rules, row.exact_match, row.f1) for row in report.rows}
    assert found == {
        "zh": ("cmrc", 1, 1),
        "part": ("cmrc", 0, pytest.approx(2 * 3 / (4 + 3))),
        "en": ("squad", 1, 1),
        "none": ("cmrc", 1, 1),
        "wrong": ("cmrc", 0, 0),
        "raises": ("cmrc", 0, 0),
    }
    summaries = report.summaries
    assert [(name, part.questions, part.failed) for name, part in summaries.items()] == [
        ("all", 6, 1),
        ("answerable", 3, 0),
        ("unanswerable", 3, 1),
    ]
    assert summaries["all"].exact_match == pytest.approx(3 / 6)
    assert summaries["answerable"].f1 == pytest.approx((1 + 6 / 7 + 1) / 3)
    assert summaries["unanswerable"].f1 == pytest.approx(1 / 3)
    assert "unanswerable" not in evaluate_reading(READING[:1], read).summaries


def test_the_reading_report_becomes_json_and_markdown() -> None:
    report = evaluate_reading(READING, read)
    loaded = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert loaded["summaries"]["all"]["questions"] == 6
    assert loaded["questions"][0]["references"] == ["光荣和ω-Force", "光荣"]
    text = render_reading(report, limit=2)
    assert "| answerable | 3 | 0 | 66.67 | 95.24 |" in text
    assert text.endswith(
        "## Failures: 3 of 6\n\n"
        "- **part** 谁?\n  - gold: 李新建\n  - predicted: 李新建为\n  - F1 0.86\n\n"
        "- **wrong** 谁来?\n  - gold: (no answer)\n  - predicted: 晴\n  - F1 0.00\n\n"
        "… and 1 more; the JSON report has them all."
    )
    assert "  - F1 0.00; failed with RuntimeError: no question at all" in render_reading(report)


def test_rules_follow_the_context_not_the_question() -> None:
    assert reading_rules("洛阳 is in 河南") == "cmrc"  # 4 characters, 2 words
    assert reading_rules("the 46 units of 洛阳") == "squad"
