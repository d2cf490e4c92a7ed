"""Files found, decoded and read; and what is refused, with its reason."""

import gzip
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import InputError, SourceError, UnknownFormat
from qa.ingest import discover, encoding_named, files, jsonl, load, segment, unpack
from qa.ingest.decode import decode, stated_encoding
from qa.ingest.files import refuse
from qa.ingest.markdown import front_matter
from qa.ingest.records import MAX_NESTED
from qa.types import Document
from tests.ingest_oracle import read_or_refuse, write

PAGE = "市人大常委会任免名单\r\n\r\n李新建为市人民政府副市长,这是一次会议的决定。\r\n"
SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def records(*values: object) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def one(path: Path) -> Document:
    (document,) = load(path)
    return document


def reason(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        list(load(path))
    assert caught.value.source == path.as_posix()
    return caught.value.reason


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "gb18030"],
)
def test_encodings_give_one_text(encoding: str) -> None:
    data = PAGE.encode(encoding)
    document = one(write("news/page.txt", data))
    assert document.text == PAGE
    assert document.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "text", ["市長主持會議並講話", "臺北市政府昨日宣布，將於明年起實施新的交通管理辦法。\n市長表示，已與各區協調。"]
)
@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "gb18030", "utf-16-le", "utf-16-be"])
def test_traditional_chinese(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "page") == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_english_without_a_byte_order_mark(encoding: str) -> None:
    assert decode("The mayor said so.\r\n".encode(encoding), "page") == "The mayor said so.\r\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[("시장은 회의를 열었다고 밝혔다", "euc-kr"), ("市長は記者会見を開いた。", "euc-jp")],
        *[("谭嗣瑄", "gb18030"), ("邹昱珩 缪琰琨\n翟蘅芷 阚霁崧", "gb18030"), ("王䶮、李㛃、赵𬱟获奖", "gb18030")],
        *[("The chair, 厍鹤年, said on Monday that the ferry would run again.", "gb18030"), ("陳水扁", "big5")],
        ("賴清德、蕭美琴、卓榮泰", "big5"),
    ],
)
def test_short_files_names_and_neighbours(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "page") == text


def test_gb18030_with_a_mark() -> None:
    assert decode("\ufeff渡口复航".encode("gb18030"), "page") == "渡口复航"


LINES = (
    "县水库除险加固工程总投资4320万元，由省水利设计院负责设计，昨日正式开工建设。\n县长出席会议并讲话，要求确保质量。\n"
)


def mended(data: bytes) -> tuple[str, list[str]]:
    errors: list[SourceError] = []
    return decode(data, "page", errors.append), [error.reason for error in errors]


@pytest.mark.parametrize(
    ("text", "encoding", "put"),
    [
        *[(LINES, "utf-8", b"\xff"), (LINES, "utf-8", b""), (LINES, "gb18030", b"\xff")],
        ("縣長昨日出席。", "big5", b"\xff"),
    ],
)
def test_a_bad_byte_costs_a_character_and_not_the_file(text: str, encoding: str, put: bytes) -> None:
    data = text.encode(encoding)
    # In Big5 the other half of a character can be a letter, which then shows beside the damage.
    places = [at for at, byte in enumerate(data) if byte >= 0x80 and (encoding != "big5" or data[at + 1] >= 0x80)]
    for at in places:
        read, (reason,) = mended(data[:at] + put + data[at + 1 :])
        before, _, after = read.partition("\ufffd")
        assert len(before) + len(after) in (len(text) - 1, len(text) - 2)  # of two that are as likely, neither is kept
        assert text.startswith(before)
        assert text.endswith(after)
        assert re.fullmatch(r"not .{4,7} at byte \d+ \(line \d\): .*: 1 damaged character read as \ufffd", reason)


def test_a_lost_byte_costs_what_stands_near_it() -> None:
    data = LINES.encode("gb18030")
    for at in range(22):  # the first words, up to the figures
        text, (reason,) = mended(data[:at] + data[at + 1 :])
        before, _, after = text.partition("\ufffd")
        assert LINES.startswith(before)
        assert LINES.endswith(after)
        assert len(LINES) - 5 <= len(before) + len(after) < len(LINES)
        assert reason.startswith("not GB18030 at byte")


def test_figures_beside_damage_are_whole() -> None:
    text, _ = mended(LINES.encode("gb18030").replace("资".encode("gb18030"), "资".encode("gb18030")[:1]))
    assert "4320万元" in text


