"""What people and CI services read: Markdown, one HTML file, JUnit XML; hostile data stays data in all of them."""

from html.parser import HTMLParser
from xml.etree import ElementTree as Xml

import pytest

from qa.evaluate.junit import junit
from qa.evaluate.page import highlight, report_page
from qa.evaluate.ranking import ranking_scores
from qa.evaluate.render import render
from qa.evaluate.report import Excerpt, Report, Row, build_report
from qa.evaluate.svg import Plot, draw

HOSTILE = "<script>alert(1)</script>&\"'\x00\ud800|"


def row(name: str, score: float, **changes: object) -> Row:
    fields: dict[str, object] = {
        "id": name,
        "question": f"{name}?",
        "lang": "zh",
        "kind": "list",
        "answerable": True,
        "gold": (("甲", "甲某"), ("乙",)),
        "predicted": ("甲", "丙") if score else (),
        "confidence": 0.75,
        "error": None,
        "right": score == 1,
        "scores": {"item_f1": score, "recall@1": score},
        "timings_ms": {"total": 12.5},
        "verdicts": ("supported", "wrong") if score else (),
        "notes": () if score == 1 else ("declined, but the archive says",),
        "excerpts": () if score == 1 else (Excerpt("a.txt:3", "题", "甲与丙", ((0, 1),), ((2, 3),)),),
    }
    return Row(**{**fields, **changes})  # type: ignore[arg-type]


def report(*rows: Row) -> Report:
    return build_report("archive", rows, {"gold": {"path": "gold.jsonl"}, "started": "2026-01-01"})


THREE = report(row("good", 1.0), row("half", 0.5, lang="en"), row("bad", 0.0, answerable=False, error="E: x"))


def test_markdown_has_the_measures_the_groups_and_the_failures() -> None:
    text = render(THREE)
    assert text.startswith(
        "# Evaluation over the archive: 3 questions\n\n| measure | value | 95 % interval | questions |"
    )
    assert "| item_f1 | 0.500 | 0.000 – 1.000 | 3 |" in text
    assert "| lang: en | 1 | 0.500 | 12.5 |" in text
    assert text.endswith(
        "## Failures: 2 of 3\n\n"
        "- **half** half? (en, list)\n  - gold: 甲 / 甲某; 乙\n  - predicted: 甲 (supported); 丙 (wrong)\n"
        "  - item f1 0.50; declined, but the archive says\n  - see a.txt:3\n\n"
        "- **bad** bad? (zh, list)\n  - gold: 甲 / 甲某; 乙\n  - predicted: (no answer)\n"
        "  - item f1 0.00; declined, but the archive says\n  - see a.txt:3"
    )
    assert render(THREE, limit=1).endswith("… and 1 more; the JSON and HTML reports have them all.")


def test_a_table_cell_cannot_break_the_table() -> None:
    text = render(report(row("x", 1.0, kind="a|b\nc"), row("y", 1.0)))
    assert "| kind: a\\|b c | 1 |" in text


class Strict(HTMLParser):
    """Collects elements, attributes and text; every element that opens has to close in order."""

    VOID = ("meta", "line", "circle", "path")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(text: str) -> Strict:
    parser = Strict()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


def test_the_page_shows_every_failure_in_its_source_and_loads_nothing() -> None:
    found = parsed(report_page(THREE))
    tags = [tag for tag, _ in found.seen]
    assert tags.count("article") == 2
    assert tags.count("svg") == 4
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(tags)
    names = {name for _, attributes in found.seen for name in attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"src", "href"})
    policies = [attributes["content"] for tag, attributes in found.seen if tag == "meta" and "http-equiv" in attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    titles = {attributes["aria-label"] for tag, attributes in found.seen if tag == "svg"}
    assert titles == {"Risk–coverage", "Reliability", "Latency", "Recall@k"}
    classes = [attributes["class"] for tag, attributes in found.seen if tag == "mark"]
    assert classes[3:] == ["gold", "predicted"] * 2  # after the three of the key


def test_hostile_data_stays_text() -> None:
    excerpt = Excerpt(HOSTILE, HOSTILE, HOSTILE, ((0, 5),), ((3, 9),))
    bad = row(HOSTILE, 0.0, question=HOSTILE, kind=HOSTILE, lang=HOSTILE, notes=(HOSTILE,), excerpts=(excerpt,))
    hostile = build_report("archive", [bad, row("x", 1.0)], {"gold": {"path": HOSTILE}, "started": HOSTILE})
    found = parsed(report_page(hostile))
    assert "script" not in [tag for tag, _ in found.seen]
    assert "alert(1)" in "".join(found.text)
    document = Xml.fromstring(junit(hostile))
    (failure,) = document.iter("failure")
    assert "<script>alert(1)</script>" in (failure.get("message") or "")
    assert "\ufffd" in (failure.get("message") or "")  # what XML cannot carry


def test_marks_may_overlap_and_touch() -> None:
    assert highlight(Excerpt("", "", "甲乙丙丁", ((0, 2), (2, 3)), ((1, 3),))) == (
        '<mark class="gold">甲</mark><mark class="gold predicted">乙</mark><mark class="gold predicted">丙</mark>丁'
    )


def test_a_case_a_question() -> None:
    document = Xml.fromstring(junit(THREE))
    assert [document.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
    assert float(document.get("time") or 0) == pytest.approx(3 * 0.0125, abs=0.001)
    cases = {case.get("name"): [child.tag for child in case] for case in document.iter("testcase")}
    assert cases == {"good good?": [], "half half?": ["failure"], "bad bad?": ["error"]}
    (failure,) = document.iter("failure")
    assert failure.text == "gold: 甲 / 甲某; 乙\npredicted: 甲 (supported); 丙 (wrong)"


def test_a_plot_puts_points_where_they_belong() -> None:
    text = draw(Plot("t", "x", "y", [(0.0, 0.0), (2.0, 1.0)], x_max=2.0))
    assert 'd="M52.0 208.0L348.0 30.0"' in text
    assert "nothing to show" not in text
    assert "nothing to show" in draw(Plot("t", "x", "y", []))
    assert 'd="M52.0 208.0H348.0V30.0"' in draw(Plot("t", "x", "y", [(0.0, 0.0), (2.0, 1.0)], x_max=2.0, steps=True))


def test_ranking_measures_are_those_of_trec_eval() -> None:
    found = ranking_scores({"q": [set(), {0, 1}, {1}, {2}], "none": []}, {"q": 4, "none": 1, "unjudged": 0})
    scores = found["q"]
    # Relevant are the second and the fourth; one evidence is missing.
    assert [scores[f"recall@{k}"] for k in (1, 3, 5)] == pytest.approx([0, 1 / 3, 2 / 3])
    assert (scores["mrr"], scores["success@5"]) == (0.5, 1)
    assert set(found["none"].values()) == {0.0}
    assert "unjudged" not in found
