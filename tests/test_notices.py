import json
import re
from collections import Counter
from dataclasses import astuple
from itertools import pairwise
from pathlib import Path

import pytest

from qa.train.notices import Example, generate
from qa.train.notices.frames import Frame
from qa.train.notices.noise import insert
from qa.train.notices.places import Split
from qa.train.notices.tables import held_out, pairs, table
from qa.train.notices.templates import Templates, templates
from qa.train.notices.values import Mark

SEED_PAGE = Path(__file__).parent.parent / "seeds" / "000_2e366aedca82a0c9.txt"
SEED_GOLD = SEED_PAGE.with_name("gold.jsonl")
# What every such notice has, whoever prints it.
FORMULAS = re.compile(
    "人民代表大会|常务委员会|人大常委会|人民政府|人民法院|人民检察院|监察委员会|工作委员会|环境与资源保护|"
    "公安局|局长|副?市长|副?主任|委员会?|总经理|有限公司|职务|县委书记|[一二三四五六七八九十百]+"
)
SPLITS: tuple[Split, ...] = ("train", "dev")


@pytest.fixture(scope="module", params=SPLITS)
def examples(request: pytest.FixtureRequest) -> list[Example]:
    return list(generate(3000, seed=5, split=request.param))


def test_every_answer_stands_where_it_says(examples: list[Example]) -> None:
    for example in examples:
        spans = [(start, start + len(text)) for text, start in example.answers]
        assert [example.context[start:end] for start, end in spans] == [text for text, _ in example.answers]
        assert all(text.strip() == text and text for text, _ in example.answers)
        assert (example.kind == "none") == (not example.answers)


def test_items_are_in_printed_order_and_apart(examples: list[Example]) -> None:
    for example in examples:
        spans = [(start, start + len(text)) for text, start in example.answers]
        assert all(one[1] <= two[0] for one, two in pairwise(spans))


def test_noise_moves_marks_with_the_text() -> None:
    text = "任命何平为局长，免去于海的职务。"
    printed = insert(text, {0: "\u3000\u3000", 3: "\u3000", 5: "\n", 11: "\n"})
    assert printed.text == "\u3000\u3000任命何\u3000平为\n局长，免去于\n海的职务。"
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            mark = printed.moved(Mark(start, end))
            said = printed.text[mark.start : mark.end]
            assert said.strip() == said
            assert re.sub(r"\s", "", said) == text[start:end]


def test_identifiers_are_unique_and_passages_are_chunk_sized(examples: list[Example]) -> None:
    assert len({example.id for example in examples}) == len(examples)
    assert all(60 <= len(example.context) <= 480 for example in examples)
    asked = Counter((example.context, example.question) for example in examples)
    assert max(asked.values()) == 1


def test_a_third_is_unanswerable_and_every_kind_occurs(examples: list[Example]) -> None:
    kinds = Counter(example.kind for example in examples)
    assert 0.3 <= kinds["none"] / len(examples) <= 0.4
    assert {"person", "office", "organisation", "date", "number", "place", "document", "list"} <= set(kinds)
    languages = Counter(example.lang for example in examples)
    assert 0.2 <= languages["en"] / len(examples) <= 0.45


def test_english_questions_hold_chinese_only_in_names(examples: list[Example]) -> None:
    for example in examples:
        if example.lang == "en":
            assert all(len(run) <= 12 for run in re.findall("[\u4e00-\u9fff·]+", example.question)), example.question
            assert not re.search("[{}<>\\[\\]]", example.question)


def test_no_notation_is_left(examples: list[Example]) -> None:
    for example in examples:
        assert not re.search(r"[{}<>\[\]|]", example.context + example.question), example


def test_the_same_seed_makes_the_same_examples() -> None:
    once, again = (list(generate(200, seed=8, split="train")) for _ in range(2))
    assert once == again
    assert [astuple(each) for each in generate(50, seed=9, split="train")] != [astuple(each) for each in once[:50]]
    assert list(generate(40, seed=8, split="train")) == once[:40]


def _strings(data: Templates) -> set[str]:
    """Every passage and question template of a split."""
    out = {frame.text for frame in data.frames} | {sentence.text for sentence in data.sentences}
    out |= {text for frame in data.frames for ask in frame.asks for text in (*ask.zh, *ask.en)}
    for phrases in (data.leads, data.items, *data.asked.values()):
        out |= {text for texts in phrases.values() for text in texts}
    return out | {text for texts in data.plain.values() for text in texts}


