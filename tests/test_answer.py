"""Choosing among readings, with made-up readings: what a model says is another test's matter."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from qa.answer.agreement import CLOSE
from qa.answer.ask import read_until_settled, says_otherwise, with_twins
from qa.answer.select import Evidence, candidates
from qa.answer.select import select as select_from
from qa.errors import QuestionError
from qa.question import check_question, check_top_k
from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reading
from qa.read.told import Told
from qa.types import Chunk, Hit
from tests.fakes import align

EVEN = Calibration(slope=1.0, offset=0.0, threshold=0.5, item_threshold=0.2)


def hit(number: int, text: str) -> Hit:
    return Hit(Chunk(f"c{number}", "d", 0, "", text, align(range(len(text)))), 1.0 - number, 0.0, 0.0)


def reading(text: str, **scores: float) -> Reading:
    spans = tuple(CharSpan(text.index(word), text.index(word) + len(word), score) for word, score in scores.items())
    best = max(spans, key=lambda span: span.score)
    return Reading(best, spans, 1.0)


def select(hits: Sequence[Hit], readings: Sequence[Reading | None], calibration: Calibration) -> list[Evidence]:
    return select_from(candidates(hits, readings, calibration), calibration)


A, B = "任命甲一为副市长,乙二为副市长。", "副市长甲一出席会议,丙三参加。"
HITS = [hit(0, A), hit(1, B)]


def said(readings: list[Reading | None], calibration: Calibration = EVEN) -> list[tuple[str, ...]]:
    return [tuple(f"{span.chunk.id}:{span.text}" for span in group) for group in select(HITS, readings, calibration)]


def test_below_the_threshold_nothing_is_said() -> None:
    assert said([reading(A, 甲一=-0.1), reading(B, 丙三=-2)]) == []


def test_the_threshold_is_on_the_calibrated_probability() -> None:
    strict = Calibration(0.5, -2.0, threshold=0.6, item_threshold=0.6, passage_best=0.5, passage_offset=-2.0)
    assert said([reading(A, 甲一=4), None], strict) == []
    assert said([reading(A, 甲一=6), None], strict) == [("c0:甲一",)]


def test_articles_that_say_the_same_bear_each_other_out() -> None:
    elsewhere = replace(HITS[1], chunk=replace(HITS[1].chunk, document_id="e"))
    unsure = [reading(A, 甲一=-0.2), reading(B, 甲一=-0.4)]
    assert select([HITS[0], elsewhere], [unsure[0], reading(B, 丙三=-0.2)], EVEN) == []
    (group,) = select([HITS[0], elsewhere], unsure, EVEN)
    assert [span.chunk.id for span in group] == ["c0", "c1"]


def test_passages_of_one_article_do_not_count_twice() -> None:
    assert said([reading(A, 甲一=-0.2), reading(B, 甲一=-0.4)]) == []


def test_nothing_read_is_nothing_said() -> None:
    assert said([None, None]) == []


def test_one_likely_span_is_the_answer_with_all_its_evidence() -> None:
    assert said([reading(A, 甲一=5, 乙二=-2), reading(B, 甲一=2, 丙三=-2)]) == [("c0:甲一", "c1:甲一")]


def test_of_passages_that_would_answer_retrieval_helps_to_choose() -> None:
    assert [h.score for h in HITS] == [1.0, 0.0]
    assert said([reading(A, 甲一=2), reading(B, 丙三=3)]) == [("c0:甲一",)]
    assert said([reading(A, 甲一=2), reading(B, 丙三=5)]) == [("c1:丙三",)]
    assert said([reading(A, 甲一=-1), reading(B, 丙三=0.5)]) == [("c1:丙三",)]


def test_several_likely_spans_are_all_items_in_order_of_text() -> None:
    assert said([reading(A, 甲一=3, 乙二=6), None]) == [("c0:甲一",), ("c0:乙二",)]


def test_once_it_is_a_list_less_likely_items_join() -> None:
    text = "任命甲一、乙二、丙三、丁四。"
    hits = [hit(0, text)]
    (group,) = [select(hits, [reading(text, 甲一=3, 乙二=6, 丙三=-1, 丁四=-2)], EVEN)]
    assert [evidence[0].text for evidence in group] == ["甲一", "乙二", "丙三"]
    (alone,) = select(hits, [reading(text, 甲一=3, 乙二=-2)], EVEN)
    assert alone[0].text == "甲一"


def test_a_list_goes_on_in_another_article_only_where_that_names_what_the_question_does() -> None:
    both: list[Reading | None] = [reading(A, 甲一=3, 乙二=6), reading(B, 甲一=4, 丙三=2)]
    elsewhere = replace(HITS[1], chunk=replace(HITS[1].chunk, article=7))
    read = candidates([replace(HITS[0], score=9.0), elsewhere], both, EVEN)
    for question, last in (("副市长是哪些人?", ["丙三"]), ("任命了哪些人?", [])):
        said = [group[0].text for group in select_from(read, EVEN, question=question)]
        assert said == ["甲一", "乙二", *last]


def shops(*texts: str, scores: Sequence[float]) -> list[Hit]:
    """Passages of one article each, with what retrieval gives them."""
    hits = [hit(number, text) for number, text in enumerate(texts)]
    return [
        replace(each, score=score, chunk=replace(each.chunk, article=number))
        for number, (each, score) in enumerate(zip(hits, scores, strict=True))
    ]


def test_where_all_are_asked_for_each_article_may_hold_one() -> None:
    asked = "供销社今年在哪些镇开了新店?"
    texts = (
        "供销社今年在石门镇开了新店。",
        "供销社又在沙湾镇开了新店。",
        "供销社今年在云溪开了新店。",
        "越剧团今年到了梅岭镇。",
    )
    doubts = [reading(texts[0], 石门镇=2), reading(texts[1], 沙湾镇=0.2), reading(texts[2], 云溪=0.5)]
    read = candidates(shops(*texts, scores=(3, 2, 2, 2)), [*doubts, reading(texts[3], 梅岭镇=0.5)], EVEN)
    assert [group[0].text for group in select_from(read, EVEN, question=asked)] == ["石门镇"]
    # 云溪 does not end as what is asked for does, and the opera company is not the shop.
    assert [group[0].text for group in select_from(read, EVEN, question=asked, every=True)] == ["石门镇", "沙湾镇"]
    far = candidates(shops(*texts, scores=(3, 0.9, 2, 2)), [*doubts, None], EVEN)
    assert [group[0].text for group in select_from(far, EVEN, question=asked, every=True)] == ["石门镇"]


def test_an_article_that_gives_a_list_needs_more_to_go_on_in_another() -> None:
    asked = "Which firms bid on the canal?"
    texts = (
        "Firms that bid on the canal were Ames and Nair.",
        "The canal: Rudd bid on it.",
        "Firms bid on the canal: Hale.",
    )
    both = [reading(texts[0], Ames=4, Nair=3), reading(texts[1], Rudd=0.5), reading(texts[2], Hale=0.5)]
    read = candidates(shops(*texts, scores=(3, 2, 2)), both, EVEN)
    assert [group[0].text for group in select_from(read, EVEN, question=asked, every=True)] == ["Ames", "Nair", "Hale"]
    alone = [reading(texts[0], Ames=4), *both[1:]]
    read = candidates(shops(*texts, scores=(3, 2, 2)), alone, EVEN)
    assert [group[0].text for group in select_from(read, EVEN, question=asked, every=True)] == ["Ames", "Rudd", "Hale"]


def test_a_list_goes_on_in_its_article_and_in_others_that_are_likely_by_themselves() -> None:
    both: list[Reading | None] = [reading(A, 甲一=3, 乙二=6), reading(B, 甲一=4, 丙三=2)]
    assert said(both) == [("c1:甲一", "c0:甲一"), ("c0:乙二",), ("c1:丙三",)]
    elsewhere = replace(HITS[1], chunk=replace(HITS[1].chunk, article=7))
    groups = select([HITS[0], elsewhere], both, EVEN)
    assert [[span.chunk.id for span in group] for group in groups] == [["c1", "c0"], ["c0"], ["c1"]]
    doubtful: list[Reading | None] = [both[0], reading(B, 甲一=-0.5, 丙三=-0.6)]
    groups = select([HITS[0], elsewhere], doubtful, replace(EVEN, threshold=0.3, item_threshold=0.3))
    assert [[span.chunk.id for span in group] for group in groups] == [["c0", "c1"], ["c0"]]
    continued = replace(elsewhere, continues=("d", 0))
    groups = select([HITS[0], continued], both, EVEN)
    assert [[span.chunk.id for span in group] for group in groups] == [["c1", "c0"], ["c0"], ["c1"]]


def test_of_more_items_than_were_asked_for_the_likeliest_stay_in_order() -> None:
    text = "任命甲一、乙二、丙三、丁四。"
    read = candidates([hit(0, text)], [reading(text, 甲一=3, 乙二=6, 丙三=4, 丁四=1)], EVEN)
    for most, kept in ((2, ["乙二", "丙三"]), (3, ["甲一", "乙二", "丙三"]), (5, ["甲一", "乙二", "丙三", "丁四"])):
        assert [group[0].text for group in select_from(read, EVEN, most=most)] == kept


def test_where_one_is_wanted_there_is_no_list_but_what_other_dates_say_stays() -> None:
    read = candidates(HITS, [reading(A, 甲一=3, 乙二=6), None], EVEN)
    assert [group[0].text for group in select_from(read, EVEN, most=1)] == ["乙二"]
    dated = [replace(one, score=0.0, date=date) for one, date in zip(HITS, ("2019-05-01", "2021-10-13"), strict=True)]
    read = candidates(dated, [reading(A, 甲一=3, 乙二=2), reading(B, 丙三=3)], EVEN)
    assert [group[0].text for group in select_from(read, EVEN, most=1)] == ["丙三", "甲一"]


def test_the_deciding_article_has_its_items_before_others() -> None:
    elsewhere = replace(HITS[1], chunk=replace(HITS[1].chunk, article=7))
    read = candidates([HITS[0], elsewhere], [reading(A, 甲一=7, 乙二=2), reading(B, 甲一=1, 丙三=3)], EVEN)
    assert [group[0].text for group in select_from(read, EVEN, most=2)] == ["甲一", "乙二"]
    assert [group[0].text for group in select_from(read, EVEN, most=3)] == ["甲一", "乙二", "丙三"]


def test_what_ties_of_other_dates_say_comes_after_the_newest() -> None:
    old, new = replace(HITS[0], score=0.1, date="2019-05-01"), replace(HITS[1], score=0.0, date="2021-10-13")
    both = [reading(A, 甲一=3, 乙二=-2), reading(B, 丙三=3, 甲一=-2)]
    for dates, expected in (
        (("2019-05-01", "2021-10-13"), ["丙三", "甲一"]),
        (("2021-10-13", "2019-05-01"), ["甲一", "丙三"]),
        (("2021-10-13", "2021-10-13"), ["甲一"]),
        ((None, "2021-10-13"), ["丙三"]),
    ):
        hits = [replace(found, date=date) for found, date in zip((old, new), dates, strict=True)]
        assert [group[0].text for group in select(hits, both, EVEN)] == expected


def test_where_the_evidence_ties_the_newest_decides() -> None:
    old, new = replace(HITS[0], score=0.1, date="2019-05-01"), replace(HITS[1], score=0.0, date="2021-10-13")
    readings: list[Reading | None] = [reading(A, 甲一=3), reading(B, 丙三=3)]
    for hits in ([old, new], [old, replace(new, date=None)], [old, replace(new, score=-1.0)]):
        group, *_ = select(hits, readings, EVEN)
        assert group[0].text == ("丙三" if hits[1] == new else "甲一")


def test_twins_are_further_evidence() -> None:
    twin = hit(7, "乙报讯 任命甲一为副市长，乙二为副市长").chunk
    altered = hit(8, "任命甲一为市长,乙二为副市长。").chunk
    (group,) = select([hit(0, A)], [reading(A, 甲一=3)], EVEN)
    found = with_twins(group, [replace(hit(0, A), twins=(twin, altered))])
    assert [(span.chunk.id, span.text, span.start) for span in found] == [("c0", "甲一", 2), ("c7", "甲一", 6)]


@pytest.mark.parametrize("question", ["", "  ", "\u3000\n", "?!。", "啊" * 1001])
def test_questions_that_cannot_be_asked(question: str) -> None:
    with pytest.raises(QuestionError):
        check_question(question)


def test_a_question_is_asked_without_blanks_around_it() -> None:
    assert check_question("\u3000谁?\n") == "谁?"


@pytest.mark.parametrize("top_k", [0, -1, 51])
def test_passages_to_read_are_limited(top_k: int) -> None:
    with pytest.raises(QuestionError, match=str(top_k)):
        check_top_k(top_k)


@pytest.mark.parametrize(
    ("nearest", "otherwise"),
    [
        ({"乙二": 5.0}, True),  # it is less sure, and was not chosen
        ({"乙二": 9.0 - CLOSE + 0.1}, True),
        ({"乙二": 9.0 - CLOSE - 0.1}, False),  # it has no answer to speak of
        ({"甲一": 5.0}, False),  # it says the same
        ({"甲一为副市长": 5.0}, False),
    ],
)
def test_the_nearest_passage_may_say_otherwise(nearest: dict[str, float], otherwise: bool) -> None:
    first, chosen = candidates(HITS, [reading(A, **nearest), reading(B, 甲一=9.0)], EVEN)
    assert says_otherwise(first, chosen.best) is otherwise
    assert not says_otherwise(first, first.best)


class ScriptedReader:
    """Reads each passage as it is told, and remembers how many it was given."""

    def __init__(self, *scores: float, calibration: Calibration = EVEN) -> None:
        self.scores = scores
        self.calibration = calibration
        self.read_so_far = 0

    def read(self, question: str, passages: list[Told]) -> list[Reading | None]:
        first, self.read_so_far = self.read_so_far, self.read_so_far + len(passages)
        return [Reading(CharSpan(0, 1, score), (), 0.0) for score in self.scores[first : self.read_so_far]]


@pytest.mark.parametrize(
    ("scores", "read"),
    [
        ((5.0, 0.0, 0.0, 9.0, 9.0), 1),
        ((-5.0, 5.0, 0.0, 9.0, 9.0), 3),
        ((-5.0, 0.0, 5.0, 9.0, 9.0), 3),
        ((-5.0, -1.0, -0.5, 9.0, 9.0), 5),
        ((-5.0, -5.0, -5.0, -5.0, -5.0), 5),
        ((5.0,), 1),
        ((), 0),
    ],
)
def test_reading_stops_when_the_first_or_the_better_half_settles_it(scores: tuple[float, ...], read: int) -> None:
    reader = ScriptedReader(*scores)
    readings = read_until_settled("谁?", [hit(number, A) for number in range(len(scores))], reader)  # type: ignore[arg-type]
    assert len(readings) == reader.read_so_far == read


def test_the_calibration_says_what_settles_it() -> None:
    # A score of 0 is a probability of 0.5.
    for settled, first, second in ((0.42, 1, 3), (0.5, 1, 3), (0.51, 5, 5)):
        for read, scores in ((first, (0.0, -5.0)), (second, (-5.0, 0.0))):
            reader = ScriptedReader(*scores, -5.0, -5.0, -5.0, calibration=replace(EVEN, settled=settled))
            read_until_settled("谁?", [hit(number, A) for number in range(5)], reader)  # type: ignore[arg-type]
            assert reader.read_so_far == read


def test_what_says_that_something_changed_is_read_beside_what_settles_it() -> None:
    changed = "原定8日举行的听证会推迟到15日举行。"
    for at, read in ((0, 3), (1, 3), (2, 3), (3, 1), (4, 1)):
        reader = ScriptedReader(5.0, 0.0, 0.0, 0.0, 0.0)
        read_until_settled("谁?", [hit(n, changed if n == at else A) for n in range(5)], reader)  # type: ignore[arg-type]
        assert reader.read_so_far == read


def test_weights_that_say_nothing_of_it_settle_as_they_were_measured() -> None:
    written = {"slope": 1.0, "offset": 0.0, "threshold": 0.5, "item_threshold": 0.2}
    assert Calibration(**written).settled == 0.42