@pytest.mark.parametrize("data", [b"caf\xe9 \xe0 la carte", bytes(range(128, 256)), b"ab\xff\xfe\xfd\xfc"])
def test_what_is_more_than_a_little_damage_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        mended(data)


def test_a_file_with_a_bad_byte_is_read_and_reported() -> None:
    path = write("page.txt", LINES.encode().replace(b"4320", b"4\xff20"))
    documents, errors = read_all(path)
    assert [document.text for document in documents] == [LINES.replace("4320", "4\ufffd20")]
    assert errors == ["not UTF-8 at byte 37 (line 1): invalid start byte: 1 damaged character read as \ufffd"]


def test_control_characters_are_in_no_chunk() -> None:
    document = one(
        write("page.txt", "县象棋赛落幕，家\0住城南的\x1b糜子健夺冠，\u202d冠军奖金\u202c五千元。" + "比赛三天。" * 9)
    )
    (chunk,) = segment(document).chunks
    assert chunk.text == "县象棋赛落幕，家住城南的糜子健夺冠，冠军奖金五千元。" + "比赛三天。" * 9


def test_big_endian_utf16_and_old_newlines() -> None:
    assert one(write("a.txt", b"\xfe\xff" + "甲。\r乙。".encode("utf-16-be"))).text == "甲。\r乙。"


@pytest.mark.parametrize("newline", ["\r", "\r\n", "\n\r", "\r\r\n", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line(newline: str) -> None:
    head = "榆溪日报\n2021年10月14日 星期四 第3版\n\n"
    page = f"{head}渡口复航\n\n本报讯（记者 程远）渡口昨日复航。\n\n苗圃开放\n\n本报讯 苗圃开放。\n"
    (document,) = load(write("a.txt", page.replace("\n", newline).encode()))
    found = segment(document)
    assert [(article.title, article.date, article.page) for article in found.articles] == [
        ("渡口复航", "2021-10-14", "3"),
        ("苗圃开放", "2021-10-14", "3"),
    ]
    assert [chunk.text.split() for chunk in found.chunks] == [
        ["渡口复航", "本报讯（记者", "程远）渡口昨日复航。"],
        ["苗圃开放", "本报讯", "苗圃开放。"],
    ]


def test_joiners_and_separators_part_no_chinese_word() -> None:
    (document,) = load(write("a.txt", "站长郗\u200d文\u200c彧说，首日一\x1f千人。\n\n👨\u200d👩 می\u200cخواهم"))
    assert [chunk.text for chunk in segment(document).chunks] == [
        "站长郗文彧说，首日一千人。\n👨\u200d👩 می\u200cخواهم"
    ]


ENGLISH = "Mayor José Núñez said the library “is open” – it’s the first in the county, and cost the town £4.3 million\n"


def test_english_of_windows() -> None:
    (document,) = load(write("a.txt", ENGLISH.encode("cp1252")))
    assert document.text == ENGLISH
    page = f'<meta charset="iso-8859-1"><h1>Library</h1><p>{ENGLISH}</p>'
    (document,) = load(write("a.html", page.encode("cp1252")))
    assert ENGLISH.strip() in (document.view.text if document.view else "")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Příliš žluťoučký kůň pěl. " * 9, "cp1250"),
        ("Привет, мир. " * 9, "cp1251"),
        ("Öğrenciler şöyle dedi. " * 9, "cp1254"),
    ],
)
def test_letters_that_no_one_can_tell_are_refused(text: str, encoding: str) -> None:
    assert "not " in reason(write("a.txt", text.encode(encoding)))


def test_a_page_that_names_the_wrong_latin_encoding() -> None:
    page = '<meta charset="iso-8859-1"><h1>渡口复航</h1><p>渡口昨日复航，站长沈予安说，首日有三百人过江。</p>'
    (document,) = load(write("a.html", page.encode("gb18030")))
    assert "站长沈予安说" in document.text


def test_files_of_two_encodings_joined() -> None:
    one, other = "渡口昨日复航，站长沈予安说，首日有三百人过江。\n", "苗圃昨日开放，负责人蔚迟春说，有苗木八万株。\n"
    errors: list[SourceError] = []
    path = write("a.txt", one.encode() * 2 + other.encode("gb18030") + one.encode())
    (document,) = load(path, errors.append)
    assert document.text == one * 2 + other + one
    place = f"not UTF-8 at byte {2 * len(one.encode())} (line 3)"
    assert [error.reason for error in errors] == [
        f"{place}: invalid continuation byte: lines of the file that are not read as GB18030"
    ]


