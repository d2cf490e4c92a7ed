"""RGB's news questions through the whole path: ``python -m tests.benchmarks.news_answers DATA [--top-k 5]``.

An answer is contained in the reply if every required item, in one of its spellings, stands in the words of the items
given, with width, case, blanks and punctuation aside. Prints a row of a table.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from embeddings.home import DEFAULT_ENCODER
from qa.answer.agreement import claim_key
from qa.answer.ask import ask
from qa.indexing import CHUNKING
from qa.service import load_models
from qa.store import open_index, update
from tests.benchmarks.retrieval import entries, records


def spellings(required: object) -> list[str]:
    """Return how one required item may be written: RGB gives a string, or a list of them."""
    return [str(one) for one in required] if isinstance(required, list) else [str(required)]


def contained(required: Sequence[object], items: Sequence[str]) -> bool:
    """Whether the items given have all that is required.

    >>> contained([["2月6日", "2月"], "郑钦文"], ["郑 钦文", "2022年2月"]), contained(["甲", "乙"], ["甲"])
    (True, False)
    """
    said = "\n".join(map(claim_key, items))
    return all(any(claim_key(one) in said for one in spellings(each)) for each in required)


def main(
    data: Annotated[Path, typer.Argument(help="The folder with news/.", exists=True, file_okay=False)],
    top_k: Annotated[int, typer.Option(help="Passages read for a question.", min=1, max=50)] = 5,
) -> None:
    """Print how many answers are contained in the reply, and how many questions are answered."""
    models = load_models(DEFAULT_ENCODER)
    texts = {record["id"]: record["text"] for record in records(data / "news" / "rgb_docs.jsonl.gz")}
    questions = list(records(data / "news" / "rgb_questions.jsonl.gz"))
    with tempfile.TemporaryDirectory() as folder:
        update(Path(folder), models.encoder, CHUNKING.as_dict(), add=entries(texts, CHUNKING))
        with open_index(Path(folder), models.encoder) as index:
            right = answered = 0
            for each in questions:
                reply = ask(each["question"], index=index, encoder=models.encoder, reader=models.reader, top_k=top_k)
                right += contained(each["answers"], [item.text for item in reply.items])
                answered += reply.answered
    sys.stdout.write("| questions | answer contained in the reply | answered |\n| ---: | ---: | ---: |\n")
    sys.stdout.write(f"| {len(questions)} | {right / len(questions):.3f} | {answered / len(questions):.3f} |\n")


if __name__ == "__main__":
    typer.run(main)
