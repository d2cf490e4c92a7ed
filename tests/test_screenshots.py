"""The pictures of the terminal: they show what the commands print, and load nothing."""

import re
import shlex
from pathlib import Path

import pytest
from rich.text import Text

from qa.cli import run
from tests.screenshots import CELL, SCREENS, WIDTH, drawn, folded, path_of, words_of

SCORE = r"(?<=\])\d\.\d{3}"
"""Of a passage that a search has found, behind its number."""


@pytest.mark.parametrize("name", SCREENS)
def test_a_picture_shows_what_is_printed(
    name: str, index: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAZETTE_INDEX", str(index))
    expected = ""
    for command in SCREENS[name]:
        capfd.readouterr()
        assert run(shlex.split(command)[1:]) in (0, 1)
        expected += f"$ {command}\n{capfd.readouterr().out}"
    shown = words_of(path_of(name).read_text("utf-8"))
    printed = re.sub(r"\s", "", expected)
    # A processor computes in bfloat16 or in float32: the last digits of a score are not the same on each.
    (scored, scores), (seen, pictured) = (_without_scores(words) for words in (printed, shown))
    assert seen == scored, "run: python -m tests.screenshots"
    assert pictured == pytest.approx(scores, abs=0.02)


def _without_scores(words: str) -> tuple[str, list[float]]:
    return re.sub(SCORE, "", words), [float(score) for score in re.findall(SCORE, words)]


@pytest.mark.parametrize("name", SCREENS)
def test_a_picture_loads_nothing(name: str) -> None:
    svg = path_of(name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "<svg" in svg
    assert re.findall(r"https?:|url\(|href|<script", svg) == []


def test_a_chinese_character_takes_two_cells() -> None:
    (latin, han) = drawn(Text("ab甲乙"), 10)
    assert f'textLength="{2 * CELL:g}"' in latin
    assert f'textLength="{4 * CELL:g}"' in han
    assert [len(row) for row in folded(Text("甲" * (WIDTH // 2 + 1)))] == [WIDTH // 2, 1]
