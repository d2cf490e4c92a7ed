"""What is wrong with gold files, line by line: in themselves, against one another, and against the archive."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import SourceError
from qa.evaluate.evidence import DocumentLookup, EvidenceSpan, EvidenceSpans, locate, without_white_space
from qa.evaluate.gold import GoldQuestion, ReadingExample, gold_format, scan_gold, scan_reading
from qa.evaluate.metrics import normalise_item

Entry = tuple[str, GoldQuestion | ReadingExample]
"""A question with the ``file:line`` where it stands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at; ``place`` is ``file:line``, or a file that cannot be read."""

    place: str
    problem: str


def check_gold(files: Sequence[Path], archive: DocumentLookup | None = None) -> tuple[Finding, ...]:
    """Check gold files; several are taken for splits that must not share questions or passages.

    Questions over an archive are looked up in ``archive``, where there is one. Findings come in the order of the files
    and, within one, of the checks.
    """
    findings: list[Finding] = []
    seen_before: list[Entry] = []
    for file in files:
        entries, malformed = _entries(file)
        findings += malformed
        findings += _duplicates(entries)
        findings += _leaks(entries, seen_before)
        if archive is not None:
            findings += _against(entries, archive)
        seen_before += entries
    return tuple(findings)


def _entries(file: Path) -> tuple[list[Entry], list[Finding]]:
    entries: list[Entry] = []
    findings: list[Finding] = []
    try:
        scan = scan_reading if gold_format(file) == "reading" else scan_gold
        for place, question in scan(file):
            if isinstance(question, SourceError):
                findings.append(Finding(question.source, question.reason))
            else:
                entries.append((place, question))
    except SourceError as error:
        findings.append(Finding(error.source, error.reason))
    return entries, findings


def _duplicates(entries: Iterable[Entry]) -> Iterator[Finding]:
    ids: dict[str, str] = {}
    questions: dict[tuple[str, str], str] = {}
    for place, entry in entries:
        first = ids.setdefault(entry.id, place)
        if first != place:
            yield Finding(place, f'the id "{entry.id}" stands already at {first}: give each its own')
        passage = without_white_space(entry.context) if isinstance(entry, ReadingExample) else ""
        first = questions.setdefault((passage, _asked(entry)), place)
        if first != place:
            yield Finding(place, f"asks what {first} asks: drop one")


def _leaks(entries: Iterable[Entry], others: Iterable[Entry]) -> Iterator[Finding]:
    passages: dict[str, str] = {}
    questions: dict[str, str] = {}
    for place, other in others:
        questions.setdefault(_asked(other), place)
        for passage in _passages(other):
            passages.setdefault(passage, place)
    for place, entry in entries:
        shared = next((passages[passage] for passage in _passages(entry) if passage in passages), None)
        if shared:
            yield Finding(place, f"leaks: its passage or evidence is that of {shared}, in another split")
        elif _asked(entry) in questions:
            yield Finding(place, f"leaks: asks what {questions[_asked(entry)]} asks, in another split")


def _asked(entry: GoldQuestion | ReadingExample) -> str:
    return normalise_item(entry.question)


def _passages(entry: GoldQuestion | ReadingExample) -> list[str]:
    """Return what a question is answered from, without white space."""
    return (
        [without_white_space(entry.context)]
        if isinstance(entry, ReadingExample)
        else [*map(without_white_space, entry.evidence)]
    )


def _against(entries: Iterable[Entry], archive: DocumentLookup) -> Iterator[Finding]:
    asked = [(place, entry) for place, entry in entries if isinstance(entry, GoldQuestion) and entry.answerable]
    # By place, not by id: two questions may have been given one id.
    by_place = [GoldQuestion(p, q.question, q.lang, q.kind, True, q.answers, q.evidence, q.article) for p, q in asked]
    places = locate(by_place, archive)
    texts = _Texts(archive)
    for place, question in asked:
        yield from (Finding(place, problem) for problem in _problems(question, places[place], texts))


def _problems(question: GoldQuestion, evidence: Sequence[EvidenceSpans], texts: "_Texts") -> Iterator[str]:
    if not question.evidence:
        yield "is answerable but names no evidence: retrieval and citations cannot be judged by it"
    for words, found in zip(question.evidence, evidence, strict=True):
        if not found:
            yield f'the evidence "{_short(words)}" is not in the archive: copy it from the source'
        elif question.article is not None and without_white_space(found[0].title) != without_white_space(
            question.article
        ):
            where = f'under "{found[0].title}"' if found[0].title else "outside any article"
            yield f'the evidence "{_short(words)}" stands {where}, not under "{question.article}"'
    around = [texts.around(place) for found in evidence for place in found]
    for spellings in question.answers if around else ():
        if not any(without_white_space(spelling) in text for spelling in spellings for text in around):
            yield f'the answer "{_short(spellings[0])}" does not occur in an article of its evidence, however spelled'


class _Texts:
    """The text of the article around a place, without white space; the document's where there is no article."""

    def __init__(self, archive: DocumentLookup) -> None:
        self._archive = archive
        self._known: dict[tuple[str, int], str] = {}

    def around(self, place: EvidenceSpan) -> str:
        articles = self._archive.articles(place.document_id)
        article = next((one for one in articles if one.start <= place.start < one.end), None)
        key = (place.document_id, article.number if article else -1)
        if key not in self._known:
            text = self._archive.document(place.document_id).text
            self._known[key] = without_white_space(text[article.start : article.end] if article else text)
        return self._known[key]


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