def test_a_byte_order_mark_within_files_of_two_encodings_joined() -> None:
    one, other = "渡口昨日复航，站长沈予安说，首日有三百人过江。\n", "苗圃昨日开放，负责人蔚迟春说，有苗木八万株。\n"
    data = one.encode() * 2 + other.encode("gb18030") + b"\xff\xfe" + one.encode()
    place = f"not UTF-8 at byte {2 * len(one.encode())} (line 3)"
    assert reason(write("a.txt", data)) == f"{place}: invalid continuation byte; save it as UTF-8"


def test_names_and_ids() -> None:
    document = one(write("news/2021-10-14.txt", PAGE))
    digits = hashlib.sha256((Path.cwd() / "news/2021-10-14.txt").as_uri().encode()).hexdigest()
    assert document.source == "news/2021-10-14.txt"
    assert document.path == (Path.cwd() / "news/2021-10-14.txt").as_posix()
    assert document.id == digits
    assert document.date == "2021-10-14"
    assert one(Path.cwd() / "news/2021-10-14.txt") == document
    assert one(Path("news/../news/2021-10-14.txt")) == document


def test_ids_do_not_depend_on_where_the_command_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("news/page.txt", PAGE)
    dump = write("news/dump.jsonl", records({"id": "a", "text": "一。"}))
    before = [one(path).id, one(dump).id]
    monkeypatch.chdir("news")
    assert [one(Path("page.txt")).id, one(Path("dump.jsonl")).id] == before


def test_a_file_outside_is_named_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("page.txt", PAGE).absolute()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert one(path).source == path.as_posix()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        ("\ufeff \u3000\n\u200b".encode(), "the file holds nothing but blanks"),
        (b"news\x00paper", "a NUL at byte 4"),
        (b"news\x01\x02paper", "2 of its 11 characters are control characters"),
        ("第一行\n第二行".encode()[:-1], "not UTF-8 at byte 16 (line 2)"),
        ("Le café ferme à midi".encode("latin-1"), "not UTF-8 at byte 6 (line 1)"),
        ("市長は記者会見を開いた。".encode("shift-jis"), "not UTF-8 at byte 0"),
        ("Мэр города провёл совещание".encode("cp1251"), "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbfab\xff", "not UTF-8 at byte 5 (line 1)"),
        ("市".encode("utf-16") + b"\x00", "not UTF-16-LE at byte 4 (line 1)"),
        ("市".encode("utf-32") + b"\x00", "not UTF-32-LE at byte 8 (line 1)"),
        ("市长主持会议。\n会议通过了决定".encode("gb18030") + b"\xff\xff", "not GB18030 at byte 29 (line 2)"),
        ("市長主持會議並講話。\n會議通過了".encode("big5") + b"\xff\xff", "not Big5 at byte 31 (line 2)"),
        ("市长".encode("utf-16-le") + b"\x00", "a NUL at byte 4"),
    ],
)
def test_what_cannot_be_decoded(data: bytes, expected: str) -> None:
    assert expected in reason(write("page.txt", data))


def test_gb18030_reads_names_beyond_gb2312() -> None:
    text = "瀍河回族区人大常委会决定接受李万青辞去代表职务。"
    assert decode(text.encode("gb18030"), "page") == text


def test_front_matter() -> None:
    document = one(
        write("a.md", '---\r\ntitle: "会议: 召开"\r\ndate: 2021/10/4\r\ndesk: 要闻\r\n---\r\n\r\n会议召开。\r\n')
    )
    assert (document.title, document.date, document.metadata) == ("会议: 召开", "2021-10-04", {"desk": "要闻"})
    (chunk,) = segment(document).chunks
    assert (chunk.context, chunk.text) == ("会议: 召开", "会议召开。")
    assert document.text[chunk.start : chunk.end] == "会议召开。"
    assert document.shown(chunk.start, chunk.end) == "会议召开。"
    assert document.shown(0, 3) == document.shown(4, chunk.end) == ""


