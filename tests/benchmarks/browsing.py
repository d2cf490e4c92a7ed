"""Searching and counting a large archive: ``python -m tests.benchmarks.browsing [--articles N] [--keep DIR]``.

Makes synthetic articles, one record each, indexes them with an encoder of paper (vectors play no part in what is
measured), and prints how long pages of results and their facets take: the first time, and every time after.
"""

import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Annotated

import typer

from qa.filters import parse_filters
from qa.indexing import ingest
from qa.retrieve.articles import ArticleQuery, find_articles
from qa.store import open_index
from qa.types import Filters
from tests.fakes import FakeEncoder

PAPERS = ("汾水晚报", "江城日报", "Harbour Gazette", "东港新报", "南岭周刊")
SECTIONS = ("要闻", "都市", "经济", "体育", "副刊", "国际", "教育")
PLACES = ("东港", "江城", "汾水", "南岭", "北屏", "石门", "临湖", "安平")
SUBJECTS = ("市政府", "教育局", "人大常委会", "水务公司", "中心医院", "图书馆", "公交集团", "农科院")
VERBS = ("召开", "通过", "发布", "启动", "公布", "讨论")
OBJECTS = ("工作会议", "任免名单", "年度报告", "供水工程", "招生计划", "新线路", "防汛方案", "读书活动")
NAMES = ("王建国", "李晓明", "张秀英", "刘伟", "陈静", "杨帆", "赵敏", "黄河", "周杰", "吴芳")
FILLING = [chr(code) for code in range(0x4E00, 0x5E00)]
"""Characters that keep two articles from being near-duplicates."""
ROUNDS = 20


def main(
    articles: Annotated[int, typer.Option(help="How many to make.", min=1)] = 100_000,
    keep: Annotated[Path | None, typer.Option(help="Folder for the index, kept and used again.")] = None,
) -> None:
    """Index, measure, and print."""
    folder = keep or Path(tempfile.mkdtemp())
    encoder = FakeEncoder(16)
    if not (folder / "index").exists():
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / "articles.jsonl"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records(articles))
        ingest([source], directory=folder / "index", encoder=encoder)
    with open_index(folder / "index", encoder) as index:
        began = perf_counter()
        find_articles(ArticleQuery(), index)
        print(f"columns read    {1000 * (perf_counter() - began):8.0f} ms, once for each revision")
        for name, query in QUERIES.items():
            first, *others = timings(lambda query=query: find_articles(query, index))  # type: ignore[misc]
            total = find_articles(query, index).total
            worst = quantiles(others, n=20)[-1]
            print(
                f"{name:15} {first:8.0f} ms first, {median(others):6.1f} median, {worst:6.1f} p95; {total:,} articles"
            )
    if keep is None:
        shutil.rmtree(folder)


def records(count: int) -> Iterator[dict[str, str]]:
    """Yield made-up articles, always the same."""
    chosen = random.Random(19)
    for number in range(count):
        place, subject, verb, what = (chosen.choice(words) for words in (PLACES, SUBJECTS, VERBS, OBJECTS))
        day = f"{chosen.randint(1985, 2024)}-{chosen.randint(1, 12):02d}-{chosen.randint(1, 28):02d}"
        who = chosen.sample(NAMES, 2)
        sentences = [
            f"{place}{chosen.choice(SUBJECTS)}昨日{chosen.choice(VERBS)}{chosen.choice(OBJECTS)}，{chosen.choice(NAMES)}主持，"
            f"第{chosen.randint(1, 999)}号文件同日下发，{''.join(chosen.choices(FILLING, k=24))}。"
            for _ in range(chosen.randint(1, 3))
        ]
        yield {
            "id": f"a{number}",
            "title": f"{place}{subject}{verb}{what}",
            "date": day,
            "byline": f"记者 {who[0]} 通讯员 {who[1]}",
            "publication": chosen.choice(PAPERS),
            "section": chosen.choice(SECTIONS),
            "text": "".join(sentences),
        }


def timings(task: Callable[[], object]) -> list[float]:
    """Return milliseconds of the first call and of those after it."""
    taken = []
    for _ in range(ROUNDS):
        began = perf_counter()
        task()
        taken.append(1000 * (perf_counter() - began))
    return taken


LAST_YEARS: Filters = parse_filters(date_from="2010", date_to="2019-06")
QUERIES = {
    "everything": ArticleQuery(),
    "page 500": ArticleQuery(offset=10_000),
    "one paper": ArticleQuery(filters=parse_filters(publication="汾水晚报")),
    "years, byline": ArticleQuery(filters=parse_filters(date_from="2010", date_to="2019-06", byline="王建国")),
    "title": ArticleQuery(filters=parse_filters(title="供水")),
    "common word": ArticleQuery("东港"),
    "two words": ArticleQuery("东港 供水工程"),
    "long": ArticleQuery("江城教育局公布招生计划"),
    "rare": ArticleQuery("第777号文件"),
    "word, years": ArticleQuery("防汛方案", filters=LAST_YEARS),
}

if __name__ == "__main__":
    typer.run(main)
