"""Candidate gold questions from a document, for a person to accept, edit or drop.

They are made of its sentences, its rosters and its bylines; every answer is checked word for word in the document.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from qa.answer.citations import matches_print
from qa.answer.corrections import is_notice
from qa.evaluate.gold import GoldQuestion
from qa.ingest import segment
from qa.question.made import questions_of
from qa.text.script import HAN
from qa.text.sentences import sentences
from qa.types import Article, Chunk, Document

_ROSTER: Final = re.compile(
    rf"^(?:[-\d.、\s]*)(?P<who>{HAN}{{2,4}}?)(?:同志)?(?:[(（](?:女|{HAN}{{1,4}}族)[)）])?为"
    rf"(?P<office>{HAN}[^;；。,，\n]{{3,40}})[;；。,，]?",
    re.MULTILINE,
)
_NAME: Final = rf"(?!见习|实习|特约|本报|通讯){HAN}{{2,4}}"
_REPORTER: Final = re.compile(
    rf"记者\s*(?P<names>{_NAME}(?:[\s、]+{_NAME})*?)(?=\s*(?:[见实]习|特约|通讯员|摄|$|[)）]))"
)
_BY: Final = re.compile(r"^By (?P<names>[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){1,3})$")


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A candidate question; every answer stands in the document word for word."""

    question: str
    lang: str
    kind: str
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    article: str

    def as_gold(self, identifier: str) -> GoldQuestion:
        """Return it as a gold question."""
        answers = tuple((answer,) for answer in self.answers)
        return GoldQuestion(identifier, self.question, self.lang, self.kind, True, answers, self.evidence, self.article)


def draft_questions(document: Document) -> Iterator[DraftQuestion]:
    """Yield candidates in the order of the text, each question once; none of what corrects another article."""
    segmentation = segment(document)
    seen = set[str]()
    for article in segmentation.articles:
        if is_notice(article.title):
            continue
        chunks = [chunk for chunk in segmentation.chunks if chunk.article == article.number]
        for draft in (*_of_byline(article), *_of_rosters(article, chunks), *_of_sentences(article, chunks)):
            if draft.question not in seen and all(is_citable(answer, chunks, document) for answer in draft.answers):
                seen.add(draft.question)
                yield draft


def is_citable(answer: str, chunks: Iterable[Chunk], document: Document) -> bool:
    """Whether an answer can be cited: it is in a chunk, and the document shows the same at that place."""
    for chunk in chunks:
        at = chunk.text.find(answer) if answer else -1
        if at >= 0:
            start, end = chunk.alignment.to_original(at, at + len(answer))
            if matches_print(document.shown(start, end), answer):
                return True
    return False


def edit_draft(draft: DraftQuestion, question: str, answers: Iterable[str], document: Document) -> DraftQuestion:
    """Return a draft as a person changed it; ``ValueError`` names an answer that the document does not hold."""
    given = tuple(answer for answer in (answer.strip() for answer in answers) if answer)
    if not question.strip() or not given:
        raise ValueError("a question and at least one answer are needed")
    chunks = segment(document).passages
    for answer in given:
        if not is_citable(answer, chunks, document):
            raise ValueError(f'the document does not hold "{answer}" word for word')
    return replace(draft, question=question.strip(), answers=given)


def _of_byline(article: Article) -> Iterator[DraftQuestion]:
    if article.byline is None:
        return
    chinese = _REPORTER.search(article.byline)
    if chinese:
        names = tuple(re.split(r"[\s、]+", chinese["names"]))
        question = f"《{article.title}》一文的记者是谁？"
        yield DraftQuestion(
            question, "zh", "list" if len(names) > 1 else "person", names, (article.byline,), article.title
        )
    english = _BY.match(article.byline)
    if english:
        question = f"Who wrote “{article.title}”?"
        yield DraftQuestion(question, "en", "person", (english["names"],), (article.byline,), article.title)


def _of_rosters(article: Article, chunks: Iterable[Chunk]) -> Iterator[DraftQuestion]:
    """Ask for everybody whom a roster names for one office."""
    offices: dict[str, dict[str, str]] = {}
    for chunk in chunks:
        if "任命" in chunk.embedded or "任免" in chunk.embedded:
            for found in _ROSTER.finditer(chunk.text):
                evidence = found[0].strip().rstrip(";；。,，")
                offices.setdefault(found["office"], {}).setdefault(
                    found["who"], evidence[evidence.index(found["who"]) :]
                )
    for office, people in offices.items():
        kind = "list" if len(people) > 1 else "person"
        yield DraftQuestion(f"谁被任命为{office}？", "zh", kind, tuple(people), tuple(people.values()), article.title)


def _of_sentences(article: Article, chunks: Iterable[Chunk]) -> Iterator[DraftQuestion]:
    for chunk in chunks:
        spans = sentences(chunk.text, 0, len(chunk.text), len(chunk.text) + 1)
        wrong = [sentence for sentence in (chunk.text[a:b] for a, b in spans) if is_notice("", sentence)]
        for made in questions_of(chunk.text):
            if any(made.evidence in sentence for sentence in wrong):
                continue
            yield DraftQuestion(made.question, made.lang, made.kind, made.answers, (made.evidence,), article.title)