def test_the_splits_share_no_template() -> None:
    train, dev = (_strings(templates(split)) for split in SPLITS)
    assert len(train) > 500
    assert len(dev) > 100
    assert not train & dev


def test_the_splits_share_no_place() -> None:
    train, dev = (
        {word for key in ("provinces", "cities", "first") for word, _ in pairs(table("places")[split][key])}
        for split in SPLITS
    )
    assert not train & dev


def _slots(frame: Frame) -> set[str]:
    return {name for pair in re.findall(r"\{(\w+)|<(\w+)\|", frame.text) for name in pair if name}


@pytest.mark.parametrize("split", SPLITS)
def test_every_question_knows_its_slots(split: Split) -> None:
    builtin = {"home", "lv", "head", "vice", "court"}
    for frame in templates(split).frames:
        for ask in frame.asks:
            used = {name for text in (*ask.zh, *ask.en) for name in re.findall(r"\{(\w+)\}", text)}
            assert used <= _slots(frame) | builtin, (frame.text, used)
            assert set(ask.answer) <= _slots(frame), (frame.text, ask.answer)
            assert not ask.swap or ask.swap in _slots(frame) | {"home"}, (frame.text, ask.swap)


def test_nothing_of_the_sample_page_is_used(examples: list[Example]) -> None:
    """Passages and questions alike, with their slots filled: not a name, not a run of seven characters."""
    page = SEED_PAGE.read_text(encoding="utf-8")
    names = held_out() - {"智慧"}  # a reporter's name, and an everyday word
    assert all(name in page for name in names)
    gold = [json.loads(line)["question"] for line in SEED_GOLD.read_text(encoding="utf-8").splitlines()]
    # As printed, and as it reads: without markup, lines joined.
    grams = set.union(*(_grams(text) for text in (page, re.sub(r"[*#\s]+", "", page), *gold)))
    assert {"制造业高质量发展", "在国庆前夕迎来了"} <= {g for text in (page, *gold) for g in _grams(text, 8)}
    for example in examples:
        assert not [name for name in names if name in example.context + example.question]
        used = _grams(example.context) | _grams(re.sub(r"\s+", "", example.context)) | _grams(example.question)
        assert not grams & used, grams & used


def _grams(text: str, size: int = 7) -> set[str]:
    """Runs of ``size`` Chinese characters, the fixed names of institutions, offices and numbers left out."""
    runs = re.findall("[\u4e00-\u9fff]+", FORMULAS.sub(" ", text))
    return {run[at : at + size] for run in runs for at in range(len(run) - size + 1)}


@pytest.fixture(scope="module")
def many() -> list[Example]:
    return list(generate(6000, seed=11, split="train"))


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        (r"[日前][，,]([^，,。]+?)等\d家企业(?:获评|入选)", "入选|获评|认定|recognised"),
    ],
)
def test_a_list_question_gets_every_printed_item(many: list[Example], printed: str, asked: str) -> None:
    checked = 0
    for example in many:
        found = re.search(printed, example.context)
        if found and example.kind == "list" and re.search(asked, example.question):
            checked += 1
            assert [text for text, _ in example.answers] == re.split("[、和]", found[1])
    assert checked >= 1


def test_a_list_question_gets_everyone_on_a_printed_list(many: list[Example]) -> None:
    """Derive who was appointed from the printed lines alone, under the only lead that appoints."""
    checked = 0
    for example in many:
        blocks = re.findall("任命[^，。；：:\n]*[：:]\n((?:.*[为任].*[；;。]\n)+)", example.context + "\n")
        asked = re.fullmatch("(哪些人被任命|任命了哪些人|谁被任命了|都有谁获得任命)[？?]?", example.question)
        broken = re.search(r"[^；;。：:]\n", example.context[example.context.find("任命") :])  # by columns
        leads = re.findall("任命[^；;。]*[：:]", example.context)
        if asked and not broken and len(blocks) == len(leads) == 1:
            checked += 1
            lines = [
                line
                for line in re.split("[;；\n]+\u3000*", blocks[0].strip())
                if not re.search("会议|试用|新任命|曾任|代表大会|[：:]", line)
            ]
            items = [re.match("(.{2,12}?)(?:[（(]女[）)])?(?:同志)?[为任]", line) for line in lines]
            assert [text for text, _ in example.answers] == [item[1] for item in items if item]
    assert checked >= 5
