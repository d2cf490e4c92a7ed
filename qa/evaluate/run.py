"""Runs questions past a system and scores what comes back; the system is a function, so anything can be measured."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, ParamSpec, TypeVar

from qa.answer.citations import is_verified
from qa.evaluate.evidence import (
    DocumentLookup,
    EvidenceSpans,
    evidence_held,
    in_right_article,
    locate,
    shows_evidence,
    verdict,
    without_white_space,
)
from qa.evaluate.excerpts import archive_excerpts, passage_excerpts
from qa.evaluate.gold import GoldQuestion, ReadingExample
from qa.evaluate.metrics import (
    cmrc_exact_match,
    cmrc_f1,
    item_scores,
    list_scores,
    same_item,
    squad_exact_match,
    squad_f1,
)
from qa.evaluate.ranking import ranking_scores
from qa.evaluate.report import Report, Row, Task, build_report
from qa.read.single import PassageAnswer, is_enumeration
from qa.text.script import HAN
from qa.types import Answer, Item, Passage, Progress

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_HAN = re.compile(HAN)
_LATIN_WORD = re.compile(r"[A-Za-z]+")


def silent(*_: object) -> None:
    """Show no progress."""


def evaluate(
    gold: Sequence[GoldQuestion],
    ask: Callable[[str], Answer],
    *,
    archive: DocumentLookup,
    search: Callable[[str], Sequence[Passage]],
    places: Mapping[str, tuple[EvidenceSpans, ...]] | None = None,
    run: Mapping[str, object] | None = None,
    progress: Progress = silent,
) -> Report:
    """Ask every gold question and score the answers; ``ValueError`` if there are none.

    ``search`` ranks passages, best first, for the measures of retrieval. ``places`` say where each question's evidence
    stands, where that is known better than by looking for its words in the archive. ``progress(done, total)`` is called
    after each question. What ``ask`` or ``search`` raises on a question makes it wrong and does not end the run: it is
    in the row's ``error``.
    """
    task: Task = "archive" if places is None else "open-domain"
    where = locate(gold, archive) if places is None else places
    asked: list[_Asked] = []
    for done, question in enumerate(gold, 1):
        answer, error, latency = _timed(ask, question.question)
        ranking, search_error, _ = _timed(search, question.question)
        asked.append(_Asked(question, answer, error or search_error, latency, ranking or (), where[question.id]))
        progress(done, len(gold))
    found = {one.gold.id: [evidence_held(passage, one.evidence) for passage in one.ranking] for one in asked}
    retrieval = ranking_scores(found, {one.gold.id: len(one.evidence) for one in asked})
    rows = [_row(one, retrieval.get(one.gold.id, {}), archive, task) for one in asked]
    return build_report(task, rows, run)


def evaluate_reading(
    examples: Sequence[ReadingExample],
    read: Callable[[ReadingExample], PassageAnswer],
    *,
    run: Mapping[str, object] | None = None,
    progress: Progress = silent,
) -> Report:
    """Put every question to ``read`` and score its answer; ``ValueError`` if there are none.

    Chinese contexts are scored by the rules of CMRC 2018, others by those of SQuAD 2.0. As in ``evaluate``, what
    ``read`` raises makes one question wrong.
    """
    rows = []
    for done, example in enumerate(examples, 1):
        found, error, latency = _timed(read, example)
        rows.append(_reading_row(example, found, error, latency))
        progress(done, len(examples))
    return build_report("reading", rows, run)


def reading_rules(text: str) -> Literal["cmrc", "squad"]:
    """Return whose rules score answers from a text: CMRC's where Chinese characters outnumber Latin words.

    >>> reading_rules("光荣和ω-Force开发"), reading_rules("Luoyang (洛阳) is a city")
    ('cmrc', 'squad')
    """
    return "cmrc" if len(_HAN.findall(text)) > len(_LATIN_WORD.findall(text)) else "squad"


def question_language(question: str) -> str:
    """Return ``zh`` or ``en``, whichever script a question is mostly in."""
    return "zh" if reading_rules(question) == "cmrc" else "en"


@dataclass(frozen=True, slots=True)
class _Asked:
    gold: GoldQuestion
    answer: Answer | None
    error: str | None
    latency_ms: float
    ranking: Sequence[Passage]
    evidence: tuple[EvidenceSpans, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return self.answer.items if self.answer else ()


def _row(asked: _Asked, retrieval: Mapping[str, float], archive: DocumentLookup, task: Task) -> Row:
    gold, failed = asked.gold, asked.answer is None
    rules = reading_rules(" ".join((*gold.evidence, *(words for item in gold.answers for words in item))))
    scores = {**_answer_scores(asked, rules, archive), **_citation_scores(asked, archive), **retrieval}
    verdicts = tuple(
        verdict(item, required=any(same_item(item.text, one) for one in gold.answers), evidence=asked.evidence)
        for item in asked.items
    )
    complete = scores["item_f1"] == 1 if task == "archive" else scores["exact_match"] == 1
    right = not failed and complete and scores.get("verbatim", 1.0) == 1
    return Row(
        id=gold.id,
        question=gold.question,
        lang=gold.lang,
        kind=gold.kind,
        answerable=gold.answerable,
        gold=gold.answers,
        predicted=tuple(item.text for item in asked.items),
        confidence=asked.answer.confidence if asked.answer else None,
        error=asked.error,
        right=right,
        scores=scores,
        timings_ms={**(asked.answer.timings_ms if asked.answer else {}), "total": asked.latency_ms},
        verdicts=verdicts,
        notes=tuple(_notes(asked, scores)),
        excerpts=() if right else archive_excerpts(asked.answer, asked.evidence, archive),
    )


def _answer_scores(asked: _Asked, rules: str, archive: DocumentLookup) -> dict[str, float]:
    gold = asked.gold
    names = ("exact_match", "f1", "item_precision", "item_recall", "item_f1", "abstention")
    if asked.answer is None:
        return dict.fromkeys((*names, *([] if gold.answerable else ["declined"])), 0.0)
    exact_match, f1 = (cmrc_exact_match, cmrc_f1) if rules == "cmrc" else (squad_exact_match, squad_f1)
    given = [item.text for item in asked.items]
    # What the gold answer takes for one item is compared as it is printed, though it came in parts.
    texts = [_printed(asked.items, rules, archive)] if len(gold.answers) == 1 < len(given) else given
    items = item_scores(given, gold.answers)
    abstention = float(asked.answer.answered == gold.answerable)
    values = (float(list_scores(texts, gold.answers, exact_match).f1 == 1), list_scores(texts, gold.answers, f1).f1)
    scores = dict(zip(names, (*values, *items, abstention), strict=True))
    return scores if gold.answerable else scores | {"declined": abstention}


def _citation_scores(asked: _Asked, archive: DocumentLookup) -> dict[str, float]:
    """Score citations; where a question names evidence, over the required items, so that what is missing counts."""
    scores: dict[str, float] = {}
    verified = [
        is_verified(citation, archive.document(citation.document_id), item.text)
        for item in asked.items
        for citation in item.citations
    ]
    if verified:
        scores["verbatim"] = sum(verified) / len(verified)
    if asked.gold.answerable and asked.evidence:
        for name, shows in (("supported", shows_evidence), ("right_article", in_right_article)):
            shown = [item.text for item in asked.items if any(shows(c, asked.evidence) for c in item.citations)]
            scores[name] = item_scores(shown, asked.gold.answers).recall
    return scores


def _notes(asked: _Asked, scores: Mapping[str, float]) -> list[str]:
    """Say in words what is wrong."""
    if asked.error is not None:
        return [f"failed with {asked.error}"]
    notes = []
    if not scores["abstention"]:
        answerable = asked.gold.answerable
        notes.append("declined, but the archive says" if answerable else "answered, but the archive does not say")
    if any(not places for places in asked.evidence):
        notes.append("the archive does not hold the gold evidence: gazette gold check says more")
    elif scores.get("success@5") == 0:
        notes.append("the evidence is not in the first 5 passages")
    if scores.get("verbatim", 1.0) < 1:
        notes.append("a citation does not verify")
    if asked.items and scores.get("supported", 1.0) < scores["item_recall"]:
        notes.append("a right item is cited to a place that does not show the gold evidence")
    return notes


def _printed(items: Sequence[Item], rules: str, archive: DocumentLookup) -> str:
    """Return the original from the first to the last item where they are one enumeration, else a joined list."""
    cited = sorted((item.citations[0] for item in items if item.citations), key=lambda citation: citation.answer_start)
    if len(cited) == len(items) and len({citation.document_id for citation in cited}) == 1:
        text = archive.document(cited[0].document_id).text
        if is_enumeration(text, [(citation.answer_start, citation.answer_end) for citation in cited]):
            printed = text[cited[0].answer_start : cited[-1].answer_end]
            return without_white_space(printed) if rules == "cmrc" else " ".join(printed.split())
    return "、".join(item.text for item in items)


def _reading_row(example: ReadingExample, found: PassageAnswer | None, error: str | None, latency_ms: float) -> Row:
    references = [text for text, _ in example.answers]
    answer = found.answer if found else None
    prediction = example.context[answer.start : answer.end] if answer else None
    chinese = reading_rules(example.context) == "cmrc"
    exact_match, f1 = (cmrc_exact_match, cmrc_f1) if chinese else (squad_exact_match, squad_f1)
    scores = {
        "exact_match": exact_match(prediction, references) if found else 0.0,
        "f1": f1(prediction, references) if found else 0.0,
        "abstention": float(found is not None and (answer is not None) == bool(references)),
    }
    if not references:
        scores["declined"] = scores["abstention"]
    right = scores["exact_match"] == 1
    gold = [(start, start + len(text)) for text, start in example.answers]
    predicted = [(answer.start, answer.end)] if answer else []
    return Row(
        id=example.id,
        question=example.question,
        lang=question_language(example.question),
        kind="reading",
        answerable=bool(references),
        gold=(tuple(dict.fromkeys(references)),) if references else (),
        predicted=(prediction,) if prediction else (),
        confidence=None if found is None else found.score if answer else 1 - found.score,
        error=error,
        right=right,
        scores=scores,
        timings_ms={"total": latency_ms},
        notes=(f"failed with {error}",) if error else (),
        excerpts=() if right else passage_excerpts(example.context, example.title or "", gold, predicted),
    )


def _timed(
    call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> tuple[Result | None, str | None, float]:
    """Return what a call returned, else what it raised, and the milliseconds it took."""
    started = perf_counter()
    try:
        result, error = call(*args, **kwargs), None
    except Exception as raised:  # the system measured is not ours to trust: one bad question must not cost the run
        result, error = None, f"{type(raised).__name__}: {raised}"
    return result, error, (perf_counter() - started) * 1000
