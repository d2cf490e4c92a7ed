"""The chat page in a browser: what a reader sees, by mouse, by keyboard and by screen reader."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import page as chat_page
from api.app import create_app
from api.settings import ServerSettings
from qa.text.wording import DECLINED
from tests.conftest import SEEDS
from tests.page_service import ANSWERS, HARBOUR, PaperReader, open_page_service
from tests.servers import listening

playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
from playwright.sync_api import Browser, Page, Route, expect  # noqa: E402

from tests.page_browser import PHONE, Visit, ask, violations, width  # noqa: E402

SEED = next(SEEDS.glob("*.txt")).read_bytes().decode("utf-8")
VICE_MAYORS = "谁被任命为洛阳市人民政府副市长?"
UNSAID = "洛阳地铁3号线什么时候开工?"


@pytest.fixture(scope="module")
def reader() -> PaperReader:
    reader = PaperReader(ANSWERS)
    reader.gate.set()
    return reader


UNDERSTOOD = {"那免去了谁?": "谁被免去了洛阳市公安局局长职务?"}


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory, reader: PaperReader) -> Iterator[str]:
    """Serve the page on a free port of this machine: to test another application, change what is served here."""
    folder = tmp_path_factory.mktemp("page")
    app = create_app(
        lambda: open_page_service(folder, reader),
        ServerSettings(index=folder / "index"),
        understand=lambda question, turns: UNDERSTOOD.get(question, question) if turns else question,
    )
    with listening(app) as address:
        yield address


# ---- the answer and its source


def test_an_answer_lists_its_items_each_with_a_numbered_source(visit: Visit) -> None:
    turn = ask(visit(), VICE_MAYORS)
    expect(turn.locator("h2")).to_have_text(VICE_MAYORS)
    expect(turn.locator(".items .words")).to_have_text(["李新建", "孙延文", "张武清"])
    expect(turn.locator(".chip")).to_have_text(["1", "2", "3"])
    expect(turn.locator(".quotes blockquote b")).to_have_text(["李新建", "孙延文", "张武清"])
    expect(turn.locator(".quotes blockquote").last).to_have_text("张武清为洛阳市人民政府副市长,洛阳市公安局局长。")
    expect(turn.locator(".quotes .origin").first).to_have_text("洛阳市人大常委会任免名单 · 2021-10-13 · 第 134 行")
    expect(turn.locator(".understood")).to_have_count(0)


def test_a_chip_opens_the_article_with_the_words_marked_and_in_view(visit: Visit) -> None:
    page = visit()
    ask(page, VICE_MAYORS).locator(".chip").nth(1).click()
    expect(page.locator("mark.answer")).to_have_text("孙延文")
    expect(page.locator("mark.evidence")).to_have_text("孙延文为洛阳市人民政府副市长;")
    expect(page.locator("mark.answer")).to_be_in_viewport()
    expect(page.locator("#panel-title")).to_have_text("洛阳市人大常委会任免名单")
    expect(page.locator("#panel-source")).to_contain_text(".txt:135")
    expect(page.locator(".chip[data-open]")).to_have_text("2")
    expect(page.locator("mark.also-answer")).to_have_text(["李新建", "张武清"])


def test_the_article_is_the_original_to_the_character(visit: Visit) -> None:
    page = visit()
    ask(page, VICE_MAYORS).locator(".chip").first.click()
    shown = page.locator("#original").text_content() or ""
    start = SEED.index("洛阳市人大常委会任免名单")
    assert shown.startswith("洛阳市人大常委会任免名单\n\n(2021年10月13日")
    assert SEED[start : start + len(shown)] == shown
    # What a scan's Markdown marks is kept and not shown.
    assert "**" in shown
    assert "**" not in page.locator("#original").inner_text()


def test_offsets_count_code_points_and_markup_stays_text(visit: Visit) -> None:
    page = visit(locale="en-US")
    ask(page, "Who opened the harbour bridge?").locator(".chip").click()
    expect(page.locator("mark.answer")).to_have_text("Ruth 😀 Adeyemi")
    turn = ask(page, "What did the harbour bridge cost?")
    expect(turn.locator(".words")).to_have_text("<script>document.title='owned'</script> 46 million dollars")
    turn.locator(".chip").click()
    expect(page.locator("mark.answer")).to_have_text("<script>document.title='owned'</script> 46 million dollars")
    expect(page.locator("#panel-title")).to_have_text("Harbour bridge 😀 opens <b>after</b> six years")
    assert (page.locator("#original").text_content() or "").strip() in HARBOUR
    assert page.locator("main img, main script, dialog img, dialog script, dialog h2 b").count() == 0
    assert page.title() == "Gazette · Ask the archive"


def test_the_panel_steps_through_the_quotes_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit()
    chip = ask(page, VICE_MAYORS).locator(".chip").first
    chip.click()
    expect(page.locator("#panel-position")).to_have_text("1 / 3")
    expect(page.get_by_role("button", name="上一处出处")).to_be_disabled()
    page.get_by_role("button", name="下一处出处").click()
    expect(page.locator("mark.answer")).to_have_text("孙延文")
    page.get_by_role("button", name="关闭原文").click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(chip).to_be_focused()
    assert "#" not in page.url


@pytest.mark.parametrize(("locale", "statement"), [("zh-CN", DECLINED["zh"]), ("en-GB", DECLINED["en"])])
def test_a_declined_question_shows_the_nearest_passages(visit: Visit, locale: str, statement: str) -> None:
    page = visit(locale=locale)
    turn = ask(page, UNSAID)
    expect(turn.locator(".none")).to_have_text(statement)
    expect(turn.locator(".passages li")).to_have_count(3)
    expect(turn.locator(".chip")).to_have_count(0)
    title = turn.locator(".passages .link").first.inner_text()
    turn.locator(".passages .link").first.click()
    expect(page.locator("#panel-title")).to_have_text(title)
    expect(page.locator("mark.evidence").first).to_be_visible()
    marked = "".join(page.locator("mark.evidence").all_text_contents())
    assert len(marked) > 100
    assert marked in SEED
    expect(page.locator("mark.answer")).to_have_count(0)


def test_a_follow_up_shows_how_it_was_understood(visit: Visit) -> None:
    page = visit()
    ask(page, VICE_MAYORS)
    turn = ask(page, "那免去了谁?")
    expect(turn.locator(".understood q")).to_have_text("谁被免去了洛阳市公安局局长职务?")
    expect(turn.locator(".words")).to_have_text("李保兴")


# ---- links and citations


def test_a_permanent_link_opens_the_quote(visit: Visit) -> None:
    page = visit()
    ask(page, VICE_MAYORS).locator(".chip").nth(2).click()
    page.wait_for_url("**/#d=*")
    other = visit(page.url)
    expect(other.locator("mark.answer")).to_have_text("张武清")
    expect(other.locator("mark.evidence")).to_have_text("张武清为洛阳市人民政府副市长,洛阳市公安局局长。")
    expect(other.locator("#panel-details")).to_have_text("2021-10-13 · 第 136 行")
    expect(other.locator(".changed")).to_have_count(0)
    assert other.url == page.url


def test_a_link_into_a_file_that_has_changed_says_so_and_offers_no_citation(visit: Visit) -> None:
    page = visit()
    ask(page, VICE_MAYORS).locator(".chip").first.click()
    page.wait_for_url("**/#d=*")
    digest = page.url.rpartition("h=")[2]
    other = visit(page.url.replace(digest, "0" * len(digest)))
    expect(other.locator(".changed")).to_be_visible()
    expect(other.locator("#panel-tools")).to_be_hidden()
    gone = visit(page.url.replace("d=", "d=no-"))
    expect(gone.locator("#panel-text .failure")).to_have_text("存档里已没有这份文件。")


def test_a_citation_is_copied(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "香港超赢投资集团董事局主席是谁?").locator(".chip").click()
    page.get_by_role("button", name="纯文本").click()
    expect(page.locator("#panel-status")).to_have_text("已复制。")
    quote = (
        "“本报讯(记者 李三旺)昨日上午,市委副书记、代市长徐衣显与香港超赢投资集团董事局主席梁栋才一行就酒业、新能源等"
        "项目举行工作会谈。”"
    )
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[0] == quote
    assert copied[1].startswith("徐衣显与香港超赢投资集团客人举行工作会谈,记者 李三旺,")
    assert copied[1].endswith(".txt:121")
    assert copied[2] == page.url


CITED = {
    "document_id": "a b",
    "source": "archive/p_1.txt",
    "sha256": "0123456789abcdef" * 4,
    "title": "三农\n压舱石",
    "byline": "本报记者 白云飞 通讯员 王勇",
    "date": "2021-10-04",
    "line_start": 7,
    "line_end": 8,
    "start": 10,
    "end": 30,
    "answer_start": 12,
    "answer_end": 14,
    "quote": "占比 50% & 更多_\n{甲}。",
}
HASH = "#d=a+b&s=10&e=30&as=12&ae=14&h=0123456789ab"
FORMATTED = {
    "gbt7714": f"白云飞, 王勇. 三农压舱石[N/OL]. archive/p_1.txt, 2021-10-04[2026-01-02]. http://x/{HASH}.",
    "bibtex": "\n".join(
        [
            "@misc{gazette-01234567-10,",
            "  author = {{白云飞} and {王勇}},",
            "  title = {{三农压舱石}},",
            r"  howpublished = {archive/p\_1.txt},",
            "  year = {2021},",
            "  month = {10},",
            "  day = {4},",
            r"  note = {lines 7-8: 占比 50\% \& 更多\_ \{甲\}。},",
            f"  url = {{http://x/{HASH}}},",
            "  urldate = {2026-01-02},",
            "}",
        ]
    ),
    "ris": "\r\n".join(
        [
            "TY  - NEWS",
            "AU  - 白云飞",
            "AU  - 王勇",
            "TI  - 三农压舱石",
            "T2  - archive/p_1.txt",
            "PY  - 2021",
            "DA  - 2021/10/04",
            "SP  - lines 7-8",
            "N1  - 占比 50% & 更多_ {甲}。",
            f"UR  - http://x/{HASH}",
            "Y2  - 2026/01/02",
            "ER  - ",
            "",
        ]
    ),
    "plain": "“占比 50% & 更多_ {甲}。”\n三农压舱石,本报记者 白云飞 通讯员 王勇,2021-10-04,archive/p_1.txt:7-8\n"
    f"http://x/{HASH}",
}


@pytest.fixture(scope="module")
def blank(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page whose modules can be called."""
    with browser.new_context(base_url=base_url, locale="zh-CN") as context:
        page = context.new_page()
        page.goto("/")
        yield page


