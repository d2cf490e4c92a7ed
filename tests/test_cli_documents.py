"""``gazette documents`` and ``forget``, the summary of ``ingest``, and the manners of the command line."""

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from qa.cli import holdings, run
from qa.cli.terminal import print_answer, print_hits
from qa.types import Alignment, Chunk, Hit, Run
from tests.api_service import ANSWERED
from tests.fakes import FakeEncoder

RECORDS = [
    {"id": "a", "title": "甲会", "date": "2020-05-01", "publication": "甲日报", "text": "甲会五月一日召开。"},
    {"id": "b", "title": "乙会", "date": "2021-05-01", "publication": "甲日报", "text": "乙会昨日召开,张某主持。"},
    {"id": "c", "title": "丙会", "date": "2021-06-01", "publication": "乙晚报", "text": "丙会今日闭幕,李某出席。"},
    {"id": "d", "title": "丁会", "date": None, "text": "丁会改期举行,另行通知。"},
]


class Gazette:
    def __init__(self, index: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.index, self._capfd = index, capfd

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        self._capfd.readouterr()
        code = run([*map(str, arguments), "--index", str(self.index)])
        streams = self._capfd.readouterr()
        return code, streams.out, streams.err

    def records(self, *arguments: str) -> list[dict[str, Any]]:
        code, out, _ = self(*arguments, "--json")
        assert code == 0
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def gazette(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Gazette:
    monkeypatch.setattr("qa.service.load_only_encoder", lambda name: FakeEncoder())
    folder = tmp_path / "in"
    folder.mkdir()
    lines = (json.dumps(record, ensure_ascii=False) for record in RECORDS)
    (folder / "dump.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "page.txt").write_text("# 戊会\n\n2022年3月4日\n\n戊会三日举行,王某主持。\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    made = Gazette(tmp_path / "index", capfd)
    assert made("ingest", "in")[0] == 0
    return made


def test_documents_are_listed_with_paper_title_and_date(gazette: Gazette) -> None:
    listed = gazette.records("documents")
    assert [(each["source"], each["title"], each["publication"]) for each in listed] == [
        ("in/dump.jsonl", "甲会", "甲日报"),
        ("in/dump.jsonl", "乙会", "甲日报"),
        ("in/dump.jsonl", "丙会", "乙晚报"),
        ("in/dump.jsonl", "丁会", None),
        ("in/page.txt", "戊会", None),
    ]
    assert [each["date"] for each in listed[:4]] == ["2020-05-01", "2021-05-01", "2021-06-01", None]
    assert {each["articles"] for each in listed} == {1}
    _, out, _ = gazette("documents")
    assert out.splitlines()[1] == "2021-05-01  in/dump.jsonl  甲日报 · 乙会  (1 article)"


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (["--publication", "日报"], ["甲会", "乙会"]),
        (["--from", "2021", "--to", "2021-05"], ["乙会"]),
        (["--title", "丙", "--publication", "乙晚報"], ["丙会"]),
        (["--source", "page"], ["戊会"]),
        (["--publication", "没有"], []),
    ],
)
def test_documents_are_filtered(gazette: Gazette, filters: list[str], titles: list[str]) -> None:
    assert [each["title"] for each in gazette.records("documents", *filters)] == titles


def test_an_empty_list_says_that_it_is_empty(
    gazette: Gazette, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert gazette("documents", "--title", "没有") == (0, "", "no documents that pass the filters\n")
    assert gazette("documents", "--title", "没有", "--count", "year") == (0, "", "no documents\n")
    capfd.readouterr()
    assert run(["keys", "list", "--keys", str(tmp_path / "keys.json")]) == 0
    streams = capfd.readouterr()
    assert (streams.out, streams.err) == (
        "",
        f"no keys in {tmp_path / 'keys.json'}: gazette keys create NAME makes one\n",
    )


def test_documents_are_counted(gazette: Gazette) -> None:
    counts = {
        each["year"]: (each["documents"], each["articles"]) for each in gazette.records("documents", "--count", "year")
    }
    assert list(counts.items())[:2] == [("2020", (1, 1)), ("2021", (2, 2))]
    assert counts[None][0] + sum(number for year, (number, _) in counts.items() if year) == 5
    _, out, _ = gazette("documents", "--count", "publication")
    assert out.splitlines() == [
        "乙晚报  1 document, 1 article",
        "甲日报  2 documents, 2 articles",
        "no publication  2 documents, 2 articles",
    ]
    assert [tuple(each.values()) for each in gazette.records("documents", "--count", "format")] == [
        (".jsonl", 4, 4),
        (".txt", 1, 1),
    ]


def test_ingest_ends_with_what_the_index_holds(gazette: Gazette) -> None:
    code, out, _ = gazette("ingest", "in/page.txt")
    assert code == 0
    assert out.splitlines()[0].startswith("1 file, 0 skipped")
    assert "documents by format: .jsonl 4, .txt 1\n" in out
    assert "documents by publication: 乙晚报 1, 甲日报 2, no publication 2\n" in out
    report = gazette.records("ingest", "in")[0]
    assert report["by_format"] == {".jsonl": 4, ".txt": 1}
    assert report["by_publication"] == {"乙晚报": 1, "甲日报": 2, "": 2}
    assert report["by_year"]["2021"] == 2


def test_a_summary_of_many_years_is_cut() -> None:
    from qa.store import Tally

    many = [Tally(f"d{year}", "a.txt", None, str(year), 1) for year in range(1900, 1950)]
    *_, years = holdings.summary_lines(many)
    assert years.endswith("1911 1, … and 38 more")


def test_documents_are_forgotten_by_id_source_or_folder(gazette: Gazette) -> None:
    first = gazette.records("documents")[0]["id"]
    assert gazette("forget", first)[:2] == (0, "1 document forgotten, 4 left; revision 2\n")
    code, out, err = gazette("forget", "in/page.txt", "nothing")
    assert (code, out) == (2, "")
    assert "'nothing'" in err
    assert gazette("forget", "in/page.txt")[1].startswith("1 document forgotten, 3 left")
    assert gazette("forget", "in")[1].startswith("3 documents forgotten, 0 left")
    assert gazette("documents") == (0, "", "no documents in the index\n")
    assert (Path("in") / "page.txt").is_file()
    assert gazette("ingest", "in")[0] == 0
    assert len(gazette.records("documents")) == 5


def test_a_document_is_forgotten_by_the_uri_of_its_file(gazette: Gazette) -> None:
    assert gazette("forget", Path("in/page.txt").absolute().as_uri())[1].startswith("1 document forgotten, 4 left")


def test_an_answer_and_passages_wrap_under_themselves_on_a_terminal() -> None:
    chunk = Chunk("c", "d", 0, "", "会议" * 60, Alignment((Run(0, 0, 120),)))
    for width in (60, 40):
        console = Console(file=StringIO(), width=width, force_terminal=True, color_system=None, highlight=False)
        print_answer(console, ANSWERED, [])
        print_hits(console, [(Hit(chunk, 1.5, 1, 1), "甲会 · " + "x" * 70)])
        lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
        assert max(map(cell_len, lines)) <= width
        assert lines[1].startswith(" [1] 李新建为洛阳市")
        assert all(line.startswith((" [", "     ")) for line in lines[1:])


def test_lines_in_a_pipe_are_not_wrapped() -> None:
    console = Console(file=StringIO(), width=40, soft_wrap=True)
    print_answer(console, ANSWERED, [])
    assert len(console.file.getvalue().splitlines()) == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", [[], ["ask"], ["documents"], ["gold", "check"], ["completion"]])
def test_the_help_has_a_short_form_and_keeps_to_the_width(
    command: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert run([*command, "-h"]) == 0
    short = capfd.readouterr().out
    assert run([*command, "--help"]) == 0
    assert capfd.readouterr().out == short
    assert short.startswith(f"Usage: {' '.join(['gazette', *command])} ")
    assert max(map(cell_len, short.splitlines())) <= 60


def test_the_version(capfd: pytest.CaptureFixture[str]) -> None:
    from qa import __version__

    assert run(["--version"]) == 0
    assert capfd.readouterr().out == f"gazette {__version__}\n"


def test_a_shell_completes_commands_and_options(capfd: pytest.CaptureFixture[str]) -> None:
    for shell in ("bash", "zsh", "fish", "powershell"):
        assert run(["completion", shell]) == 0
        assert "_GAZETTE_COMPLETE" in capfd.readouterr().out
    assert completed("gazette do") == ["documents", "doctor"]
    assert completed("gazette gold ") == ["check", "new"]
    assert completed("gazette documents --co") == ["--count"]
    assert completed("gazette documents --count ") == ["year", "publication", "format"]


def completed(line: str) -> list[str]:
    environment = {
        **os.environ,
        "_GAZETTE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
    }
    done = subprocess.run([sys.executable, "-m", "qa"], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("after", [0.05, 0.15, 0.3, 0.6])
def test_an_interrupt_is_silent_from_the_first_moment(after: float) -> None:
    """It comes as soon as our first module runs, and at several moments of what is imported after it."""
    code = "import sys; from qa.__main__ import main; print('x', flush=True); sys.argv[1:] = ['train', '-h']; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "x\n"
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    assert errors in ("", "interrupted\n")
    assert process.returncode in (0, 130, -signal.SIGINT)
