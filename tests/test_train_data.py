"""Hard negatives over a handful of passages, where the best one without the answer is plain to see."""

import bz2
import json
import random
from pathlib import Path

import pytest

from qa.store.manifest import FORMAT
from qa.train.data import DEV_SETS, ENGLISH_DEV, NEAR_DEV, OWN, TEST_SET, Example, load_set
from qa.train.recipe import BODY, Recipe, Stage, Training, Variants
from qa.train.stages import stage_examples, with_retrieved_passages
from tests.fakes import FakeEncoder

HELD = "海陵市决定任命何平为海陵市财政局局长。"
NEAR = "海陵市决定任命于海为海陵市财政局副局长。"
NAMED = "何平出席海陵市财政局局长会议。"
ELSEWHERE = "云山市决定任命秦松为云山市财政局局长。"
FAR = "今年小麦丰收,亩产八百公斤。"
PASSAGES = [HELD, NEAR, NAMED, ELSEWHERE, FAR]
QUESTION = "谁被任命为海陵市财政局局长?"


def example(context: str, question: str, answer: str, *, source: str = "set", subject: str = "") -> Example:
    answers = ((answer, context.index(answer)),) if answer else ()
    return Example(f"{source}-{context[:4]}", source, "", context, question, answers, subject)


def mined(asked: Example, work: Path, encoder: FakeEncoder) -> list[Example]:
    """Find negatives of one question among all passages, each there by a question without an answer."""
    others = [example(context, "天气如何?", "") for context in PASSAGES]
    return with_retrieved_passages([asked, *others], 1, rng=random.Random(0), encoder=encoder, work=work)


@pytest.mark.parametrize(
    ("source", "subject", "negative"),
    [
        ("set", "", NEAR),  # NAMED is as near, but holds the answer
        ("notices", "海陵市", ELSEWHERE),
    ],
)
def test_the_best_passage_without_the_answer_is_the_negative(
    source: str, subject: str, negative: str, tmp_path: Path
) -> None:
    asked = example(HELD, QUESTION, "何平", source=source, subject=subject)
    (found,) = mined(asked, tmp_path, FakeEncoder(256))
    assert found == Example(f"{asked.id}:far", source, "", negative, QUESTION, (), subject)


def test_what_another_notice_may_answer_has_no_negative(tmp_path: Path) -> None:
    asked = example(HELD, "谁被任命为财政局局长?", "何平", source="notices")
    assert mined(asked, tmp_path, FakeEncoder(256)) == []


def test_an_index_of_another_format_is_not_reused(tmp_path: Path) -> None:
    asked, encoder = example(HELD, QUESTION, "何平"), FakeEncoder(256)
    first = mined(asked, tmp_path, encoder)
    earlier = tmp_path / f"index-{FORMAT - 1}"
    (tmp_path / f"index-{FORMAT}").rename(earlier)
    manifest = earlier / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": FORMAT - 1}))
    assert mined(asked, tmp_path, encoder) == first
    assert {path.name for path in tmp_path.glob("index*")} == {f"index-{FORMAT - 1}", f"index-{FORMAT}"}


def test_no_passage_is_encoded_twice(tmp_path: Path) -> None:
    asked, encoder = example(HELD, QUESTION, "何平"), FakeEncoder(256)
    first = mined(asked, tmp_path, encoder)
    assert sorted(encoder.encoded["passage"]) == sorted(PASSAGES)
    assert mined(asked, tmp_path, encoder) == first
    assert len(encoder.encoded["passage"]) == len(PASSAGES)


SHARES = {
    "cmrc2018_train": 0.3,
    "gazette_english": 0.2,
    "gazette_authored_train": 0.1,
    "notices": 0.2,
    "far": 0.1,
    "beside": 0.1,
}


def test_a_stage_is_the_same_for_the_same_recipe(data: Path, tmp_path: Path) -> None:
    recipe = Recipe(3, BODY, Training(), Variants(0.5, 0.5, 0.1, 0.7), (Stage(100, SHARES), Stage(100, SHARES)))
    once, again, other = (
        stage_examples(recipe, number, data, encoder=FakeEncoder(), work=tmp_path) for number in (0, 0, 1)
    )
    assert once == again
    assert {e.id for e in once} != {e.id for e in other}
    assert sum(2 if e.twin else 1 for e in once) == 100
    unseen = {e.context for name in DEV_SETS for e in load_set(data, name)}
    for each in once:
        assert all(each.context[start : start + len(text)] == text for text, start in each.answers)
        assert each.context not in unseen
    assert sum(each.id.endswith(":far") for each in once) == 10
    assert sum(each.id.endswith(":beside") for each in once) == 10


def test_answers_of_what_we_wrote_are_places_in_its_articles() -> None:
    for path in OWN.glob("*.jsonl.bz2"):
        with bz2.open(path, "rt", encoding="utf-8") as lines:
            for article in map(json.loads, lines):
                context = article["context"]
                for _, answers in article["questions"]:
                    for start, length in answers:
                        words = context[start : start + length]
                        assert len(words) == length > 0, (path.name, article["title"], start)
                        assert words.strip() == words, (path.name, article["title"], words)


def test_what_we_wrote_is_verbatim_and_of_no_dev_set(data: Path) -> None:
    kept_apart = {ENGLISH_DEV, *NEAR_DEV, TEST_SET}
    unseen = {e.context for name in (*DEV_SETS, *kept_apart) for e in load_set(data, name)}
    names = [path.name.removesuffix(".jsonl.bz2") for path in OWN.glob("*.jsonl.bz2")]
    assert {"written", *kept_apart} < {*names}
    for name in names:
        written = load_set(data, name)
        assert len(written) > 500
        for each in written:
            assert all(each.context[start : start + len(text)] == text for text, start in each.answers)
        assert name in kept_apart or not unseen & {each.context for each in written}