def call(page: Page, module: str, expression: str, argument: object = None) -> Any:
    """Evaluate an expression over a module ``m`` of the page and ``x``, the argument."""
    return page.evaluate(
        f"async (x) => {{ const m = await import('/assets/{module}'); return {expression}; }}", argument
    )


@pytest.mark.parametrize("name", FORMATTED)
def test_a_citation_follows_its_format(blank: Page, name: str) -> None:
    written = call(blank, "cite.js", f"m.FORMATS.{name}(x, m.permalink(x, 'http://x/'), '2026-01-02')", CITED)
    assert written == FORMATTED[name]


DATED = {"date": "2021-10-04", "page": "4"}


def test_what_a_citation_lacks_is_left_out(blank: Page) -> None:
    bare = CITED | {"byline": None, "date": None}
    written = call(blank, "cite.js", "m.gbt7714(x, 'http://x/', '2026-01-02')", bare)
    assert written == "三农压舱石[N/OL]. archive/p_1.txt[2026-01-02]. http://x/."
    paged = call(
        blank, "cite.js", "m.gbt7714(x, 'http://x/', '2026-01-02')", bare | {"date": "2021-10-04", "page": "4"}
    )
    assert paged == "三农压舱石[N/OL]. archive/p_1.txt, 2021-10-04(4)[2026-01-02]. http://x/."
    assert "year" not in call(blank, "cite.js", "m.bibtex(x, 'http://x/', '2026-01-02')", bare)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("本报记者 白云飞 通讯员 王勇", ["白云飞", "王勇"]),
        ("记者 智慧 见习记者 谢娜 通讯员 何燕", ["智慧", "谢娜", "何燕"]),
        ("By Mary O'Neil and John Smith", ["Mary O'Neil", "John Smith"]),
        ("张三、李四", ["张三", "李四"]),
        (None, []),
    ],
)
def test_a_byline_is_taken_apart(blank: Page, byline: str | None, names: list[str]) -> None:
    assert call(blank, "cite.js", "m.authors(x)", byline) == names


