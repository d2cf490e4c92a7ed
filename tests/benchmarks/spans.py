"""Whether any span of any passage is cited truly: ``python -m tests.benchmarks.spans [--spans 1000000]``.

Documents are pieces of real pages, put together at random, some with marks of Markdown or HTML, blanks between letters,
invisible characters and wide forms, read and cut as ``gazette ingest`` does. Spans are drawn from their passages, with
no blank at their ends, and cited as answers are: one that reaches over a page's head by its parts on either side, since
the file has more between its ends than it says. A citation must quote the file, hold the answer, and read as the span
or its part does, and the parts must have all of its words; a span may be refused, which costs an answer. Prints JSON
with the counts and examples of what was refused; exits with 1 if any citation is not true, or more than ``--most`` of a
hundred spans are refused.
"""

import argparse
import html
import json
import random
import re
import sys
import tempfile
import unicodedata
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

from qa.answer.citations import cite_parts, verify
from qa.errors import CitationError, SourceError
from qa.indexing import CHUNKING
from qa.ingest import load, segment
from qa.types import Citation, Document, Span
from tests.conftest import SEEDS

PAGES: Final = Path(__file__).parents[1]
A_DOCUMENT: Final = 100
"""Spans drawn from each."""
LONGEST: Final = 120
SHOWN: Final = 6
"""Examples of what was refused, of each kind of file; of what is not true, all are shown."""
NOISE: Final = (
    "\u00ad",
    "\u200b",
    "\u2060",
    " ",
    "\u3000",
    "**",
    "1",
    "Ａ",
    "“",
    "）",
    "\n",
    "\f",
    "\u2028",
    "3.5",
    "A. ",
)


def lines() -> list[str]:
    """Return the lines of all pages that are in the tree."""
    pages = [*SEEDS.glob("*.txt"), *(PAGES / "pages").glob("*.txt"), *(PAGES / "invented").glob("*.txt")]
    return [line for page in pages for line in page.read_text("utf-8").splitlines()]


def written(chance: random.Random, pool: list[str]) -> tuple[str, str]:
    """Return the name and the text of a document."""
    pieces = list[str]()
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(pool))
        pieces += pool[at : at + chance.randrange(2, 30)]
    text = chance.choice(("\n", "\n\n", "\r\n")).join(pieces)
    if chance.random() < 0.5:
        often = chance.choice((0.002, 0.02))
        text = "".join(c + (chance.choice(NOISE) if chance.random() < often else "") for c in text)
    suffix = chance.choice((".txt", ".txt", ".md", ".html"))
    if suffix == ".html":
        marks = ("<p>{}</p>", "<p>{}</p>", "<p>{}<br>", "<p><b>{}</b></p>", "<h2>{}</h2>", "<div>{}</div>", "{}<br/>")
        body = "\n".join(chance.choice(marks).format(html.escape(line)) for line in text.split("\n"))
        text = f"<html><body><h1>{html.escape(pieces[0][:20])}</h1>{body}</body></html>"
    return f"page{suffix}", text


def plain(text: str) -> str:
    """Return what is read in a text: no blanks, nothing invisible, no marks, letters in their common form."""
    seen = "".join(c for c in text if c in "\r\n" or unicodedata.category(c) not in ("Cf", "Cc"))
    seen = re.sub(r"(?<=[\r\n])\s*(?:#{1,6}|[-*+])\s", "", seen.replace("**", ""))
    return "".join(c for c in unicodedata.normalize("NFKC", seen) if not c.isspace())


def without_marks(text: str) -> str:
    """Return ``plain`` words without what may mark headings and lists: noise beside one makes words of it."""
    return re.sub(r"[-#*+]", "", plain(text))


def is_true(citation: Citation, document: Document, words: str) -> bool:
    """Whether a citation says what the file says, found out without the code that made it."""
    printed = document.text[citation.answer_start : citation.answer_end]
    if document.view is not None:
        printed = html.unescape(re.sub(r"<[^>]*>", "\n", printed))  # a mark may follow, as it does a line's end
    try:
        verify(citation, document, words)
    except CitationError:
        return False
    return (
        citation.quote == document.text[citation.start : citation.end]
        and citation.start <= citation.answer_start < citation.answer_end <= citation.end
        and without_marks(printed) == without_marks(words)
    )


def run(number: int, seed: int, most: float) -> bool:
    """Cite ``number`` spans, print what came of them, and return whether all is well."""
    chance, pool = random.Random(seed), lines()
    counts, examples = Counter[str](), dict[str, list[str]]()
    with tempfile.TemporaryDirectory() as folder:
        while counts["spans"] < number:
            name, text = written(chance, pool)
            path = Path(folder) / name
            path.write_text(text, "utf-8", newline="")
            documents: list[Document] = []
            with suppress(SourceError):  # nothing but blanks
                documents += load(path, lambda error: None)
            for document in documents:
                _cite_some(document, chance, counts, examples)
    refused = 100 * counts["refused"] / max(1, counts["spans"])
    found = {**counts, "refused_of_a_hundred": round(refused, 3), "examples": examples}
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return not counts["untrue"] and refused <= most


def _cite_some(document: Document, chance: random.Random, counts: Counter[str], examples: dict[str, list[str]]) -> None:
    segmentation = segment(document, CHUNKING)
    articles = {article.number: article for article in segmentation.articles}
    counts["documents"] += 1
    for _ in range(A_DOCUMENT if segmentation.chunks else 0):
        chunk = chance.choice(segmentation.chunks)
        start = chance.randrange(len(chunk.text))
        end = min(len(chunk.text), start + chance.randrange(1, LONGEST))
        words = chunk.text[start:end].strip()
        if not words:
            continue
        start += len(chunk.text[start:end]) - len(chunk.text[start:end].lstrip())
        span = Span(chunk, start, start + len(words), 0.0)
        counts["spans"] += 1
        counts["spans across paragraphs"] += "\n" in words
        try:
            parts = cite_parts(span, document=document, article=articles[chunk.article])
        except CitationError as error:
            kind, what = "refused", str(error)
        else:
            counts["cited in parts"] += len(parts) > 1
            whole = plain("".join(part.text for part, _ in parts)) == plain(words)
            if whole and all(is_true(citation, document, part.text) for part, citation in parts):
                continue
            kind, what = "untrue", " | ".join(citation.quote for _, citation in parts)
        counts[kind] += 1
        counts[f"{kind} {'across' if chr(10) in words else 'within'} paragraphs"] += 1
        if kind == "refused":
            between = plain(document.visible(*chunk.alignment.to_original(start, start + len(words))))
            counts["refused over what is not of the passage"] += len(between) > len(plain(words))
        shown = examples.setdefault(f"{kind} {document.source[-5:]}", [])
        if kind == "untrue" or (chance.random() < 0.1 and len(shown) < SHOWN):
            shown.append(f"{words!r}: {what[:200]!r}")


def main() -> None:
    """Run the check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=float, default=1.0, help="refusals in a hundred spans")
    chosen = parser.parse_args()
    sys.exit(not run(chosen.spans, chosen.seed, chosen.most))


if __name__ == "__main__":
    main()
