"""A reading-comprehension set as an archive of all its contexts, so that they have to be found before they are read."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from qa.errors import SourceError
from qa.evaluate.evidence import DocumentLookup, EvidenceSpan, EvidenceSpans, title_at
from qa.evaluate.gold import GoldQuestion, ReadingExample
from qa.evaluate.run import question_language


def write_contexts(examples: Iterable[ReadingExample], path: Path) -> None:
    """Write each different context once, as JSON Lines that ``gazette ingest`` takes; ids count from 0."""
    titles: dict[str, str | None] = {}
    for example in examples:
        titles.setdefault(example.context, example.title)
    with path.open("w", encoding="utf-8") as file:
        for number, (context, title) in enumerate(titles.items()):
            print(json.dumps({"id": str(number), "title": title, "text": context}), file=file)


def as_archive_questions(examples: Sequence[ReadingExample]) -> tuple[GoldQuestion, ...]:
    """Return the questions as questions over the archive; the accepted answers are spellings of one item.

    One that its own context does not answer counts as unanswerable, though another context might answer it.
    """
    return tuple(
        GoldQuestion(
            id=example.id,
            question=example.question,
            lang=question_language(example.question),
            kind="reading",
            answerable=bool(example.answers),
            answers=(tuple(dict.fromkeys(text for text, _ in example.answers)),) if example.answers else (),
            evidence=(example.context,) if example.answers else (),
        )
        for example in examples
    )


def answer_spans(examples: Iterable[ReadingExample], archive: DocumentLookup) -> dict[str, tuple[EvidenceSpans, ...]]:
    """Return where each question's answers stand: one evidence, which any of its accepted answers shows.

    ``archive`` has been made of ``write_contexts``; ``SourceError`` if a context is not in it as it was.
    """
    documents = {document.text: document for document in archive.documents()}
    places: dict[str, tuple[EvidenceSpans, ...]] = {}
    for example in examples:
        document = documents.get(example.context)
        if document is None:
            raise SourceError(f"question {example.id}", "its context is not in the archive as it stands in the set")
        articles = archive.articles(document.id)
        answers = tuple(
            EvidenceSpan(document.id, start, start + len(text), title_at(start, articles))
            for text, start in example.answers
        )
        places[example.id] = (answers,) if answers else ()
    return places