def test_front_matter_states_what_records_do_by_the_same_names() -> None:
    head = "标题: 渡口复航\n作者: 记者 阮青\n发布日期: 2003年9月18日\nnewspaper: 江浦晚报\npage: 3\nlayout: post"
    document = one(write("a.md", f"---\n{head}\n---\n\n渡口昨日复航。\n"))
    assert (document.title, document.date) == ("渡口复航", "2003-09-18")
    (article,) = segment(document).articles
    assert (article.byline, article.publication, article.page) == ("记者 阮青", "江浦晚报", "3")
    assert document.metadata["layout"] == "post"


@pytest.mark.parametrize("text", ["---\n正文一句。\n---\n", "正文\n---\na: b\n---", "---\na: b\n", ""])
def test_no_front_matter(text: str) -> None:
    assert front_matter(text) == {}


def test_tags_in_one_another_cost_a_pass_each_and_so_are_bounded() -> None:
    deep = ["<b>" * depth + "渡口复航" + "</b>" * depth for depth in (MAX_NESTED, MAX_NESTED + 1, 20_000)]
    texts = [document.text for document in load(write("deep.jsonl", records(*({"text": text} for text in deep))))]
    assert texts[:2] == ["渡口复航", "<b>渡口复航</b>"]
    assert len(texts[2]) == len(deep[2]) - MAX_NESTED * len("<b></b>")


def test_records() -> None:
    lines = records(
        {
            "id": "a",
            "title": "甲",
            "date": "2021-10-14T08:00",
            "text": "一。\n二。",
            "page": 3,
            "desk": "要闻",
            "none": None,
        },
        {"id": 7, "title": None, "date": None, "text": "三。\u2028四。"},
        {"id": "c", "text": "五。", "date": "去年"},
    )
    path = write("dump.jsonl", lines + "\n")
    first, second, third = load(path)
    prefix = hashlib.sha256(path.absolute().as_uri().encode()).hexdigest()
    assert [document.id for document in (first, second, third)] == [f"{prefix}:a", f"{prefix}:7", f"{prefix}:c"]
    assert (first.title, first.date, first.text) == ("甲", "2021-10-14", "一。\n二。")
    assert first.metadata == {"page": "3", "desk": "要闻", "record": "a", "record_line": "1"}
    assert (second.title, second.date, second.text) == (None, None, "三。\u2028四。")
    assert (third.date, third.metadata) == (None, {"date": "去年", "record": "c", "record_line": "3"})
    packed = write("dump.jsonl.gz", gzip.compress(lines.encode()))
    assert [document.text for document in load(packed)] == [document.text for document in (first, second, third)]
    assert {document.id for document in load(packed)}.isdisjoint({first.id, second.id, third.id})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"id": "a", "text": "一。"}\n{"id": "b"}', 'line 2: the record has no "text"'),
        ('{"id": null}', 'line 1: the record has no "text"'),
        ('{"id": "a", "text": "一。"}\n\n{"id": "a", "text": "二。"}', "line 3: id 'a' was used on line 1 already"),
        ('{"id": "a", "text": 5}', 'line 1: "text" must be a string, not int'),
        ('{"id": "a", "text": [{"zh": "甲"}]}', 'line 1: "text" must be a string, not list'),
        ('{"id": "", "text": "一。"}', 'line 1: "id" is empty'),
        ('{"id": "a", "text": " \\n"}', 'line 1: "text" is empty'),
        ('{"id": "a", "text": "\\ud800"}', 'line 1: "text" holds half a surrogate pair'),
        ('{"id": "a", "text": "一。"', "line 1, column"),
        ("[1, 2]", "line 1: a record must be a JSON object, not list"),
        ("[" * 100_000, "line 1: not usable JSON"),
        ('{"id": ' + "1" * 5_000 + ', "text": "一。"}', "line 1: not usable JSON"),
    ],
    ids=range(12),
)
def test_bad_records(content: str, expected: str) -> None:
    assert expected in reason(write("dump.jsonl", content))


@pytest.mark.parametrize("data", [b"plain", gzip.compress(b'{"id": "a", "text": "x"}' * 99, mtime=0)[:-20]])
def test_broken_compression(data: bytes) -> None:
    assert reason(write("dump.jsonl.gz", data)).startswith("not a whole gzip file: ")


