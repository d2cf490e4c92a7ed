"""Answers that a correction or a later change has replaced: what holds now takes their place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from qa.answer.agreement import claim_key
from qa.answer.corrections import Correction, corrections, replacement
from qa.answer.select import Candidate, Evidence
from qa.store import Index
from qa.text.folding import letters
from qa.types import Chunk, Span

SIGNS: Final = "更正 勘误 应为 误为 改为 推迟 延期 correction"
"""Words that a text which corrects or changes something has."""
LOOKED_AT: Final = 10
"""Passages that are looked at for a correction of one item."""
SHARED: Final = 3
"""Pairs of letters, beside the value itself, that a correction shares with what it corrects or with the question."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Evidence of what no longer holds, the words that replace it, and why."""

    evidence: Evidence
    by: str
    reason: Literal["correction", "change"]


def supersede(
    chosen: Sequence[Evidence], read: Sequence[Candidate], *, question: str, index: Index
) -> tuple[list[Evidence], list[Replaced]]:
    """Return the evidence of what holds now, and what it has replaced.

    A value that a text says to be wrong or to have changed is replaced, in this text or in an earlier article about the
    same matter. What the text replaces but no article prints is not mentioned.
    """
    if not chosen or not index.search_lexical(SIGNS, 1):
        return list(chosen), []
    holding: dict[str, Evidence] = {}
    replaced: list[Replaced] = []
    for evidence in chosen:
        found = next(_replacements(evidence, read, question, index), None)
        if found is None:
            holding.setdefault(claim_key(evidence[0].text), evidence)
            continue
        new, correction = found
        holding.setdefault(claim_key(new.text), (new,))
        if printed := tuple(span for span in evidence if span.chunk.id != new.chunk.id):
            replaced.append(Replaced(printed, new.text, correction.reason))
    for evidence in list(holding.values()):
        for old, correction in _replaced_by(evidence, read):
            holding.pop(claim_key(old.text), None)
            if all(claim_key(each.evidence[0].text) != claim_key(old.text) for each in replaced):
                replaced.append(Replaced((old,), evidence[0].text, correction.reason))
    return list(holding.values()), replaced


def _replacements(
    evidence: Evidence, read: Sequence[Candidate], question: str, index: Index
) -> Iterator[tuple[Span, Correction]]:
    """Yield what a correction puts in place of an item's words."""
    best = evidence[0]
    dates = {one.hit.chunk.id: one.hit.date for one in read}
    printed = dates.get(best.chunk.id)
    rows = [row for row, _ in index.search_lexical(f"{best.chunk.context} {best.text} {SIGNS}", LOOKED_AT)]
    texts = dict(zip((chunk.id for chunk in index.chunks(rows)), index.dates(rows), strict=True)) | dates
    chunks = {chunk.id: chunk for chunk in (*(one.hit.chunk for one in read), *index.chunks(rows))}
    for chunk in chunks.values():
        later = texts.get(chunk.id)
        if printed and later and later < printed:
            continue
        for correction in corrections(chunk.text):
            place = replacement(chunk.text, correction, best.text)
            same = chunk.id == best.chunk.id
            if place is None or (same and not correction.old_start <= best.start < correction.old_end):
                continue
            if same or _same_matter(best, chunk, question):
                yield Span(chunk, *place, best.score), correction


def _replaced_by(evidence: Evidence, read: Sequence[Candidate]) -> Iterator[tuple[Span, Correction]]:
    """Yield what other passages that were read say, where a text of this evidence replaces it by the evidence."""
    for span in evidence:
        for correction in corrections(span.chunk.text):
            if not correction.new_start <= span.start < correction.new_end:
                continue
            old = letters(span.chunk.text[correction.old_start : correction.old_end])
            for one in read:
                best, chunk = one.reading.best, one.hit.chunk
                said = claim_key(chunk.text[best.start : best.end])
                if chunk.id != span.chunk.id and said and old and (said in old or old in said):
                    yield Span(chunk, best.start, best.end, best.score), correction


def _same_matter(best: Span, chunk: Chunk, question: str) -> bool:
    """Whether a text is about what an item is about: by the pairs of letters that it shares with title and question."""
    about = _pairs(f"{best.chunk.context} {question}") - _pairs(best.text)
    return len(about & _pairs(chunk.embedded)) >= SHARED


def _pairs(text: str) -> set[str]:
    run = letters(text)
    return {run[at : at + 2] for at in range(len(run) - 1)}
