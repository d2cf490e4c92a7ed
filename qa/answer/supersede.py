"""Answers that a correction or a later change has replaced: what holds now takes their place.

A text may name both values, the old and the new. Where it gives the new one alone, it is told by its words of change,
such as 改期 and 增至, around an answer of its own that differs from an earlier article's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from qa.answer.agreement import claim_key
from qa.answer.citations import sentence_bounds
from qa.answer.corrections import Correction, corrections, replacement
from qa.answer.select import Candidate, Evidence
from qa.read.calibration import Calibration
from qa.store import Snapshot
from qa.store.tokens import tokens
from qa.text.folding import folded, letters
from qa.text.script import HAN
from qa.types import EVERYTHING, Chunk, Filters, Span

SIGNS: Final = "更正 勘误 应为 误为 改为 推迟 延期 correction"
"""Words that a text which corrects or changes something has."""
LOOKED_AT: Final = 10
"""Passages that are looked at for a correction of one item."""
SHARED: Final = 3
"""Words, beside the value itself, that a correction shares with the title or the question of what it corrects."""
_OF_CORRECTIONS: Final = "误为 误作 误写成 误写作 误植为 应为 应是 更正为 之误 一文 文中"
_MARK: Final = re.compile(r"[，。；：,;:!?！？\n]")
_RUN: Final = re.compile(rf"{HAN}+|[a-z0-9]+")


CHANGED: Final = re.compile(
    "改期|改[为至到在于由]|延期|延至|顺延|推迟|提前|追加|[增减升降](?:加|少)?[至到为]|上[调升]|下[调降]|调整|变更|接任|继任|接替"
    "|应[为是]|更正|取消|截至|rescheduled|postponed|moved to|changed to|(?:rose|risen|raised|increased|fell|cut) to"
    "|instead|succeed|replac|correct"
)
"""Words of change: a text with them around its answer says what holds from now on."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Evidence of what no longer holds, the words that replace it, and why."""

    evidence: Evidence
    by: str
    reason: Literal["correction", "change"]


def supersede(
    chosen: Sequence[Evidence],
    read: Sequence[Candidate],
    *,
    question: str,
    index: Snapshot,
    calibration: Calibration,
    filters: Filters = EVERYTHING,
) -> tuple[list[Evidence], list[Replaced]]:
    """Return the evidence of what holds now, and what it has replaced, in articles that pass ``filters``.

    A value that a text says to be wrong or to have changed is replaced, in this text or in an earlier article about the
    same matter. What the text replaces but no article prints is not mentioned.
    """
    if not chosen or not _has_signs(index, filters):
        return list(chosen), []
    holding: dict[str, Evidence] = {}
    replaced: list[Replaced] = []
    for evidence in chosen:
        found = next(_replacements(evidence, read, question, index, filters), None)
        if found is None:
            holding.setdefault(claim_key(evidence[0].text), evidence)
            continue
        new, correction = found
        holding.setdefault(claim_key(new.text), (new,))
        if printed := tuple(span for span in evidence if span.chunk.id != new.chunk.id):
            replaced.append(Replaced(printed, new.text, correction.reason))
    if len(holding) == 1 and (changed := _later(next(iter(holding.values())), read, question, index, calibration)):
        (earlier,) = holding.values()
        holding = {claim_key(changed.text): (changed,)}
        replaced.append(Replaced(earlier, changed.text, "change"))
    for evidence in list(holding.values()):
        for old, correction in _replaced_by(evidence, read):
            holding.pop(claim_key(old.text), None)
            if all(claim_key(each.evidence[0].text) != claim_key(old.text) for each in replaced):
                replaced.append(Replaced((old,), evidence[0].text, correction.reason))
    return list(holding.values()), replaced


def _has_signs(index: Snapshot, filters: Filters) -> bool:
    """Whether a passage of the articles that pass has one of the words of corrections."""
    signs = dict.fromkeys(tokens(SIGNS), 1.0)
    if not any(index.frequencies(signs).of.values()):
        return False
    return not filters or bool(index.candidates(None, signs, 1, filters))