def test_a_place_survives_its_link(blank: Page) -> None:
    place = call(blank, "cite.js", "m.fromHash(new URL(m.permalink(x, 'http://x/')).hash)", CITED)
    kept = ("document_id", "start", "end", "answer_start", "answer_end")
    assert place == {name: CITED[name] for name in kept} | {"sha256": "0123456789ab"}


@pytest.mark.parametrize(
    "link", ["", "#", "#d=x", "#d=x&s=1&e=b", "#d=x&s=5&e=2", "#d=x&s=1&e=9&as=0&ae=2", "#s=1&e=2", "#%", "#top"]
)
def test_what_is_no_link_names_no_place(blank: Page, link: str) -> None:
    assert call(blank, "cite.js", "m.fromHash(x)", link) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("依托龙\n\n头企业", "依托龙头企业"),
        ("vice \nmayor", "vice mayor"),
        ("副 市长\n", "副 市长"),
        ("😀\r\n共 3\n项\n,\n甲", "😀 共 3 项 , 甲"),
    ],
)
def test_a_broken_line_is_joined_as_in_print(blank: Page, text: str, line: str) -> None:
    assert call(blank, "text.js", "m.oneLine(x)", text) == line


def test_a_quote_marks_its_answers_across_a_break(blank: Page) -> None:
    citation = {"quote": "任命甲\n\n乙为😀市长。", "start": 10, "end": 21}
    answers = [{"start": 17, "end": 20}, {"start": 12, "end": 16}]
    marked = "m.quotation(x[0], x[1]).map((node) => node.outerHTML ?? node)"
    expected = ["任命", "<b>甲乙</b>", "为", "<b>😀市长</b>", "。"]
    assert call(blank, "text.js", marked, [citation, answers]) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_an_event_stream_is_read_however_it_is_cut(blank: Page, size: int) -> None:
    stream = (
        ': hello\r\n\r\nevent: status\r\ndata: {"a": "甲😀"}\r\n\r\nevent: answer\ndata: [1,\ndata: 2]\n\nevent: cut'
    )
    parts = [list(stream.encode()[at : at + size]) for at in range(0, len(stream.encode()), size)]
    body = "new ReadableStream({start: (c) => {x.forEach((p) => c.enqueue(new Uint8Array(p))); c.close();}})"
    events = call(blank, "api.js", f"Array.fromAsync(m.events({body}))", parts)
    assert events == [{"event": "status", "data": {"a": "甲😀"}}, {"event": "answer", "data": [1, 2]}]


