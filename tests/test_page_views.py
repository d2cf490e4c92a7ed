"""The chat page beyond questions: searching, browsing, adding files, conversations, and the way back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
from playwright.sync_api import FilePayload, Page, Route, expect  # noqa: E402

from api.app import create_app  # noqa: E402
from api.settings import ServerSettings  # noqa: E402
from qa.config import Settings  # noqa: E402
from qa.indexing import ingest  # noqa: E402
from qa.read.model import Reader  # noqa: E402
from qa.service import Models, Service, open_service  # noqa: E402
from tests.fakes import FakeEncoder  # noqa: E402
from tests.page_browser import PHONE, Visit, ask, violations, width  # noqa: E402
from tests.page_service import PaperReader  # noqa: E402
from tests.print_shop import pdf  # noqa: E402
from tests.servers import listening  # noqa: E402

TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1280, "height": 900}
NOTICE = """<html><head><style>p { color: red }</style></head><body><article><h1 class="t">水电费公告</h1>
<p class="x">自<b>四月</b>起，水费上调<i>一成</i>。</p>
<p>用户可拨打<em>水务</em>热线，查询上月的用水量和应缴的费用。</p></article></body></html>"""
WATER = "水费上调多少?"
CHAIR = "谁主持会议？"
ANSWERS = {WATER: ("水费上调[一成]",), CHAIR: ("[王建国]主持会议",), CHAIR.replace("？", "?"): ("[王建国]主持会议",)}
PAPERS = ("东港日报", "江城晚报", "南岭周刊")


def records() -> Iterator[dict[str, str]]:
    """Yield 120 articles of three papers, one each ten days, and one that questions are answered from."""
    yield {
        "id": "chair",
        "title": "王建国主持会议",
        "date": "2021-03-05",
        "publication": "东港日报",
        "section": "要闻",
        "page": "2",
        "byline": "记者 张三",
        "text": "东港市昨日开会。王建国主持会议。会上通过了年度计划。",
    }
    for number in range(120):
        yield {
            "id": f"r{number}",
            "title": f"第{number}号水库简报",
            "date": f"{2018 + number // 36}-{number // 3 % 12 + 1:02d}-{number % 3 * 10 + 1:02d}",
            "publication": PAPERS[number % 3],
            "section": "都市" if number % 2 else "要闻",
            "byline": f"记者 {'李四' if number % 4 else '王五'}",
            "text": f"水库今日蓄水{number}万方，巡查员报告一切正常，编号{number:04d}{number * 7919:08d}。",
        }


def open_archive(folder: Path) -> Service:
    archive = folder / "archive"
    archive.mkdir()
    lines = [json.dumps(record, ensure_ascii=False) for record in records()]
    (archive / "briefs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (archive / "notice.html").write_text(NOTICE, encoding="utf-8")
    ingest([archive], directory=folder / "index", encoder=FakeEncoder())
    reader = PaperReader(ANSWERS)
    reader.gate.set()
    return open_service(Settings(folder / "index"), Models(FakeEncoder(), cast("Reader", reader)))


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("views")
    app = create_app(
        lambda: open_archive(folder),
        ServerSettings(index=folder / "index"),
        understand=lambda question, turns: question,
    )
    with listening(app) as address:
        yield address


# ---- searching and browsing


def test_an_article_is_found_by_facets_and_the_way_back_is_the_browsers(visit: Visit) -> None:
    page = visit("/", viewport=DESK)
    page.get_by_role("link", name="检索", exact=True).click()
    page.get_by_role("searchbox").fill("水库")
    page.keyboard.press("Enter")
    expect(page.locator(".total")).to_have_text("120 篇文章含有这些词")
    expect(page.locator(".results > li")).to_have_count(20)
    expect(page.locator(".results mark.found").first).to_have_text("水库")
    page.get_by_role("link", name="江城晚报").first.click()
    expect(page.locator(".total")).to_have_text("40 篇文章含有这些词")
    page.get_by_role("link", name="王五").click()
    expect(page.locator(".total")).to_have_text("10 篇文章含有这些词")
    assert "publication=" in page.url
    assert "byline=" in page.url
    first = page.locator(".results .link").first
    title = first.inner_text()
    first.click()
    expect(page.locator("#article-title")).to_have_text(title)
    expect(page.locator("#article-title")).to_be_focused()
    expect(page.locator(".article-page mark.found").first).to_have_text("水库")
    expect(page.locator(".article-page .origin")).to_contain_text("江城晚报")
    page.go_back()
    expect(page.locator(".total")).to_have_text("10 篇文章含有这些词")
    page.go_back()
    expect(page.locator(".total")).to_have_text("40 篇文章含有这些词")
    page.reload()
    expect(page.locator(".total")).to_have_text("40 篇文章含有这些词")
    expect(page.get_by_role("searchbox")).to_have_value("水库")
    page.go_forward()
    expect(page.locator(".total")).to_have_text("10 篇文章含有这些词")
    page.get_by_role("link", name="取消筛选：作者含 王五").click()
    expect(page.locator(".total")).to_have_text("40 篇文章含有这些词")


def test_a_range_is_dragged_on_the_timeline(visit: Visit) -> None:
    page = visit("/?view=search&q=水库", viewport=DESK)
    expect(page.locator(".timeline rect")).to_have_count(40)
    box = page.locator(".timeline svg").bounding_box()
    assert box is not None
    bar = box["width"] / 40
    page.mouse.move(box["x"] + 12.5 * bar, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 14.5 * bar, box["y"] + 10)
    expect(page.locator(".range")).to_have_text("2019-01 – 2019-03")
    page.mouse.up()
    expect(page.locator(".total")).to_have_text("9 篇文章含有这些词")
    page.wait_for_url("**from=2019-01-01&to=2019-03-31*")
    # The others are still there to be chosen, and the sliders do the same from the keyboard.
    page.go_back()
    expect(page.locator(".total")).to_have_text("120 篇文章含有这些词")
    page.get_by_role("slider", name="从").focus()
    page.keyboard.press("End")
    expect(page.locator(".total")).to_have_text("3 篇文章含有这些词")


def test_every_file_and_record_is_reached_page_by_page(visit: Visit) -> None:
    page = visit("/", locale="en-US")
    expect(page.locator("#counts")).to_have_text("2 files · 121 records · 122 articles")
    page.get_by_role("link", name="118 more files or records").click()
    seen = set()
    for shown in (50, 50, 22):
        expect(page.locator(".listing > li")).to_have_count(shown)
        seen |= set(page.locator(".listing .link").all_inner_texts())
        if shown == 50:
            page.get_by_role("link", name="Next").click()
            expect(page.locator(".pager")).to_contain_text(re.compile(f"{len(seen) + 1}–"))
    assert {f"第{number}号水库简报" for number in range(120)} | {"王建国主持会议", "水电费公告"} == seen
    page.get_by_role("link", name="第119号水库简报").or_(page.locator(".listing .link").last).first.click()
    expect(page.locator("#article-title")).to_be_visible()


def test_an_article_has_an_address_of_its_own_and_can_be_cited(visit: Visit) -> None:
    page = visit("/?view=search&q=主持会议", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".results .link").first.click()
    expect(page.locator("#article-title")).to_have_text("王建国主持会议")
    other = visit(page.url, permissions=["clipboard-read", "clipboard-write"])
    expect(other.locator(".original")).to_contain_text("会上通过了年度计划。")
    other.get_by_role("button", name="GB/T 7714").click()
    expect(other.locator("#article-status")).to_have_text("已复制。")
    copied = other.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("张三. 王建国主持会议[N/OL]. 东港日报, 2021-03-05(2:要闻)[")
    assert "?view=article&d=" in copied
    assert "/briefs.jsonl" not in copied


# ---- reading


def test_a_page_in_markup_is_read_without_its_tags(visit: Visit) -> None:
    page = visit()
    turn = ask(page, WATER)
    expect(turn.locator(".words")).to_have_text("一成")
    expect(turn.locator(".quotes blockquote")).to_have_text("自四月起，水费上调一成。")
    expect(turn.locator(".quotes blockquote b")).to_have_text("一成")
    turn.locator(".chip").click()
    expect(page.locator("#original mark.answer")).to_have_text("一成")
    expect(page.locator("#original mark.evidence")).to_have_text("自四月起，水费上调一成。")
    expect(page.locator("#original")).to_contain_text("用户可拨打水务热线，")
    assert "<" not in page.locator("#original").inner_text()
    declined = ask(page, "谁是市长?")
    declined.locator(".passages li").first.wait_for()
    assert "<" not in declined.inner_text()


def test_a_citation_is_previewed_under_the_pointer(visit: Visit) -> None:
    page = visit()
    chip = ask(page, WATER).locator(".chip")
    chip.hover()
    expect(page.locator("#preview")).to_contain_text("自四月起，水费上调一成。")
    page.keyboard.press("Escape")
    expect(page.locator("#preview")).to_be_hidden()


def test_selected_words_are_copied_with_their_source(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, CHAIR).locator(".chip").click()
    page.locator("#original mark.answer").wait_for()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#original mark.answer'))")
    page.keyboard.press("Control+c")
    words, source, address = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert (words, source) == ("王建国", "—— 王建国主持会议, 记者 张三, 东港日报, 2021-03-05")
    assert "#d=" in address


def test_sources_are_steps_of_the_history(visit: Visit) -> None:
    page = visit()
    ask(page, WATER).locator(".chip").click()
    expect(page.locator("#original mark.answer")).to_have_text("一成")
    page.keyboard.press("Escape")
    ask(page, CHAIR).locator(".chip").click()
    expect(page.locator("#original mark.answer")).to_have_text("王建国")
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    page.go_back()
    expect(page.locator("#original mark.answer")).to_have_text("一成")
    page.go_forward()
    page.go_forward()
    expect(page.locator("#original mark.answer")).to_have_text("王建国")
    expect(page.locator(".turn")).to_have_count(2)


SCAN = """<html><body><div class="ocr_page" title="bbox 0 0 600 800"><p class="ocr_par" title="bbox 50 50 550 120">
<span class="ocr_line" title="bbox 50 50 550 80"><span class="ocrx_word" title="bbox 50 50 550 80; x_wconf 95">Fair
weather is expected.</span></span>
<span class="ocr_line" title="bbox 50 90 550 120"><span class="ocrx_word" title="bbox 50 90 550 120; x_wconf 34">The
tide turns at noon.</span></span></p></div></body></html>"""


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[str]:
    """Serve an archive of a PDF and of a scan that was not read well."""
    archive = tmp_path / "archive"
    archive.mkdir()
    lines = [
        (50.0, 60.0, 24.0, "City opens a bridge"),
        (50.0, 120.0, 12.0, "Ruth Adeyemi opened the bridge on Monday."),
    ]
    (archive / "bridge.pdf").write_bytes(pdf([lines]))
    (archive / "tide.hocr").write_text(SCAN, encoding="utf-8")
    ingest([archive], directory=tmp_path / "index", encoder=FakeEncoder())
    reader = PaperReader(
        {"Who opened it?": ("[Ruth Adeyemi] opened",), "When does the tide turn?": ("turns at [noon]",)}
    )
    reader.gate.set()
    models = Models(FakeEncoder(), cast("Reader", reader))
    settings = ServerSettings(index=tmp_path / "index")
    with listening(create_app(lambda: open_service(Settings(tmp_path / "index"), models), settings)) as address:
        yield address


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
def test_the_printed_page_stands_beside_the_words(visit: Visit, printed: str, size: dict[str, int]) -> None:
    page = visit(printed, locale="en-US", viewport=size)
    ask(page, "Who opened it?").locator(".chip").click()
    expect(page.locator("#original mark.answer")).to_have_text("Ruth Adeyemi")
    toggle = page.get_by_role("button", name="Page image")
    toggle.click()
    expect(page.locator(".sheet img")).to_be_visible()
    outline, sheet = (page.locator(f".sheet {part}").bounding_box() for part in ("rect", "img"))
    assert outline is not None
    assert sheet is not None
    # The line begins 50 points from the left of a page that is 595 points wide, and is above its middle.
    assert (outline["x"] - sheet["x"]) / sheet["width"] == pytest.approx(50 / 595, abs=0.02)
    assert 0.05 < (outline["y"] - sheet["y"]) / sheet["height"] < 0.25
    before = sheet["width"]
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("(before) => document.querySelector('.sheet img').offsetWidth > before * 1.3", arg=before)
    expect(page.locator("#original mark.answer")).to_have_count(1)
    assert (width(page), violations(page)) == (size["width"], [])
    page.get_by_role("button", name="Whole page").click()
    toggle.click()
    expect(page.locator("#panel-page")).to_be_hidden()
    # A permanent link has no boxes: they are asked for.
    other = visit(page.url, locale="en-US")
    other.get_by_role("button", name="Page image").click()
    expect(other.locator(".sheet rect")).to_have_count(1)


def test_words_that_were_not_read_well_are_marked_as_such(visit: Visit, printed: str) -> None:
    page = visit(printed, locale="en-US")
    ask(page, "When does the tide turn?").locator(".chip").click()
    expect(page.locator(".warning")).to_contain_text("without certainty")
    expect(page.locator("#original .unsure")).to_contain_text(["The", "noon"])
    assert "Fair" not in "".join(page.locator("#original .unsure").all_text_contents())


def told(page: Page, answer: dict[str, object]) -> None:
    """Have every question answered so."""
    turn = {"session_id": "s", "turn": 1, "question": "q", "understood": "q", "filters": {}, "answer": answer}
    body = f"event: answer\ndata: {json.dumps(turn)}\n\nevent: done\ndata: {{}}\n\n"
    page.route("**/api/chat", lambda route: route.fulfill(body=body, headers={"content-type": "text/event-stream"}))


def cited(text: str, date: str, title: str) -> dict[str, object]:
    quote = f"会议{text}举行。"
    place = {"start": 0, "end": len(quote), "answer_start": 2, "answer_end": 2 + len(text)}
    return {
        "document_id": title, "source": "a.txt", "sha256": "0" * 64, "title": title, "byline": None, "date": date,
        "line_start": 1, "line_end": 1, "quote": quote, "shown": None, "boxes": [], "publication": None, **place,
    }  # fmt: skip


def test_what_was_replaced_stands_beside_what_holds_with_dates(visit: Visit) -> None:
    page = visit()
    now, old = cited("八日", "2021-10-05", "更正"), cited("七日", "2021-10-04", "预告")
    answer = {
        "question": "q", "answered": True, "answer": "八日", "confidence": 0.9, "passages": [], "timings_ms": {},
        "items": [{"text": "八日", "confidence": 0.9, "citations": [now], "kind": "span", "part": None}],
        "superseded": [{"text": "七日", "by": "八日", "reason": "correction", "citations": [old]}],
    }  # fmt: skip
    told(page, answer)
    versions = ask(page, "会议哪天?").locator(".superseded .versions > div")
    expect(versions.nth(0)).to_contain_text("2021-10-04 七日")
    expect(versions.nth(1)).to_contain_text("2021-10-05 八日")
    left, right = (versions.nth(at).bounding_box() for at in (0, 1))
    assert left is not None
    assert right is not None
    assert (left["y"], left["x"] < right["x"]) == (right["y"], True)


def test_answers_of_several_days_stand_side_by_side_with_dates(visit: Visit) -> None:
    page = visit()
    items = [
        {"text": text, "confidence": 0.9, "citations": [cited(text, date, date)], "kind": "span", "part": None}
        for text, date in (("八日", "2021-10-05"), ("七日", "2020-10-04"))
    ]
    answer = {
        "question": "q", "answered": True, "answer": "八日、七日", "confidence": 0.9, "passages": [], "timings_ms": {},
        "items": items, "superseded": [],
    }  # fmt: skip
    told(page, answer)
    turn = ask(page, "会议哪天?")
    expect(turn.locator(".versions .when")).to_have_text(["2021-10-05", "2020-10-04"])


# ---- asking


def test_examples_and_follow_ups_are_questions_that_are_answered(visit: Visit) -> None:
    page = visit("about:blank")
    page.route("**/api/suggestions?*", lambda route: route.fulfill(json={"questions": [CHAIR]}), times=1)
    page.goto("/")
    page.locator("#examples button").click()
    expect(page.locator(".turn h2")).to_have_text(CHAIR)
    expect(page.locator(".turn .words")).to_have_text("王建国")


def test_what_is_suggested_is_what_the_archive_answers(visit: Visit) -> None:
    page = visit()
    questions = page.evaluate(
        """async () => {
            const {articles: [{document_id}]} = await (await fetch("api/articles?q=主持会议")).json();
            return (await (await fetch(`api/suggestions?document_id=${document_id}`)).json()).questions;
        }"""
    )
    assert questions == [CHAIR]


def test_filters_stay_in_the_address_and_over_a_reload(visit: Visit) -> None:
    page = visit()
    page.locator("#filters-summary").click()
    page.get_by_label("报纸含").fill("东港")
    page.get_by_label("版次").fill("2")
    page.wait_for_url("**publication=%E4%B8%9C%E6%B8%AF*")
    ask(page, CHAIR)
    page.reload()
    expect(page.locator(".filtered")).to_have_text("限于 报纸含 东港 · 版次 2")
    expect(page.locator("#filters-summary")).to_have_text("筛选（2 项）")
    assert page.get_by_label("报纸含").input_value() == "东港"


def test_articles_on_a_question_stand_beside_its_answer(visit: Visit) -> None:
    page = visit()
    turn = ask(page, CHAIR)
    turn.locator(".related summary").click()
    expect(turn.locator(".related .results .link").first).to_have_text("王建国主持会议")
    expect(turn.locator(".related mark.found").first).to_be_visible()
    turn.locator(".related-list > p .link").click()
    expect(page.locator(".search .results li").first).to_be_visible()


def test_a_key_is_asked_for_before_the_first_question(visit: Visit) -> None:
    page = visit("about:blank", locale="en-US")

    def guarded(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer s3cret":
            route.continue_()
        else:
            route.fulfill(status=401, json={"detail": "no key"})

    page.route("**/api/**", guarded)
    page.goto("/")
    page.get_by_label("API key").fill("s3cret")
    page.keyboard.press("Enter")
    expect(page.locator("#counts")).to_contain_text("122 articles")
    expect(page.locator("#key-section")).to_be_empty()


# ---- conversations


def test_conversations_are_kept_searched_saved_and_forgotten(visit: Visit) -> None:
    page = visit()
    ask(page, WATER)
    page.get_by_role("button", name="新的问答").click()
    ask(page, CHAIR)
    page.get_by_role("link", name="对话记录").click()
    expect(page.locator(".listing h3")).to_have_text([CHAIR, WATER])
    page.get_by_role("searchbox").fill("王建国")
    expect(page.locator(".listing h3")).to_have_text([CHAIR])
    other = page.context.new_page()
    other.goto("/?view=talks")
    expect(other.locator(".listing h3")).to_have_text([CHAIR, WATER])
    other.get_by_role("button", name=WATER).click()
    expect(other.locator(".turn .words")).to_have_text("一成")
    with page.expect_download() as saved:
        page.get_by_role("button", name="存为 Markdown").click()
    text = saved.value.path().read_text(encoding="utf-8")
    assert f"## {CHAIR}" in text
    assert "1. “王建国主持会议。”" in text
    with page.expect_download() as saved:
        page.get_by_role("button", name="存为 JSON").click()
    turn = json.loads(saved.value.path().read_text(encoding="utf-8"))["turns"][0]
    assert turn["answer"]["answer"] == "王建国"
    assert "#d=" in turn["answer"]["items"][0]["citations"][0]["link"]
    page.get_by_role("button", name="删除").click()
    expect(page.locator(".total")).to_have_text("0 段对话")
    page.reload()
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".listing h3")).to_have_text([WATER])


# ---- adding files


def test_files_are_added_and_removed_from_the_page(visit: Visit, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "first.txt").write_text("# 开馆\n\n图书馆昨日开馆。", encoding="utf-8")
    ingest([archive], directory=tmp_path / "index", encoder=FakeEncoder())
    reader = PaperReader({})
    reader.gate.set()
    models = Models(FakeEncoder(), cast("Reader", reader))
    app = create_app(
        lambda: open_service(Settings(tmp_path / "index"), models), ServerSettings(index=tmp_path / "index")
    )
    with listening(app) as address:
        page = visit(f"{address}/?view=files", locale="en-US")
        page.on("dialog", lambda dialog: dialog.accept())
        files: list[FilePayload] = [
            {"name": "second.md", "mimeType": "text/markdown", "buffer": "# 通车\n\n大桥昨日通车。".encode()},
            {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"no pdf"},
        ]
        page.get_by_label("Add files").set_input_files(files)
        expect(page.locator(".report .added")).to_have_text("second.md Added, 1 document.")
        expect(page.locator(".report .refused")).to_contain_text("broken.pdf Not added:")
        page.get_by_role("button", name="Show the new files").click()
        expect(page.locator(".listing .link")).to_have_count(2)
        page.get_by_role("link", name="通车").click()
        expect(page.locator(".original")).to_contain_text("大桥昨日通车。")
        page.go_back()
        page.get_by_role("button", name=re.compile("^Remove")).first.click()
        expect(page.locator(".listing .link")).to_have_count(1)
        page.get_by_role("button", name=re.compile("^Remove")).first.click()
        expect(page.locator(".empty")).to_contain_text("The archive is empty.")
        page.get_by_role("link", name="Ask", exact=True).click()
        page.reload()
        expect(page.locator("#key-section .empty")).to_contain_text("gazette ingest")


def test_who_may_only_read_is_told_so(visit: Visit, base_url: str) -> None:
    page = visit("about:blank", locale="en-US")

    def reading(route: Route) -> None:
        reply = route.fetch()
        route.fulfill(json={**reply.json(), "permission": "read"})

    page.route("**/api/info", reading)
    page.goto(f"{base_url}/?view=files")
    expect(page.locator(".files .hint")).to_contain_text("can only be read here")
    expect(page.get_by_label("Add files")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Remove"))).to_have_count(0)


# ---- everyone


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["360", "768", "1280"])
def test_no_view_is_wider_than_the_screen_and_axe_finds_nothing(visit: Visit, size: dict[str, int]) -> None:
    scheme = "dark" if size is TABLET else "light"
    page = visit("/?view=search&q=水库&publication=江城晚报", viewport=size, color_scheme=scheme, locale="zh-TW")
    expect(page.locator(".results > li")).to_have_count(20)
    assert (width(page), violations(page)) == (size["width"], [])
    page.locator(".results .link").first.click()
    expect(page.locator("#article-title")).to_be_visible()
    assert (width(page), violations(page)) == (size["width"], [])
    for view, shown in (("files", ".listing > li"), ("talks", ".total")):
        page.goto(f"/?view={view}")
        expect(page.locator(shown).first).to_be_visible()
        assert (width(page), violations(page)) == (size["width"], [])


def test_the_keyboard_finds_an_article(visit: Visit) -> None:
    page = visit("/?view=search")
    expect(page.locator(".results > li")).to_have_count(20)
    press = page.keyboard.press
    press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("主持会议")
    press("Enter")
    expect(page.locator(".results > li")).to_have_count(1)
    for _ in range(60):
        press("Tab")
        if page.evaluate("document.activeElement.matches('.results .link')"):
            break
    press("Enter")
    expect(page.locator("#article-title")).to_be_focused()


def test_all_works_behind_a_prefix(visit: Visit, tmp_path: Path) -> None:
    app = create_app(lambda: open_archive(tmp_path), ServerSettings(index=tmp_path / "index"))
    page = visit("about:blank")
    # As a proxy does that takes the prefix away.
    page.route("**/paper/**", lambda route: route.continue_(url=route.request.url.replace("/paper/", "/", 1)))
    with listening(app, root_path="/paper") as address:
        page.goto(f"{address}/paper/?view=search&q=水库")
        expect(page.locator(".results > li")).to_have_count(20)
        page.locator(".results .link").first.click()
        expect(page.locator("#article-title")).to_be_visible()
        assert page.url.startswith(f"{address}/paper/?view=article")
        page.get_by_role("link", name="提问", exact=True).click()
        assert page.url == f"{address}/paper/"
        ask(page, WATER).locator(".chip").click()
        expect(page.locator("#original mark.answer")).to_have_text("一成")
        assert page.url.startswith(f"{address}/paper/#d=")
        link = page.evaluate(
            "import('/paper/assets/cite.js').then((m) => m.permalink({document_id: 'x', start: 1, end: 2}))"
        )
        assert link == f"{address}/paper/#d=x&s=1&e=2"
