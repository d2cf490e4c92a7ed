"""Runs questions past a system and scores what comes back; the system is a function, so anything can be measured."""

import re
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Literal, ParamSpec, TypeVar

from qa.evaluate.gold import GoldQuestion, ReadingExample
from qa.evaluate.metrics import (
    ItemScore,
    cmrc_exact_match,
    cmrc_f1,
    hit_at_k,
    item_scores,
    reciprocal_rank,
    squad_exact_match,
    squad_f1,
)
from qa.evaluate.report import ReadingReport, ReadingRow, Report, Row
from qa.types import Answer, Citation, Passage

Progress = Callable[[int, int], None]
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")


def silent(done: int, total: int) -> None:
    """Show no progress."""


def evaluate(
    gold: Sequence[GoldQuestion],
    ask: Callable[[str], Answer],
    *,
    passage_text: Callable[[Passage], str],
    verify: Callable[[Citation, str], bool],
    k: int = 5,
    progress: Progress = silent,
) -> Report:
    """Ask every gold question and score the answers.

    ``passage_text`` gives the words of a returned passage, in which the gold evidence is looked for with all white
    space removed, because column breaks split it; ``hit`` looks at the first ``k`` passages. ``verify`` re-checks one
    citation of an item's text against its source. ``progress(done, total)`` is called after each question. What
    ``ask`` raises on a question makes it wrong and does not end the run: it is in the row's ``error``. ``ValueError``
    if there are no questions.
    """
    _require(gold)
    rows = []
    for done, question in enumerate(gold, 1):
        answer, error, latency = _timed(ask, question.question)
        rows.append(_row(question, answer, error, latency, passage_text, verify, k))
        progress(done, len(gold))
    return Report(tuple(rows), k)


def evaluate_reading(
    examples: Sequence[ReadingExample],
    read: Callable[[str, str], str | None],
    *,
    progress: Progress = silent,
) -> ReadingReport:
    """Put every question to ``read(question, context)`` and score its answer; ``None`` says that there is none.

    Chinese contexts are scored by the rules of CMRC 2018, others by those of SQuAD 2.0. As in ``evaluate``, what
    ``read`` raises makes one question wrong; ``ValueError`` if there are no examples.
    """
    _require(examples)
    rows = []
    for done, example in enumerate(examples, 1):
        prediction, error, latency = _timed(read, example.question, example.context)
        rows.append(_reading_row(example, prediction, error, latency))
        progress(done, len(examples))
    return ReadingReport(tuple(rows))


def reading_rules(context: str) -> Literal["cmrc", "squad"]:
    """Return whose rules score answers from a context: CMRC's where Chinese characters outnumber Latin words.

    >>> reading_rules("光荣和ω-Force开发"), reading_rules("Luoyang (洛阳) is a city")
    ('cmrc', 'squad')
    """
    return "cmrc" if len(_HAN.findall(context)) > len(_LATIN_WORD.findall(context)) else "squad"


def _row(
    gold: GoldQuestion,
    answer: Answer | None,
    error: str | None,
    latency_ms: float,
    passage_text: Callable[[Passage], str],
    verify: Callable[[Citation, str], bool],
    k: int,
) -> Row:
    items, passages = (answer.items, answer.passages) if answer else ((), ())
    evidence = [_squeezed(words) for words in gold.evidence]
    texts = {passage.chunk_id: _squeezed(passage_text(passage)) for passage in passages}
    relevant = {name for name, text in texts.items() if any(words in text for words in evidence)}
    ranked = [passage.chunk_id for passage in passages]
    return Row(
        gold=gold,
        answer=answer,
        error=error,
        score=item_scores([item.text for item in items], gold.answers) if answer else ItemScore(0.0, 0.0, 0.0),
        hit=hit_at_k(ranked, relevant, k) if evidence else None,
        reciprocal_rank=reciprocal_rank(ranked, relevant) if evidence else None,
        citations_verified=sum(verify(citation, item.text) for item in items for citation in item.citations),
        latency_ms=latency_ms,
    )


def _reading_row(example: ReadingExample, prediction: str | None, error: str | None, latency_ms: float) -> ReadingRow:
    references = [text for text, _ in example.answers]
    rules = reading_rules(example.context)
    exact_match, f1 = (cmrc_exact_match, cmrc_f1) if rules == "cmrc" else (squad_exact_match, squad_f1)
    return ReadingRow(
        example=example,
        prediction=prediction,
        error=error,
        rules=rules,
        exact_match=0.0 if error else exact_match(prediction, references),
        f1=0.0 if error else f1(prediction, references),
        latency_ms=latency_ms,
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


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _require(questions: Sequence[object]) -> None:
    if not questions:
        raise ValueError("no questions to evaluate")