# ---- while it answers, and when it cannot


def test_the_way_to_the_answer_is_shown_and_can_be_stopped(visit: Visit, reader: PaperReader) -> None:
    page = visit()
    reader.gate.clear()
    try:
        page.locator("#question").fill("谁被免去了洛阳市公安局局长职务?")
        page.keyboard.press("Enter")
        # How far it is said to be while the reader reads is the service's matter.
        stage = re.compile("^正在查找…$|^找到 5 段，正在阅读…$")
        expect(page.locator(".progress")).to_have_text(stage)
        expect(page.locator("#status")).to_have_text(stage)
        page.get_by_role("button", name="停止").click()
        expect(page.locator(".failure")).to_contain_text("已停止。")
    finally:
        reader.gate.set()
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".turn .words")).to_have_text("李保兴")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("回答：李保兴。1 处出处。")


def test_a_busy_service_says_when_to_try_again(visit: Visit) -> None:
    page = visit()
    busy = {"status": 503, "detail": "busy"}
    page.route("**/api/chat", lambda route: route.fulfill(status=503, headers={"retry-after": "1"}, json=busy), times=1)
    page.locator("#question").fill(VICE_MAYORS)
    page.keyboard.press("Enter")
    expect(page.locator(".failure")).to_have_text("服务正忙，请稍候再试。1 秒后可重试")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(".chip")).to_have_count(3)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ({"status": 422, "json": {"detail": "the question is too <b>long</b>"}}, "the question is too <b>long</b>"),
        ({"status": 500, "body": "<html>"}, "The service could not answer."),
        ({"status": 200, "body": "event: status\ndata: {}\n\n"}, "The service cannot be reached."),
        ({"status": 200, "body": 'event: error\ndata: {"status": 504, "detail": "x"}\n\n'}, "took too long"),
        ({"status": 200, "body": "event: answer\ndata: {\n\n"}, "The service cannot be reached."),
    ],
)
def test_a_failure_is_told_and_the_question_kept(visit: Visit, reply: dict[str, Any], shown: str) -> None:
    page = visit(locale="en-US")
    page.route("**/api/chat", lambda route: route.fulfill(**reply))
    page.locator("#question").fill(VICE_MAYORS)
    page.keyboard.press("Enter")
    expect(page.locator(".turn h2")).to_have_text(VICE_MAYORS)
    expect(page.locator(".failure")).to_contain_text(shown)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_service_that_wants_a_key_is_given_one(visit: Visit) -> None:
    page = visit(locale="en-US")

    def guarded(route: Route) -> None:
        if route.request.headers.get("authorization") == "Bearer s3cret":
            route.continue_()
        else:
            route.fulfill(status=401, json={"detail": "no key"})

    page.route("**/api/**", guarded)
    page.locator("#question").fill(VICE_MAYORS)
    page.keyboard.press("Enter")
    page.get_by_label("API key").fill("s3cret")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(3)
    assert page.evaluate("Object.values(localStorage)") == []