def test_folders_are_searched_in_order() -> None:
    for name in ("b/2.md", "b/1.TXT", "a.txt", "c.jsonl", "d.jsonl.gz", "x.odt", ".hidden.txt", ".git/a.txt"):
        write(
            f"in/{name}", gzip.compress(b'{"id": 1, "text": "x"}') if name.endswith("gz") else '{"id": 1, "text": "x"}'
        )
    write("in/gold.jsonl", records({"id": "q", "question": "谁?"}))
    write("in/broken.jsonl", "{")
    write("in/log.jsonl", records({"level": "info"}))
    errors: list[SourceError] = []
    found = [str(path) for path in discover([Path("in"), Path("in/a.txt"), Path("in/b")], errors.append)]
    assert found == ["in/a.txt", "in/b/1.TXT", "in/b/2.md", "in/broken.jsonl", "in/c.jsonl", "in/d.jsonl.gz"]
    assert [(type(error), str(error)) for error in errors] == [
        (SourceError, "in/log.jsonl: its first record holds no text (text, content, 正文 …)"),
        (UnknownFormat, "in/x.odt: not a supported format"),
    ]


def test_links() -> None:
    write("in/a.txt", PAGE)
    Path("in/loop").symlink_to(Path.cwd() / "in", target_is_directory=True)
    Path("in/again.txt").symlink_to("a.txt")
    Path("in/gone.txt").symlink_to("nowhere.txt")
    assert [str(path) for path in discover([Path("in")])] == ["in/a.txt", "in/gone.txt"]
    assert "cannot be read" in reason(Path("in/gone.txt"))


def test_what_cannot_be_discovered() -> None:
    write("x.odt", "x")
    with pytest.raises(SourceError, match=re.escape("missing.txt: no such file or folder")):
        list(discover([Path("missing.txt")]))
    with pytest.raises(SourceError, match=r"x\.odt: not a supported format; supported are .*\.md, .*\.txt"):
        list(discover([Path("x.odt")]))
    with pytest.raises(SourceError, match="not a supported format"):
        load(Path("x.odt"))


def test_the_seed_folder_holds_one_archive_file() -> None:
    assert [Path(str(path)).suffix for path in discover([SEEDS])] == [".txt"]
    gold = SEEDS / "gold.jsonl"
    assert list(discover([gold])) == [gold]
    with pytest.raises(SourceError, match='line 1: the record has no "text"'):
        list(load(gold))


def read_all(path: Path) -> tuple[list[Document], list[str]]:
    errors: list[SourceError] = []
    return list(load(path, errors.append)), [error.reason for error in errors]


def test_a_bad_record_costs_no_other() -> None:
    good = [records({"id": n, "text": f"第{n}篇。"}).encode() for n in range(4)]
    path = write("dump.jsonl", good[0] + b"{oops}\n" + good[1] + b'{"id": "x", "text": "\xff\xfe\xff"}\n\n' + good[2])
    documents, errors = read_all(path)
    assert [document.text for document in documents] == ["第0篇。", "第1篇。", "第2篇。"]
    at = len(good[0] + b"{oops}\n" + good[1]) + len(b'{"id": "x", "text": "')
    assert errors[0].startswith("line 2, column 2: not JSON")
    assert errors[1].startswith(f"not UTF-8 at byte {at} (line 4)")
    assert len(errors) == 2


def test_a_line_without_end_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_RECORD", 1 << 20)
    first, second = (records({"id": n, "text": "一。"}) for n in "ab")
    huge = '{"id": "h", "text": "' + "x" * (3 << 20) + '"}\n'
    for path in (
        write("dump.jsonl", first + huge + second),
        write("d.jsonl.gz", gzip.compress((first + huge + second).encode())),
    ):
        documents, errors = read_all(path)
        assert [document.id[-1] for document in documents] == ["a", "b"]
        assert errors == ["line 2: longer than 1 MB"]
    assert read_all(write("e.jsonl", first + huge[:-1]))[1] == ["line 2: longer than 1 MB"]


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "UNSUSPICIOUS", 1 << 20)
    monkeypatch.setattr(jsonl, "MAX_RECORD", 1 << 20)
    assert reason(write("bomb.jsonl.gz", gzip.compress(b"\n" * (8 << 20)))).startswith("unpacks to more than 1 MB")


def test_a_file_of_nothing_but_bad_records_has_a_short_report() -> None:
    documents, errors = read_all(write("dump.jsonl", "{\n" * 250))
    assert documents == []
    assert len(errors) == 101
    assert errors[-1] == "150 more records that cannot be read"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5"])