def _replacements(
    evidence: Evidence, read: Sequence[Candidate], question: str, index: Snapshot, filters: Filters
) -> Iterator[tuple[Span, Correction]]:
    """Yield what a correction puts in place of an item's words."""
    best = evidence[0]
    dates = {one.hit.chunk.id: one.hit.date for one in read}
    printed = dates.get(best.chunk.id)
    about = _about(best, question, index)
    signs = dict.fromkeys(tokens(f"{best.chunk.context} {best.text} {SIGNS}"), 1.0)
    others = index.candidates(None, signs, LOOKED_AT, filters)
    others.sort(key=lambda other: (-other.lexical, other.chunk.id))
    found = [(one.hit.chunk, one.hit.date) for one in read] + [(other.chunk, other.date) for other in others]
    for chunk, later in {chunk.id: (chunk, date) for chunk, date in found}.values():
        if printed and later and later < printed:
            continue
        for correction in corrections(chunk.text):
            place = replacement(chunk.text, correction, best.text)
            same = chunk.id == best.chunk.id
            if place is None or (same and not correction.old_start <= best.start < correction.old_end):
                continue
            if same or (_same_matter(about, chunk) and _same_thing(best, chunk, correction, question)):
                yield Span(chunk, *place, best.score), correction


def _later(
    evidence: Evidence, read: Sequence[Candidate], question: str, index: Snapshot, calibration: Calibration
) -> Span | None:
    """Return what the newest later article about the same matter answers otherwise, in words of change."""
    best = evidence[0]
    dates = {one.hit.chunk.id: one.hit.date for one in read}
    printed, said = dates.get(best.chunk.id), claim_key(best.text)
    about = _about(best, question, index)
    found: list[tuple[str, float, Span]] = []
    for one in read:
        chunk, span, date = one.hit.chunk, one.reading.best, one.hit.date
        if not (printed and date and date > printed) or one.claim.probability < calibration.threshold:
            continue
        start, end = sentence_bounds(chunk.text, span.start, span.end)
        differs = one.claim.key not in said and said not in one.claim.key
        if differs and CHANGED.search(chunk.text, start, end) and _same_matter(about, chunk):
            found.append((date, one.combined_score, Span(chunk, span.start, span.end, span.score)))
    return max(found, key=lambda each: each[:2])[2] if found else None


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


def _about(best: Span, question: str, index: Snapshot) -> set[str]:
    """Return the words that tell what an item is about: those of the title and the question, beside its own."""
    title = index.article(best.chunk.document_id, best.chunk.article).title
    return _words(f"{title} {question}") - _words(best.text)


def _same_matter(about: set[str], chunk: Chunk) -> bool:
    """Whether a text shares enough words with what an item is about."""
    return len(about & _words(chunk.embedded)) >= SHARED


def _same_thing(best: Span, chunk: Chunk, correction: Correction, question: str) -> bool:
    """Whether a correction names what an item is a value of: where two things of one article have the same value."""
    start, end = correction.old_start, correction.old_end
    named = _words(_clause(chunk.text, start, end)) - _words(chunk.text[start:end])
    named -= _words(chunk.text[correction.new_start : correction.new_end]) | _words(_OF_CORRECTIONS)
    about = _words(_clause(best.chunk.text, best.start, best.end)) | _words(question)
    return not named or bool(named & about)


def _clause(text: str, start: int, end: int) -> str:
    """Return the words around ``[start, end)`` up to the next marks."""
    before = [mark.end() for mark in _MARK.finditer(text, 0, start)]
    after = _MARK.search(text, end)
    return text[before[-1] if before else 0 : after.start() if after else len(text)]


def _words(text: str) -> set[str]:
    """Return the pairs of Chinese characters, and the Latin words and numbers of three letters or more."""
    runs = _RUN.findall(folded(text))
    pairs = {run[at : at + 2] for run in runs if run > "\u3000" for at in range(len(run) - 1)}
    return pairs | {run for run in runs if run < "\u3000" and len(run) > 2}
