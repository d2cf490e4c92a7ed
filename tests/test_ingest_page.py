"""The seed page, read as a person reads it."""

import json
import re
from pathlib import Path

import pytest

from qa.ingest import Segmentation, load, segment
from qa.types import Article, Chunk, Document
from tests.ingest_oracle import positions, uncovered

SEEDS = Path(__file__).parents[1] / "seeds"
NOTICE, ANNOUNCEMENT, JUMP = 6, 7, 8


@pytest.fixture(scope="module")
def page() -> Document:
    (document,) = load(SEEDS / "000_2e366aedca82a0c9.txt")
    return document


@pytest.fixture(scope="module")
def result(page: Document) -> Segmentation:
    return segment(page)


def chunks_of(result: Segmentation, article: int) -> list[Chunk]:
    return [chunk for chunk in result.chunks if chunk.article == article]


def test_nine_articles(result: Segmentation) -> None:
    def row(article: Article) -> tuple[str, str | None, str | None, str | None]:
        return article.title, article.deck, article.byline, article.date

    assert [row(article) for article in result.articles] == [
        ("以产业集聚打造制造业高质量发展新引擎", None, "本报记者 陈曦 通讯员 王燕飞", None),
        ("创新谋跨越 实干勇担当", "——访宜阳县委书记张汉智", "本报记者 孙小蕊 通讯员 张珂", None),
        (
            "为重振洛阳辉煌筑牢“三农”压舱石",
            "——访市委农办主任,市农业农村局党组书记、局长全宇鹏",
            "本报记者 白云飞 通讯员 王勇",
            None,
        ),
        ("全省静脉产业园建设工作现场会在洛召开", "何雄讲话 徐衣显致辞", "记者 李三旺", None),
        ("徐衣显与香港超赢投资集团客人举行工作会谈", None, "记者 李三旺", None),
        ("市十五届人大常委会第二十八次会议召开", None, "记者 智慧 见习记者 谢娜 通讯员 何燕", None),
        ("洛阳市人大常委会任免名单", None, None, "2021-10-13"),
        ("洛阳市第十五届人民代表大会常务委员会公告", None, None, "2021-10-13"),
        ("(上接01版)", None, None, None),
    ]


def test_the_words_outside_articles(page: Document, result: Segmentation) -> None:
    assert [page.text[start:end] for start, end in result.outside] == [
        "建强副中心 形成增长极",
        "认真学习贯彻市第十二次党代会精神",
        "实施产业集群发展行动,持续推动产业转型,着力提升优势产业集聚度和竞争力",
        "躬身入局勇担当",
        "一把手访谈",
    ]
    assert uncovered(page, result) == "##" * 14 + "-**" * 4 + "##"  # the headings, the four leads, the last heading


def test_every_character_stands_where_the_alignment_says(page: Document, result: Segmentation) -> None:
    places = [at for chunk in result.chunks for at in positions(chunk)]
    assert places == sorted(set(places))
    for chunk in result.chunks:
        assert "".join(page.text[at] for at in positions(chunk)) == chunk.text


JOINTS = """依托龙|头企业 我市|将聚焦 巧|用新媒体 “宜|阳创造” 发达地|区, 治理水|平。 环都市|区、 改革,|用好
他指出,|要加快 在学生|导游"""


@pytest.mark.parametrize("joint", JOINTS.split())
def test_column_breaks_are_joined(page: Document, result: Segmentation, joint: str) -> None:
    before, after = joint.split("|")
    assert page.text.count(f"{before}\n\n{after}") == 1
    (chunk,) = (chunk for chunk in result.chunks if before + after in chunk.text)
    start = chunk.text.index(before + after)
    first, end = chunk.alignment.to_original(start, start + len(before + after))
    assert page.text[first:end] == f"{before}\n\n{after}"