def test_filters_go_with_the_question_and_are_shown(visit: Visit) -> None:
    page = visit()
    page.locator("#filters-summary").click()
    page.get_by_label("起始日期").fill("2021-10-01")
    page.get_by_label("作者含").fill("白云飞")
    expect(page.locator("#filters-summary")).to_have_text("筛选（2 项）")
    page.locator("#question").fill(VICE_MAYORS)
    with page.expect_request("**/api/chat") as sent:
        page.keyboard.press("Enter")
    assert sent.value.post_data_json == {
        "question": VICE_MAYORS,
        "from": "2021-10-01",
        "byline": "白云飞",
        "stream": True,
    }
    expect(page.locator(".filtered")).to_have_text("限于 起始日期 2021-10-01 · 作者含 白云飞")


# ---- the conversation, the archive and the settings


def test_a_reload_keeps_the_conversation_and_a_new_one_forgets_it(visit: Visit) -> None:
    page = visit()
    ask(page, VICE_MAYORS)
    ask(page, "那免去了谁?")
    page.reload()
    expect(page.locator(".turn h2")).to_have_text([VICE_MAYORS, "那免去了谁?"])
    expect(page.locator(".chip")).to_have_text(["1", "2", "3", "1"])
    page.get_by_role("button", name="新的问答").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    page.reload()
    expect(page.locator("#counts")).not_to_be_empty()
    expect(page.locator(".turn")).to_have_count(0)


def test_the_archive_can_be_read_before_anything_is_asked(visit: Visit) -> None:
    page = visit(locale="en-US")
    expect(page.locator("#counts")).to_have_text("2 files · 10 articles")
    page.get_by_role("link", name="市十五届人大常委会第二十八次会议召开").click()
    expect(page.locator(".original")).to_contain_text("市人大常委会主任吴中阳主持会议。")
    expect(page.locator("mark")).to_have_count(0)
    expect(page.locator("#panel-tools")).to_be_hidden()


@pytest.mark.parametrize(
    ("locale", "lang", "button"),
    [("zh-SG", "zh-Hans", "提问"), ("zh-TW", "zh-Hant", "提問"), ("en-GB", "en", "Ask"), ("fr", "en", "Ask")],
)
def test_the_language_is_the_browsers(visit: Visit, locale: str, lang: str, button: str) -> None:
    page = visit(locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator("#submit")).to_have_text(button)


def test_the_language_can_be_changed_and_is_remembered(visit: Visit) -> None:
    page = visit(locale="zh-CN")
    ask(page, UNSAID)
    page.get_by_label("界面语言").select_option("English")
    expect(page.locator(".none")).to_have_text("The archive does not say.")
    expect(page.locator("#question")).to_have_attribute("placeholder", "Ask a question")
    page.reload()
    expect(page.locator(".none")).to_have_text("The archive does not say.")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_all_languages_say_everything(blank: Page) -> None:
    keys = """((words) => {
        const all = (some, path) => Object.entries(some).flatMap(([name, word]) =>
            typeof word === "object" ? all(word, `${path}${name}.`) : [`${path}${name} ${typeof word}`]);
        return all(words, "");
    })"""
    simplified, *others = (call(blank, "i18n.js", f"{keys}(m.WORDS.{language})") for language in ("zh", "hant", "en"))
    assert others == [simplified, simplified]
    assert len(simplified) > 120


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


LIGHT, DARK = "rgb(251, 249, 245)", "rgb(23, 24, 26)"


def test_light_and_dark_follow_the_system_until_chosen(visit: Visit) -> None:
    assert background(visit(color_scheme="dark")) == DARK
    page = visit(color_scheme="light")
    assert background(page) == LIGHT
    appearance = page.locator("#theme")
    expect(appearance).to_have_text("随系统")
    appearance.click()
    appearance.click()
    expect(appearance).to_have_text("深色")
    assert background(page) == DARK
    page.reload()
    assert background(page) == DARK
    assert background(visit(color_scheme="light")) == LIGHT


