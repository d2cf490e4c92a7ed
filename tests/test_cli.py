"""The command line on bad input and on its contract: exit codes, what goes to which stream, one line in, one out."""

import gzip
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from qa.cli import run
from tests.conftest import SEEDS

QUESTION = "谁被任命为洛阳市人民政府副市长?"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Gazette = Callable[..., Outcome]


@pytest.fixture
def gazette(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Gazette:
    def call(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        streams = capfd.readouterr()
        assert "Traceback" not in streams.err
        return Outcome(code, streams.out, streams.err)

    return call


def one_error_line(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 2
    assert outcome.out == ""
    (line,) = outcome.err.strip().splitlines()
    for word in words:
        assert word in line


def test_help_teaches_every_command(gazette: Gazette) -> None:
    outcome = gazette("--help")
    assert outcome.code == 0
    for command in (
        "ask",
        "read",
        "ingest",
        "search",
        "show",
        "verify",
        "eval",
        "compare",
        "gold",
        "doctor",
        "serve",
        "train",
    ):
        assert command in outcome.out
        assert gazette(command, "--help").code == 0


WRONG_USAGE = [("nonsense",), ("ask",), ("ask", "q", "--top-k", "0"), ("ask", "q", "--nonsense")]


@pytest.mark.parametrize("arguments", WRONG_USAGE)
def test_wrong_usage_exits_with_2(gazette: Gazette, arguments: tuple[str, ...]) -> None:
    outcome = gazette(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Usage" in outcome.err


@pytest.mark.parametrize("question", ["", "   ", "\u3000", "?!"])
def test_an_empty_question(gazette: Gazette, index: Path, question: str) -> None:
    one_error_line(gazette("ask", question, "--index", index), "question is empty")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_date_that_is_none(gazette: Gazette, index: Path, command: str) -> None:
    one_error_line(gazette(command, "谁?", "--index", index, "--from", "13.10.2021"), "13.10.2021", "2021-10-13")


def test_filters_limit_what_is_searched(gazette: Gazette, index: Path) -> None:
    found = gazette("search", "任免名单", "--index", index, "--json", "--from", "2021-10", "--to", "2021")
    assert {record["date"] for record in found.records} == {"2021-10-13"}
    assert gazette("search", "任免名单", "--index", index, "--json", "--to", "2020").records == []
    by = gazette("search", "任免名单", "--index", index, "--byline", "陈曦", "--title", "产业集聚", "--source", "000_")
    assert "格力" in by.out
    assert gazette("ask", QUESTION, "--index", index, "--to", "2020").code == 1


def test_a_question_of_10000_characters(gazette: Gazette, index: Path) -> None:
    one_error_line(gazette("ask", "谁" * 10_000, "--index", index), "10,000 characters", "1,000")


@pytest.mark.parametrize(
    "command",
    [
        ("ask", QUESTION),
        ("chat",),
        ("search", "副市长"),
        ("show", "x"),
        ("documents",),
        ("forget", "x"),
        ("eval", "--gold", SEEDS / "gold.jsonl"),
        ("gold", "check", SEEDS / "gold.jsonl"),
        ("doctor",),
        ("mcp",),
        ("serve",),
    ],
    ids=lambda command: command[0],
)
def test_a_missing_index_is_an_error_and_never_the_starter_page(
    gazette: Gazette, tmp_path: Path, command: tuple[str | Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "nowhere"
    one_error_line(gazette(*command, "--index", missing), str(missing), "gazette ingest")
    monkeypatch.setenv("GAZETTE_INDEX", str(missing))
    one_error_line(gazette(*command), str(missing), "gazette ingest")
    assert not missing.exists()


def test_an_index_of_another_encoder(gazette: Gazette, index: Path, tmp_path: Path) -> None:
    other = tmp_path / "index"
    shutil.copytree(index, other)
    manifest = json.loads((other / "manifest.json").read_text("utf-8"))
    manifest["encoder"] = {**manifest["encoder"], "name": "someone/else", "fingerprint": "0" * 64}
    (other / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    one_error_line(gazette("ask", QUESTION, "--index", other), "someone/else", "multilingual-e5-small")


@pytest.mark.parametrize("part", ["archive-*.sqlite", "vectors-*.faiss", "manifest.json"])
def test_a_truncated_index_file(gazette: Gazette, index: Path, tmp_path: Path, part: str) -> None:
    cut = tmp_path / "index"
    shutil.copytree(index, cut)
    (file,) = cut.rglob(part)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    outcome = gazette("ask", QUESTION, "--index", cut)
    one_error_line(outcome, str(cut))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n\n", "blank"),
        ("binary.txt", bytes(range(256)) * 4, "binary"),
        ("latin.txt", "Où est passée la mairie ? Déjà vu.".encode("latin-1"), "byte"),
        ("list.jsonl", b"[1, 2]\n", "line 1"),
        ("image.png", b"\x89PNG", "not a readable picture"),
    ],
)
def test_files_that_cannot_be_read(gazette: Gazette, tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    one_error_line(gazette("ingest", tmp_path / name, "--index", tmp_path / "index"), name, reason)


def test_one_bad_file_is_reported_and_the_rest_goes_on(gazette: Gazette, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\x00\x01")
    (tmp_path / "good.txt").write_text("甲会昨日召开,乙某主持。", "utf-8")
    outcome = gazette("ingest", tmp_path, "--index", tmp_path / "index", "--json")
    assert outcome.code == 2
    (record,) = outcome.records
    assert record["added"] == 1
    (skipped,) = record["skipped"]
    assert (list(skipped), skipped["source"]) == (["source", "reason"], str(tmp_path / "bad.txt"))
    assert "a NUL at byte 0" in skipped["reason"]
    assert "bad.txt" in outcome.err


def test_files_of_types_that_are_not_read_are_counted_and_named(gazette: Gazette, tmp_path: Path) -> None:
    for name in ("in/a.odt", "in/deep/b.odt", "in/c.xyz"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "in/feed.xml").write_bytes(b"<rss/>")
    (tmp_path / "in/good.txt").write_text("甲会昨日召开,乙某主持。", "utf-8")
    outcome = gazette("ingest", tmp_path / "in", "--index", tmp_path / "index", "--report", tmp_path / "report.json")
    assert outcome.code == 2
    assert "2 files, 4 skipped (of a type that is not read: 2 .odt, 1 .xyz, 1 .xml)" in " ".join(outcome.out.split())
    assert [name in outcome.err for name in ("a.odt", "b.odt", "c.xyz", "feed.xml")] == [True] * 4
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["unknown_types"] == {".odt": 2, ".xyz": 1, ".xml": 1}
    assert sorted(Path(one["source"]).name for one in report["skipped"]) == ["a.odt", "b.odt", "c.xyz", "feed.xml"]


def test_an_encoder_that_does_not_exist(gazette: Gazette, index: Path) -> None:
    outcome = gazette("ask", QUESTION, "--encoder", "nobody/nothing", "--index", index)
    assert outcome.code == 2
    assert "nobody/nothing" in outcome.err


def test_a_batch_gives_a_line_for_a_line_in_order(gazette: Gazette, index: Path) -> None:
    lines = [
        {"id": "a", "question": QUESTION},
        {"id": 7, "question": "  "},
        {"id": "c"},
        {"id": "d", "question": "Who chaired the meeting?"},
    ]
    stdin = "\n".join(map(json.dumps, lines)).encode() + b"\n\nnot json\n"
    outcome = gazette("ask", "-", "--json", "--index", index, stdin=stdin)
    assert outcome.code == 2
    assert [record.get("id") for record in outcome.records] == ["a", "7", "c", "d", None]
    assert ["error" in record for record in outcome.records] == [False, True, True, False, True]
    assert "line 6" in str(outcome.records[-1]["error"])
    assert len(outcome.err.strip().splitlines()) == 3


def test_read_gives_offsets_into_the_context(gazette: Gazette) -> None:
    context = "会议决定任命李某某为甲市人民政府副市长,免去王某某的乙市教育局局长职务。"
    lines = [
        {"id": "1", "question": "谁被任命为甲市人民政府副市长?", "context": context},
        {"id": "2", "question": "谁获得了诺贝尔奖?", "context": "昨日天气晴好,气温回升。"},
        {"id": "3", "question": "谁?", "context": ""},
        {"id": "4", "question": "谁?"},
        {"id": "5", "question": "谁被任命为甲市人民政府副市长?", "context": context, "title": "甲市任免名单"},
        {"id": "6", "question": "谁?", "context": context, "title": ["甲市"]},
    ]
    outcome = gazette("read", "-", "--json", stdin="\n".join(map(json.dumps, lines)).encode())
    first, second, third, fourth, titled, ill = outcome.records
    assert outcome.code == 2
    assert "context" in str(fourth["error"])
    assert "title" in str(ill["error"])
    assert first["answer"] == titled["answer"] == "李某某"
    assert (first["start"], first["end"]) == (6, 9)
    assert [item["text"] for item in first["items"]] == ["李某某"]
    for record in (second, third):
        assert record["answer"] is record["start"] is record["end"] is None
        assert record["items"] == []


def test_search_show_and_verify(gazette: Gazette, index: Path, tmp_path: Path) -> None:
    hits = gazette("search", "任免名单", "--index", index, "--json", "--top-k", "3").records
    assert len(hits) == 3
    assert "任免名单" in str(hits[0]["text"])
    (document,) = gazette("show", str(hits[0]["document_id"]), "--index", index, "--json").records
    text = str(document["text"])
    assert text == next(SEEDS.glob("*.txt")).read_text("utf-8")
    assert len(document["articles"]) == 9
    shown = gazette("show", str(document["source"]), "--index", index).out
    assert "本报记者 陈曦 通讯员 王燕飞" in shown

    saved = tmp_path / "answers.jsonl"
    saved.write_text(gazette("ask", QUESTION, "--index", index, "--json").out, "utf-8")
    checked = gazette("verify", saved)
    assert checked.code == 0
    assert "0 failed" in checked.out
    answer = json.loads(saved.read_text("utf-8"))
    answer["items"][0]["citations"][0]["answer_start"] += 1
    saved.write_text(json.dumps(answer), "utf-8")
    broken = gazette("verify", saved)
    assert broken.code == 2
    assert "1 failed" in broken.out
    assert ":1:" in broken.err


def test_what_is_no_text_is_refused_and_costs_a_batch_one_line(gazette: Gazette, index: Path) -> None:
    typed = "谁\udcb1?"  # as Python reads bytes of a command line that are not UTF-8
    one_error_line(gazette("ask", typed, "--index", index), "question", "UTF-8", "character 2")
    one_error_line(gazette("search", typed, "--index", index), "question", "UTF-8", "character 2")
    one_error_line(gazette("ask", "谁?", "--source", "\udcb1", "--index", index), "source", "UTF-8", "character 1")
    one_error_line(gazette("documents", "--from", "\udcb1", "--index", index), "from", "UTF-8", "character 1")
    lines = [{"id": "1", "question": "谁\ud83d?", "context": "甲"}, {"id": "2", "question": "谁?", "context": "\ud83d"}]
    outcome = gazette("read", "-", "--json", stdin="\n".join(map(json.dumps, lines)).encode())
    assert outcome.code == 2
    assert [(record["id"], "half of a surrogate pair" in record["error"]) for record in outcome.records] == [
        ("1", True),
        ("2", True),
    ]


def test_filters_that_leave_nothing_are_told_of(gazette: Gazette, index: Path) -> None:
    outcome = gazette("ask", QUESTION, "--title", "没有这样的标题", "--index", index)
    assert outcome.code == 1
    assert outcome.err == "no passage: the filters leave nothing to search\n"
    assert gazette("ask", QUESTION, "--index", index).err == ""


def test_files_that_cannot_be_written_or_read_are_told_before_the_work(
    gazette: Gazette, index: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    new, gold = tmp_path / "index", SEEDS / "gold.jsonl"
    one_error_line(gazette("ingest", SEEDS, "--index", new, "--report", taken / "r.json"), "r.json cannot be written")
    assert not new.exists()
    one_error_line(gazette("eval", "--gold", gold, "--index", index, "--out", taken), "report.json", "taken")
    one_error_line(gazette("eval", "--gold", gold, "--index", index, "--junit", tmp_path), "cannot be written")
    assert (
        gazette("verify", tmp_path / "none.jsonl").err == f"error: {tmp_path}/none.jsonl: No such file or directory\n"
    )
    one_error_line(gazette("gold", "new", tmp_path / "none", "--out", taken), "none: no such file")
    one_error_line(gazette("gold", "new", tmp_path, "--out", taken), "a folder: name one file")
    one_error_line(gazette("ingest", SEEDS, "--index", taken), "taken: a file, not the folder of an index", "--index")


def test_a_report_goes_into_a_new_folder(gazette: Gazette, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("石桥村昨日通电。", "utf-8")
    report = tmp_path / "reports" / "monday" / "r.json"
    assert gazette("ingest", tmp_path / "a.txt", "--index", tmp_path / "index", "--report", report).code == 0
    assert json.loads(report.read_text("utf-8"))["documents"] == 1


def test_a_document_is_shown_by_its_path_from_here(
    gazette: Gazette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = tmp_path / "my papers"
    papers.mkdir()
    names = ["一版.txt", "b\udcb1.txt"]
    for number, name in enumerate(names):
        (papers / name).write_text(f"第{number}所小学昨日开学。", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert gazette("ingest", "my papers", "--index", "my index").code == 0
    monkeypatch.chdir(papers)
    for number, name in enumerate(names):
        for written in (name, f"./{name}", str(papers / name)):
            assert f"第{number}所小学昨日开学。" in gazette("show", written, "--index", "../my index").out
    one_error_line(gazette("show", "c.txt", "--index", "../my index"), "c.txt", "gazette documents lists")
    one_error_line(gazette("show", ".", "--index", "../my index"), "holds 2 documents")
    (tmp_path / "my index" / "manifest.json").write_text("")
    one_error_line(gazette("show", "c.txt", "--index", "../my index"), "--index '../my index-new'")


@pytest.mark.parametrize("command", [("ask", "-", "--json"), ("chat",)])
def test_standard_input_that_is_closed_is_empty(index: Path, command: tuple[str, ...]) -> None:
    import subprocess
    import sys

    arguments = [sys.executable, "-m", "qa", *command, "--index", str(index)]
    done = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", *arguments], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("content", ["", "{}", "[1]", "not json", '{"question": 3}'])
def test_verify_refuses_what_is_no_answer(gazette: Gazette, tmp_path: Path, content: str) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(content, "utf-8")
    one_error_line(gazette("verify", file), "answers.jsonl")


def test_eval_of_a_broken_gold_file_names_the_line(gazette: Gazette, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "1", "question": "谁?", "lang": "zh"}\n', "utf-8")
    one_error_line(gazette("eval", "--gold", gold), "gold.jsonl:1")


@pytest.fixture(scope="session")
def reading_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve passages about twelve meetings, and a question on each that only its own passage answers."""
    places = ["东区", "西区", "南区", "北区", "河滨", "山城", "老城", "新区", "古镇", "港口", "林场", "矿区"]
    people = [
        "王一鸣",
        "李建国",
        "张海涛",
        "刘志强",
        "陈思远",
        "杨晓东",
        "赵文博",
        "黄永胜",
        "周国平",
        "吴天明",
        "徐伟",
    ]
    people.append("孙立军")
    records = []
    for place, name in zip(places, people, strict=True):
        context = f"{place}昨日召开工作会议,总结今年的各项工作。会议由{place}区长{name}主持。"
        answer = {"text": name, "start": context.index(name)}
        records.append({"id": place, "context": context, "question": f"{place}的会议由谁主持?", "answers": [answer]})
    file = tmp_path_factory.mktemp("set") / "set.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(json.dumps(record) for record in records).encode()))
    return file


def test_eval_of_a_reading_set_writes_every_report(gazette: Gazette, reading_set: Path, tmp_path: Path) -> None:
    outcome = gazette("eval", "--gold", reading_set, "--out", tmp_path, "--junit", tmp_path / "j" / "t.xml", "--json")
    assert outcome.code == 0
    (report,) = outcome.records
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == report
    assert report["task"] == "reading"
    assert len(report["run"]["reader"]["sha256"]) == 64
    assert "# Reading comprehension, the reader alone: 12 questions" in (tmp_path / "report.md").read_text("utf-8")
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "<testsuite" in (tmp_path / "j" / "t.xml").read_text("utf-8")


def test_eval_open_domain_finds_the_passage_first_and_leaves_the_users_index_alone(
    gazette: Gazette, reading_set: Path, tmp_path: Path
) -> None:
    outcome = gazette("eval", "--gold", reading_set, "--open-domain", "--index", tmp_path / "mine", "--json")
    assert outcome.code == 0
    (report,) = outcome.records
    assert report["task"] == "open-domain"
    assert report["run"]["index"]["documents"] == 12
    assert report["overall"]["recall@5"]["value"] > 0.9
    assert report["overall"]["verbatim"]["value"] == 1
    assert not (tmp_path / "mine").exists()


def test_eval_and_compare_keep_to_thresholds(gazette: Gazette, reading_set: Path, tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('beyond_chance = ["f1"]\n[minimum]\nf1 = 0.5\n', "utf-8")
    good, bad = tmp_path / "good", tmp_path / "bad"
    assert gazette("eval", "--gold", reading_set, "--out", good, "--thresholds", limits).code == 0
    assert gazette("compare", good, good, "--thresholds", limits).code == 0
    # A deliberately worse reader: it gives nothing but its refusals.
    report = json.loads((good / "report.json").read_text("utf-8"))
    for row in report["questions"]:
        row |= {"predicted": [], "right": False, "scores": {**row["scores"], "f1": 0.0, "exact_match": 0.0}}
    report["groups"]["all"]["all"]["f1"] |= {"value": 0.0, "low": 0.0, "high": 0.0}
    bad.mkdir()
    (bad / "report.json").write_text(json.dumps(report), "utf-8")
    worse = gazette("compare", good, bad, "--thresholds", limits)
    assert worse.code == 1
    assert "f1 is 0.000, minimum 0.500" in worse.err
    assert "worse beyond chance" in worse.err
    assert "Moved beyond chance: exact_match, f1" in worse.out
    assert gazette("compare", good, bad).code == 0  # without thresholds it tells, and judges nothing
    limits.write_text("[minimum]\nverbatim = 1", "utf-8")
    assert gazette("eval", "--gold", reading_set, "--thresholds", limits).code == 1


def test_compare_and_thresholds_refuse_what_they_cannot_read(
    gazette: Gazette, reading_set: Path, tmp_path: Path
) -> None:
    one_error_line(gazette("compare", tmp_path, tmp_path), "report.json", "gazette eval --out")
    one_error_line(gazette("compare", tmp_path / "first", tmp_path / "second"), f"{tmp_path / 'first'}: cannot be read")
    (tmp_path / "report.json").write_text("[1", "utf-8")
    one_error_line(gazette("compare", tmp_path, tmp_path), "report.json", "not a report of gazette eval")
    one_error_line(gazette("eval", "--gold", reading_set, "--thresholds", tmp_path / "no.toml"), "no.toml")
    one_error_line(gazette("eval", "--gold", SEEDS / "gold.jsonl", "--open-domain"), "gold.jsonl", "--open-domain")


def test_gold_check_names_lines_and_exits_with_1(
    gazette: Gazette, index: Path, reading_set: Path, tmp_path: Path
) -> None:
    clean = gazette("gold", "check", SEEDS / "gold.jsonl", "--index", index)
    assert (clean.code, clean.out) == (0, "1 file: nothing to find fault with\n")
    assert gazette("gold", "check", reading_set).code == 0
    first, second, *_ = (SEEDS / "gold.jsonl").read_text("utf-8").splitlines()
    bad = tmp_path / "bad.jsonl"
    bad.write_text(f"{first}\n{second.replace('李新建为', '李新建被任命为')}\n{{\n", "utf-8")
    found = gazette("gold", "check", bad, "--index", index, "--json")
    assert found.code == 1
    assert [str(record["place"]).rsplit("/", 1)[-1] for record in found.records] == ["bad.jsonl:3", "bad.jsonl:2"]


def test_gold_new_saves_what_is_accepted_and_edited(gazette: Gazette, index: Path, tmp_path: Path) -> None:
    page, out = next(SEEDS.glob("*.txt")), tmp_path / "mine.jsonl"
    replies = "a\nd\ne\n谁写的?\n无此人\ne\n谁写的?\n陈曦\na\nwhat\nq\n"
    first = gazette("gold", "new", page, "--out", out, stdin=replies.encode())
    assert first.code == 0
    assert 'not taken over: the document does not hold "无此人" word for word' in first.err
    saved = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(saved) == 2
    assert (saved[1]["question"], saved[1]["answers"]) == ("谁写的?", [["陈曦"]])
    again = gazette("gold", "new", page, "--out", out, stdin=b"a\n")  # the end of input is a way to quit
    assert "1 added" in again.err
    lines = out.read_text("utf-8").splitlines()
    assert len(lines) == 3
    assert len({json.loads(line)["id"] for line in lines}) == 3
    assert saved[0]["question"] not in again.err  # what is there already is not drafted again
    accepted = tmp_path / "accepted.jsonl"
    accepted.write_text("\n".join((lines[0], lines[2])), "utf-8")
    assert gazette("gold", "check", accepted, "--index", index).code == 0


def test_output_that_nobody_reads_is_no_error(index: Path) -> None:
    import subprocess
    import sys

    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "show", next(SEEDS.glob("*.txt")).name, "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert b"Traceback" not in errors
