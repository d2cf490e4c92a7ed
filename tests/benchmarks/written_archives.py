"""Articles that we wrote, put together as archives: ``python -m tests.benchmarks.written_archives FOLDER``.

Writes the pages of the near dev sets, and pages of nine articles of ``written_english_dev`` each, with their questions
as gold, for ``python -m tests.benchmarks.pages FOLDER``. Of ``written_english_dev`` each question was written over its
own article alone, so that in an archive with eight others some could be asked of two: its figures compare readers,
thresholds and ways to cut, and are too low for a measure of any.
"""

import json
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final

import typer

from qa.text.script import language
from qa.train.data import ENGLISH_DEV, NEAR_DEV, Example, load_set

ARTICLES: Final = {ENGLISH_DEV: 9, **dict(zip(NEAR_DEV, (10, 9), strict=True))}
"""Of one archive, for each set; about as many as a page of print has."""
BEFORE: Final = 40
"""Characters of the line before an answer that are its evidence."""


def main(folder: Annotated[Path, typer.Argument(help="Where pages and gold files are written.")]) -> None:
    """Write the pages and their gold files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in ARTICLES.items():
        articles = [list(asked) for _, asked in groupby(load_set(folder, name), key=lambda each: each.context)]
        for number, first in enumerate(range(0, len(articles), count), 1):
            together = articles[first : first + count]
            page = "\n\n".join(f"# {asked[0].title}\n\n{asked[0].context}" for asked in together)
            stem = f"{name.removeprefix('written_').removesuffix('_dev')}_{number}"
            (folder / f"{stem}.txt").write_text(f"{page}\n", "utf-8")
            gold = (json.dumps(_gold(each), ensure_ascii=False) for asked in together for each in asked)
            (folder / f"{stem}_gold.jsonl").write_text("".join(f"{line}\n" for line in gold), "utf-8")


def _gold(example: Example) -> dict[str, object]:
    kind = "list" if len(example.answers) > 1 else "span" if example.answers else "unanswerable"
    return {
        "id": example.id,
        "question": example.question,
        "lang": language(example.question),
        "kind": kind,
        "answerable": bool(example.answers),
        "answers": [[text] for text, _ in example.answers],
        "evidence": [_with_words_before(example.context, start, len(text)) for text, start in example.answers],
        "article": example.title,
    }


def _with_words_before(context: str, start: int, length: int) -> str:
    line = context.rfind("\n", 0, start) + 1
    return context[max(line, start - BEFORE) : start + length]


if __name__ == "__main__":
    typer.run(main)
