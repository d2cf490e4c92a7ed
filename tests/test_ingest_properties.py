"""What holds for any text."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa.ingest import ChunkingParameters, segment
from qa.ingest.furniture import furniture
from qa.ingest.lines import Role, split_lines
from qa.ingest.roles import with_roles
from tests.ingest_oracle import MARKS, document, is_visible, uncovered, verify

FRAGMENTS = [
    *(
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "  \n",
        "## ",
        "# ",
        "- ",
        "**",
        "---\n",
        "市长",
        "洛阳",
        "会议召开",
        "昨日,",
        "。",
        ";",
        ":",
        "“",
        "”",
    ),
    *(
        "《",
        "》",
        "(",
        ")",
        "、",
        "……",
        "(上接01版)\n",
        "——访",
        "记者 张三\n",
        "2021年10月13日\n",
        "本报讯(记者 李四)",
        "第42号",
        "一、",
    ),
    *(
        "\u3000\u3000",
        " ",
        "The mayor ",
        "said. ",
        "12,5",
        "任命:\n",
        "\ufeff",
        "\u200b",
        "\u2028",
        "\x0c",
        "|",
        "𠮷",
        "é",
    ),
]
pages = st.one_of(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join), st.text(max_size=200))
sizes = st.tuples(st.integers(1, 60), st.integers(0, 60)).map(lambda pair: ChunkingParameters(pair[0], sum(pair)))


@settings(max_examples=100, deadline=None)
@given(pages, sizes)
def test_any_text_is_aligned_ordered_and_within_limits(text: str, parameters: ChunkingParameters) -> None:
    page = document(text)
    verify(page, segment(page, parameters), parameters)


@settings(max_examples=100, deadline=None)
@given(pages, sizes)
def test_only_marks_and_headings_are_left_out(text: str, parameters: ChunkingParameters) -> None:
    page = document(text)
    assert set(uncovered(page, segment(page, parameters))) <= MARKS


@settings(max_examples=60, deadline=None)
@given(pages.map(lambda text: "".join(c for c in text if c not in MARKS)), sizes)
def test_without_marks_every_visible_character_is_in_a_chunk(text: str, parameters: ChunkingParameters) -> None:
    page = document(text)
    result = segment(page, parameters)
    assert uncovered(page, result) == ""
    assume(not has_furniture(text))
    assert result.outside == ()
    assert bool(result.chunks) == any(map(is_visible, text))


def has_furniture(text: str) -> bool:
    return bool(furniture(text)) or any(line.role is Role.MASTHEAD for line in with_roles(list(split_lines(text))))


@pytest.mark.parametrize("words", ["第42号2021年10月13日", "©"])
def test_an_imprint_is_outside_without_marks(words: str) -> None:
    page = document(f"{words}\n")
    result = segment(page)
    assert has_furniture(page.text)
    assert result.outside == ((0, len(words)),)
    assert (uncovered(page, result), result.chunks) == ("", ())


@settings(max_examples=30, deadline=None)
@given(pages)
def test_segmentation_is_deterministic(text: str) -> None:
    assert segment(document(text)) == segment(document(text))


@pytest.mark.parametrize(
    "text",
    [
        "市" * 30_000,
        "市," * 10_000,
        "“" * 15_000 + "”" * 15_000,
        "\n" * 15_000 + "市",
        "a" + " " * 30_000 + "b",
        "**a " * 10_000,
        "\u3000\ufeff" * 10_000 + "市",
        "# 市\n\n市长说。\n\n" * 300,
        "(上接01版)\n" * 300,
        "任命:\n" + "甲;\n" * 1_000,
    ],
    ids=range(10),
)
def test_pathological_texts(text: str) -> None:
    page = document(text)
    result = segment(page)
    verify(page, result)
    assert set(uncovered(page, result)) <= MARKS
