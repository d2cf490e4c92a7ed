"""Candidate gold questions from a document, for a person to accept, edit or drop.

Rules, not a model: an answer that has a form (a number with its unit, a date, a counted list, a roster's names, a
byline) is replaced in its own clause by the question word that asks for it. Chinese asks in place, so the clause stays
a sentence; of English only bylines and quoted speakers are drafted. Every answer is checked word for word in the
document.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from qa.answer.citations import matches_print
from qa.evaluate.gold import GoldQuestion
from qa.ingest import segment
from qa.text.dates import DAY, MONTH, MONTH_AND_DAY, YEAR
from qa.text.script import HAN
from qa.types import Article, Chunk, Document

_WORD: Final = rf"(?:{HAN}|[A-Za-z0-9·])+"
_CLAUSE_EDGE: Final = re.compile(r"[。;；!！?？,，:：\n]|(?<=[讯电道])[(（][^()（）]*[)）]")  # or a dateline
_SHORT: Final = 8
"""Characters beside the answer under which a clause is asked together with the one before it, a date with the next."""
_LONGEST: Final = 60
"""Characters of a question beyond which nobody would ask it so."""

_NUMBER: Final = re.compile(
    r"(?<![\d.A-Za-z第])(?P<answer>\d[\d,]*(?:\.\d+)?[余多]?[万亿]*(?:(?P<percent>%)|"
    r"(?P<unit>元|美元|名|人|个|家|台|辆|公里|吨|亩|平方米|平方公里|户|项|场|次|岁|座|条|所|部|张|件|公斤|千瓦)))"
)
_DATE: Final = re.compile(
    rf"(?<!\d)(?P<answer>(?:{YEAR})?{MONTH_AND_DAY}(?:至(?:{MONTH})?{DAY})?|{DAY}至{DAY}|{YEAR}{MONTH})"
)
_COUNTS: Final = {character: number for number, character in enumerate("两三四五六七八九十", 2)}
_COUNTED: Final = re.compile(
    rf"(?P<count>[两三四五六七八九十]|(?<!\d)\d)(?P<noun>[个家大项种名位座条类所部]{HAN}{{2,6}})"
)
_ITEM: Final = re.compile(rf"“{_WORD}”|《{_WORD}》|{_WORD}")
# What often stands before the first item and is no part of it; whoever looks at the draft sees the rest.
_BEFORE_ITEMS: Final = re.compile(r"聚焦|包括|围绕|分别为|分别是|打造|建设|推动|加快|任命|有|是|为")
_SEPARATOR: Final = re.compile(r"、|以及|和|及|与")
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
_SAID: Final = re.compile(
    r"[“\"](?P<words>[^“”\"]{30,200})[,.][”\"] said (?P<answer>[A-Z][\w'-]+(?: [A-Z][\w'-]+){1,2})"
)


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
    """Yield candidates in the order of the text, each question once."""
    segmentation = segment(document)
    seen = set[str]()
    for article in segmentation.articles:
        chunks = [chunk for chunk in segmentation.chunks if chunk.article == article.number]
        for draft in (*_of_byline(article), *_of_rosters(article, chunks), *_of_clauses(article, chunks)):
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
        question = f"《{article.title}》一文的记者是谁?"
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
        yield DraftQuestion(f"谁被任命为{office}?", "zh", kind, tuple(people), tuple(people.values()), article.title)


def _of_clauses(article: Article, chunks: Iterable[Chunk]) -> Iterator[DraftQuestion]:
    for chunk in chunks:
        lists = list(_lists(chunk.text))
        numbers = [one for one in _numbers(chunk.text) if not any(start <= one[0] < end for start, end, *_ in lists)]
        for start, end, word, kind, answers in sorted([*lists, *numbers, *_dates(chunk.text)]):
            question, evidence = _asked_in_place(chunk.text, start, end, word)
            if _SHORT < len(question) <= _LONGEST:
                yield DraftQuestion(question, "zh", kind, answers, (evidence,), article.title)
        for said in _SAID.finditer(chunk.text):
            words = " ".join(said["words"].split()[:12])
            yield DraftQuestion(f"Who said “{words} …”?", "en", "person", (said["answer"],), (said[0],), article.title)


_Found = tuple[int, int, str, str, tuple[str, ...]]
"""Start and end of what is asked for, the question word, the kind, the answers."""


def _numbers(text: str) -> Iterator[_Found]:
    for found in _NUMBER.finditer(text):
        word = "百分之多少" if found["percent"] else f"多少{found['unit']}"
        yield found.start(), found.end(), word, "number", (found["answer"],)


def _dates(text: str) -> Iterator[_Found]:
    for found in _DATE.finditer(text):
        yield found.start(), found.end(), "什么时候", "date", (found["answer"],)


def _lists(text: str) -> Iterator[_Found]:
    """Find enumerations that are counted, with as many items as the count says: A、B和C3家企业."""
    for found in _COUNTED.finditer(text):
        start = _after(_CLAUSE_EDGE, text, found.start())
        first = _SEPARATOR.search(text, start, found.start())
        for before in _BEFORE_ITEMS.finditer(text, start, first.start() if first else start):
            start = before.end()
        items = tuple(item for item in _SEPARATOR.split(text[start : found.start()]) if item)
        counted = all(_ITEM.fullmatch(item) for item in items)
        if counted and len(items) == (_COUNTS.get(found["count"]) or int(found["count"])) > 1:
            yield start, found.end(), f"哪{found['count']}{found['noun']}", "list", items


def _asked_in_place(text: str, start: int, end: int, word: str) -> tuple[str, str]:
    """Return the clause with ``[start, end)`` replaced by a question word, and the clause as it is."""
    first = _after(_CLAUSE_EDGE, text, start)
    last = _before(_CLAUSE_EDGE, text, end)
    if last - first - (end - start) < _SHORT:
        if first == start:
            last = _before(_CLAUSE_EDGE, text, min(last + 1, len(text)))
        else:
            first = _after(_CLAUSE_EDGE, text, max(first - 1, 0))
    asked = f"{text[first:start]}{word}{text[end:last]}".strip("“”‘’\"'()（） \t")
    return f"{asked}?", text[first:last].strip()


def _after(edge: re.Pattern[str], text: str, position: int) -> int:
    return max((found.end() for found in edge.finditer(text, 0, position)), default=0)


def _before(edge: re.Pattern[str], text: str, position: int) -> int:
    found = edge.search(text, position)
    return found.start() if found else len(text)