def test_records_in_other_encodings(encoding: str) -> None:
    lines = records({"id": "a", "text": "市長主持會議並講話。"}, {"id": "b", "text": "會議通過了決定。"})
    texts = [document.text for document in load(write("dump.jsonl", lines.encode(encoding)))]
    assert texts == ["市長主持會議並講話。", "會議通過了決定。"]


def test_what_is_no_file_is_refused_without_waiting() -> None:
    os.mkfifo("pipe.txt")
    assert reason(Path("pipe.txt")) == "cannot be read: not a regular file"
    os.mkfifo("pipe.jsonl")
    assert reason(Path("pipe.jsonl")) == "cannot be read: not a regular file"


def test_a_huge_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE", 1 << 20)
    assert reason(write("page.txt", b"x" * (2 << 20))) == "larger than 1 MB: split it, or make it JSON Lines"


def test_a_link_to_itself_is_reported() -> None:
    Path("loop.txt").symlink_to("loop.txt")
    assert reason(Path("loop.txt")).startswith("cannot be read: ")


def test_a_folder_that_cannot_be_listed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    write("in/a.txt", PAGE)
    write("in/shut/b.txt", PAGE)
    listed = Path.iterdir

    def iterdir(self: Path) -> Iterator[Path]:
        if self.name == "shut":
            raise PermissionError(13, "Permission denied")
        return listed(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    errors: list[SourceError] = []
    assert [str(path) for path in discover([Path("in")], errors.append)] == ["in/a.txt"]
    assert [str(error) for error in errors] == ["in/shut: cannot be listed: Permission denied"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([".txt", ".md", ".jsonl", ".jsonl.gz"]),
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from([b'{"id":"a","text":"', b'"}', b"\n", b"\xff", b"\0", "市长".encode(), b"---\n"])).map(
            b"".join
        ),
    ),
    st.booleans(),
)
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes, packed: bool) -> None:
    path = write(f"fuzz{suffix}", gzip.compress(data) if packed and suffix.endswith("gz") else data)
    assert all(document.text and segment(document) for document in read_or_refuse(path))


def test_a_stated_encoding_goes_before_what_a_file_looks_like() -> None:
    words = "市人大常委会主任会议"
    for name in ("a.txt", "a.md", "a.html", "a.jsonl", "a.csv"):
        content = {"a.jsonl": f'{{"id": "a", "text": "{words}"}}\n', "a.csv": f"id,text\na,{words}\n"}.get(name, words)
        path = write(name, content.encode("gb18030"))
        errors: list[SourceError] = []
        (wrong,) = [document.text for document in load(path, errors.append, "latin-1")]
        assert words not in wrong
        assert words.encode("gb18030").decode("latin-1") in wrong
        (right,) = [document.text for document in load(path, refuse, "gb18030")]
        assert words in right
    assert stated_encoding() is None


def test_a_stated_encoding_that_is_not_the_files() -> None:
    path = write("a.txt", "市长 Ünal\n".encode("gb18030") * 20)
    with pytest.raises(SourceError, match=r"not UTF-8 at byte 0 \(line 1\): .*; it is to be read as that"):
        list(load(path, refuse, "utf-8"))
    errors: list[SourceError] = []
    (document,) = load(write("b.txt", "市长。".encode() * 60 + b"\xff"), errors.append, "utf-8")
    assert document.text == "市长。" * 60 + "\ufffd"
    assert len(errors) == 1


@pytest.mark.parametrize("name", ["klingon", "base64", "", "zip"])
def test_what_is_no_encoding(name: str) -> None:
    with pytest.raises(InputError, match="is no encoding of text"):
        encoding_named(name)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("市政要闻".encode("gb18030"), "市政要闻"),
        ("2021年10月".encode("big5"), "2021年10月"),
        ("市政要闻".encode(), "市政要闻"),
        (b"page \xff\xfe 2", "page \ufffd 2"),
        (rb"C:\udder", r"C:\udder"),
    ],
)
def test_an_article_without_a_title_is_called_as_its_file_in_words(name: bytes, title: str, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name + b".txt"))
    path.write_text("昨日张三任命为局长，市民很高兴。\n", "utf-8")
    (document,) = load(path)
    assert [article.title for article in segment(document).articles] == [title]
    document.path.encode()