def test_nothing_else_is_joined(page: Document, result: Segmentation) -> None:
    """Every line break of an article's text is kept, but for the ten above."""
    gone = list[str]()
    for article in result.articles:
        kept = {at for chunk in chunks_of(result, article.number) for at in positions(chunk)}
        starts = {chunk.start for chunk in chunks_of(result, article.number)}
        for gap in re.finditer(r"[ \n]*\n[ \n]*", page.text[article.start : article.end]):
            start, end = gap.start() + article.start, gap.end() + article.start
            after = re.compile(r"(?:## |- )?").match(page.text, end)
            assert after is not None
            if kept.isdisjoint(range(start, end)) and after.end() not in starts:
                gone.append(page.text[start - 2 : start] + "|" + page.text[end : end + 2])
    assert gone == [
        *("托龙|头企", "我市|将聚", ";巧|用新", "“宜|阳创", "达地|区,"),
        *("理水|平。", "都市|区、", "革,|用好", "出,|要加", "学生|导游"),
    ]


def test_each_item_of_the_notice_has_its_lead(result: Segmentation) -> None:
    (chunk,) = chunks_of(result, NOTICE)
    assert chunk.context == ""
    assert chunk.text == "\n".join(
        [
            "洛阳市人大常委会任免名单",
            "(2021年10月13日洛阳市第十五届人大常委会第二十八次会议通过)",
            "1. 决定任命:",
            "李新建为洛阳市人民政府副市长;",
            "孙延文为洛阳市人民政府副市长;",
            "张武清为洛阳市人民政府副市长,洛阳市公安局局长。",
            "2. 任命:",
            "孙云斌为洛阳市监察委员会副主任;",
            "左朝阳为洛阳市监察委员会副主任。",
            "3. 决定免去:",
            "李保兴洛阳市公安局局长职务。",
            "4. 免去:",
            "张书卿洛阳市人大常委会监察和司法工作委员会主任职务;",
            "闫洁(女)洛阳市监察委员会副主任职务;",
            "倪西良洛阳市中级人民法院副院长职务。",
        ]
    )


def test_the_announcement_keeps_its_number_and_signature(result: Segmentation) -> None:
    (chunk,) = chunks_of(result, ANNOUNCEMENT)
    lines = chunk.text.split("\n")
    assert lines[:2] == ["洛阳市第十五届人民代表大会常务委员会公告", "第42号"]
    assert lines[2].startswith("瀍河回族区人大常委会")
    assert lines[-2:] == ["洛阳市人民代表大会常务委员会", "2021年10月13日"]


def test_titles_are_text_once_and_context_afterwards(result: Segmentation) -> None:
    for article in result.articles:
        first, *later = chunks_of(result, article.number)
        heading = "\n".join(filter(None, [article.title, article.deck]))
        assert first.text.startswith(heading + "\n")
        assert first.context == ""
        assert {chunk.context for chunk in later} <= {heading}


def test_bylines_close_the_last_chunk(result: Segmentation) -> None:
    for article in result.articles[:3]:
        last = chunks_of(result, article.number)[-1]
        assert last.text.endswith(f"\n{article.byline}")
        assert len(last.text) > 100


def test_chunks_are_whole_sentences(result: Segmentation) -> None:
    ends = {chunk.text[-1] for chunk in result.chunks if "通讯员" not in chunk.text[-20:]}
    assert ends <= set("。!;日”")
    assert all(150 < len(chunk.text) <= 420 for chunk in result.chunks)
    assert [chunk.text[-1] for chunk in result.chunks].count(";") == 2  # only the sentence of 600 characters is parted


def test_every_gold_sentence_is_in_one_chunk_of_its_article(result: Segmentation) -> None:
    records = [json.loads(line) for line in (SEEDS / "gold.jsonl").read_text("utf-8").splitlines()]
    wanted = [(record["article"], words) for record in records for words in record["evidence"]]
    assert len(wanted) == 40
    texts = [(result.articles[chunk.article].title, chunk.text) for chunk in result.chunks]
    missing = [(title, words) for title, words in wanted if not any(title == t and words in text for t, text in texts)]
    assert missing == []