# ---- everyone


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit()
    press = page.keyboard.press
    page.locator("h1").click()
    press("/")
    expect(page.locator("#question")).to_be_focused()
    assert page.locator("#question").input_value() == ""
    page.keyboard.type(VICE_MAYORS)
    press("Enter")
    expect(page.locator(".chip")).to_have_count(3)
    while not page.evaluate("document.activeElement.matches('.chip')"):
        press("Shift+Tab")
    expect(page.locator(".chip").nth(2)).to_be_focused()
    press("ArrowLeft")
    press("ArrowUp")
    expect(page.locator(".chip").nth(0)).to_be_focused()
    press("End")
    press("Home")
    press("Enter")
    expect(page.locator("mark.answer")).to_have_text("李新建")
    expect(page.locator("#panel-title")).to_be_focused()
    press("ArrowRight")
    expect(page.locator("mark.answer")).to_have_text("孙延文")
    press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator(".chip").nth(0)).to_be_focused()
    press("/")
    page.keyboard.type("a/b")
    press("Shift+Enter")
    page.keyboard.type("c")
    assert page.locator("#question").input_value() == "a/b\nc"


def test_an_input_methods_enter_does_not_ask(visit: Visit) -> None:
    page = visit()
    page.locator("#question").fill("shei")
    page.locator("#question").dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    expect(page.locator(".turn")).to_have_count(0)
    assert page.locator("#question").input_value() == "shei"


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_phone_scrolls_only_down(visit: Visit, locale: str) -> None:
    page = visit(locale=locale, viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.locator("#headlines li")).to_have_count(8)
    assert width(page) == 360
    ask(page, UNSAID)
    turn = ask(page, VICE_MAYORS)
    page.locator("#filters-summary").click()
    assert width(page) == 360
    turn.locator(".chip").first.tap()
    expect(page.locator("mark.answer")).to_be_in_viewport()
    panel = page.locator("#panel").bounding_box()
    assert panel == {"x": 0, "y": 0, **PHONE}
    assert page.evaluate("document.querySelector('#panel').matches(':modal')")
    page.locator("#panel-formats button").last.tap()
    assert width(page) == 360
    assert page.evaluate("document.querySelector('#panel').scrollWidth") == 360
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_axe_finds_nothing(visit: Visit, locale: str, color_scheme: str) -> None:
    viewport = PHONE if locale == "en-US" else None
    page = visit(locale=locale, color_scheme=color_scheme, **({"viewport": viewport} if viewport else {}))
    expect(page.locator("#headlines li")).to_have_count(8)
    assert violations(page) == []
    ask(page, UNSAID).locator(".passages li").first.wait_for()
    ask(page, "那免去了谁?")
    page.locator("#filters-summary").click()
    assert violations(page) == []
    page.locator(".chip").last.click()
    expect(page.locator("mark.answer")).to_have_text("李保兴")
    page.locator("#panel-formats button").first.click()
    expect(page.locator("#panel-citation")).to_be_visible()
    assert violations(page) == []


def test_paper_gets_the_sources_and_nothing_to_press(visit: Visit) -> None:
    page = visit(color_scheme="dark")
    ask(page, VICE_MAYORS)
    page.emulate_media(media="print")
    expect(page.locator(".composer")).to_be_hidden()
    expect(page.locator(".controls")).to_be_hidden()
    expect(page.locator(".printed").first).to_contain_text(".txt:134")
    assert background(page) == "rgb(255, 255, 255)"


# ---- as it is served


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    chat_page.mount(app)
    with TestClient(app) as client:
        yield client


FILES = sorted(path.name for path in chat_page.FOLDER.iterdir())
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}


@pytest.mark.parametrize("path", ["/", *(f"/assets/{name}" for name in FILES)])
def test_every_part_comes_under_the_strict_policy(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"].split(";")[0] == TYPES[Path(path).suffix or ".html"]
    assert reply.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert client.get(path, headers={"if-none-match": reply.headers["etag"]}).status_code == 304
    assert client.head(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/assets/", "/assets/none.js", "/assets/../page.py", "/assets/%2e%2e/page.py", "/assets/..%2fpage.py"]
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_no_part_makes_markup_of_text_or_loads_from_elsewhere(name: str) -> None:
    source = (chat_page.FOLDER / name).read_text(encoding="utf-8")
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style=", " onclick"):
        assert forbidden not in source
    assert set(re.findall(r"https?://[^\"' ]*", source)) <= {"http://www.w3.org/2000/svg"}
