"""Answers that a correction or a later change has replaced: what holds now takes their place.

A text may name both values, the old and the new. Where it gives the new one alone, it is told by its words of change,
such as 改期 and 增至, around an answer of its own that differs from an earlier article's. Who takes over an office is
found by the reader in the clause that says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from qa.answer.agreement import claim_key, has_half, topic_words
from qa.answer.citations import sentence_bounds
from qa.answer.corrections import GREW, Correction, Reason, corrections, replacement
from qa.answer.select import Candidate, Evidence
from qa.question import Query
from qa.question.pinyin import capitalised
from qa.read.calibration import Calibration
from qa.store import Snapshot
from qa.store.tokens import tokens
from qa.text.dates import in_figures
from qa.text.folding import letters, searchable, simplified, simplified_in_place
from qa.text.surnames import is_full_name
from qa.types import EVERYTHING, Chunk, Filters, Span

SIGNS: Final = "更正 勘误 应为 误为 改为 推迟 延期 correction"
"""Words that a text which corrects or changes something has."""
LOOKED_AT: Final = 10
"""Passages that are looked at for a correction of one item."""
MOST_STEPS: Final = 4
"""Corrections of corrections that are followed."""
SHARED: Final = 3
"""Words, beside the value itself, that a correction shares with the title or the question of what it corrects."""
_OF_CORRECTIONS: Final = (
    "误为 误作 误写成 误写作 误植为 应为 应是 更正为 之误 一文 文中 原定于 原计划于 原为 而不是 而非"
    " not should have read been 改期至 改期到 改为 改在 推迟至 推迟到 延期至 延期到 提前至 提前到 调整为 调整至 现改为"
)
"""Words that say nothing of what is corrected."""
_MARK: Final = re.compile(r"[，。；：,;:!?！？\n]")
_TITLE: Final = re.compile("《([^《》\n]{2,40})》")
_ORDINAL: Final = re.compile(r"第[0-9〇零一二三四五六七八九十百]+[届次期]")
_DIGIT: Final = "[0-9〇零一二两三四五六七八九十百千万亿]"
_AMOUNT: Final = re.compile(rf"\D*?(?:{_DIGIT}|[.,])+((?:(?!{_DIGIT}).)*)")
_NUMERAL: Final = re.compile(rf"{_DIGIT}|(?:周|星期|礼拜)[日天末]|day\b")
_CHANGED: Final = re.compile(
    "改期|改[为至到在于由]|延期|延至|顺延|推迟|提前|追加|[增减升降](?:加|少)?[至到为]|上[调升]|下[调降]|调整|变更|接任|继任|接替"
    "|换[成为]|降[为至到]|应[为是]|应.?于|更正|取消|rescheduled|postponed|moved to|changed to"
    "|(?:rose|risen|raised|increased|fell|cut) to|instead|succeed|replac|correct",
    re.IGNORECASE,
)
"""Words of change: a text with them around its answer says what holds from now on."""
_LEAVES: Final = re.compile(
    "辞[去任职]|免去|调[任离往]|[卸离]任|退休|不再担任|逝世|去世|resign|step(?:s|ped)? down|retire|leav(?:es|ing)",
    re.IGNORECASE,
)
_TAKES_OVER: Final = re.compile("接[任替]|继任|succeed|take(?:s)? over|replac", re.IGNORECASE)
_ASKS_FOR_THE_OLD: Final = re.compile(
    "原[定来先计本]|最初|起初|此前|之前|以前|曾|前任|上一任|接替|接[的了]谁|辞[去任职]|[卸离]任|免去|调[任离]|误|错"
    r"|\b(?:originally|former|previous|predecessor|follow|succeed|replace|resign|step down|wrong|mistake)",
    re.IGNORECASE,
)
"""Words of questions that want what a correction or a change has replaced."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Evidence of what no longer holds, the words that replace it, and why."""

    evidence: Evidence
    by: str
    reason: Reason


def supersede(
    chosen: Sequence[Evidence],
    read: Sequence[Candidate],
    *,
    query: Query,
    index: Snapshot,
    calibration: Calibration,
    filters: Filters = EVERYTHING,
) -> tuple[list[Evidence], list[Replaced]]:
    """Return the evidence of what holds now, and what it has replaced, in articles that pass ``filters``.

    A value that a text says to be wrong or to have changed is replaced, in this text or in an earlier article about the
    same matter. What the text replaces but no article prints is not mentioned. A question for what was before, or for
    the change itself, is answered as it is.
    """
    if not chosen or _ASKS_FOR_THE_OLD.search(simplified(query.asked)):
        return list(chosen), []
    asked = _Asked(query.searched, index, {one.hit.chunk.id: one.hit.date for one in read})
    likely = [one for one in read if one.answers >= calibration.threshold]
    sought = filters if _has_signs(index, filters) else None
    holding: dict[str, Evidence] = {}
    replaced: list[Replaced] = []
    for evidence in chosen:
        now, passed = evidence, list[tuple[Evidence, Reason]]()
        while len(passed) < MOST_STEPS and (found := next(_replacements(now[0], read, asked, sought), None)):
            new, wrong, reason = found
            passed.append((tuple(_narrowed(span, wrong) for span in now), reason))
            now = (new,)
        holding.setdefault(claim_key(now[0].text), now)
        for before, reason in passed:
            if printed := tuple(span for span in before if span.chunk.id != now[0].chunk.id):
                replaced.append(Replaced(printed, now[0].text, reason))
    for old, new in _updates([evidence[0] for evidence in holding.values()], likely, asked):
        evidence = holding.pop(claim_key(old.text), (old,))
        holding.setdefault(claim_key(new.text), (new,))
        replaced.append(Replaced(evidence, new.text, "change"))
    for evidence in list(holding.values()):
        for old, correction in _replaced_by(evidence, read, asked):
            holding.pop(claim_key(old.text), None)
            replaced.append(Replaced((old,), evidence[0].text, correction.reason))
    return list(holding.values()), _told_once(replaced)


def may_replace(question: str, one: Chunk, other: Chunk) -> bool:
    """Whether two passages may give values of different dates: one has words of change, and both the question's."""
    changed = any(_CHANGED.search(simplified(chunk.text)) for chunk in (one, other))
    return changed and has_half(question, one, other)


def _told_once(replaced: Sequence[Replaced]) -> list[Replaced]:
    told: list[Replaced] = []
    for each in replaced:
        if not any(_tells(one, each) for one in told):
            told.append(each)
    return told


def _tells(one: Replaced, other: Replaced) -> bool:
    """Whether one shows what the other does: the same words, or some of the same place."""
    same, span = claim_key(one.evidence[0].text) == claim_key(other.evidence[0].text), other.evidence[0]
    places = (each for each in one.evidence if each.chunk.id == span.chunk.id)
    return same or any(each.start < span.end and span.start < each.end for each in places)


def _has_signs(index: Snapshot, filters: Filters) -> bool:
    """Whether a passage of the articles that pass has one of the words of corrections."""
    signs = dict.fromkeys(tokens(SIGNS), 1.0)
    if not any(index.frequencies(signs).of.values()):
        return False
    return not filters or bool(index.candidates(None, signs, 1, filters))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is read, what it is asked of, and the ISO dates of the passages that were read, by their ids."""

    question: str
    index: Snapshot
    dates: Mapping[str, str | None]


def _replacements(
    best: Span, read: Sequence[Candidate], asked: _Asked, sought: Filters | None
) -> Iterator[tuple[Span, str, Reason]]:
    """Yield what a text that was read, or one found among those that pass, puts in place of words of an item."""
    printed = asked.dates.get(best.chunk.id)
    found = [(one.hit.chunk, one.hit.date) for one in read]
    if sought is not None:
        signs = dict.fromkeys(tokens(f"{best.chunk.context} {best.text} {SIGNS}"), 1.0)
        others = asked.index.candidates(None, signs, LOOKED_AT, sought)
        others.sort(key=lambda other: (-other.lexical, other.chunk.id))
        found += [(other.chunk, other.date) for other in others]
    for chunk, later in {chunk.id: (chunk, date) for chunk, date in found}.values():
        if printed and later and later < printed:
            continue
        for correction in corrections(chunk.text):
            place = replacement(chunk.text, correction, best.text)
            if place is None or _of_another(best, chunk, correction, asked):
                continue
            if chunk.id == best.chunk.id:
                meant = _said_of(best, correction)
            else:
                meant = _same_matter(best, chunk, asked, correction) and _same_thing(best, chunk, correction, asked)
            if meant:
                old = chunk.text[correction.old_start : correction.old_end]
                yield Span(chunk, *place, best.score), old, correction.reason
    for one in read:
        if not (printed and one.hit.date and one.hit.date < printed) and (new := _successor(best, one)):
            yield new, best.text, "change"


def _said_of(best: Span, correction: Correction) -> bool:
    """Whether an item is what a correction in its own text replaces.

    Its words may be both values: she is Wu, not Hu. What has grown was as much in its time, and is asked for as such.
    """
    if GREW.search(best.chunk.text[correction.old_end : correction.new_start]) and correction.reason == "change":
        return False
    both = best.start <= min(correction.old_start, correction.new_start) and correction.reason == "correction"
    both = both and best.end >= max(correction.old_end, correction.new_end)
    return both or correction.old_start <= best.start < correction.old_end


def _of_another(best: Span, chunk: Chunk, correction: Correction, asked: _Asked) -> bool:
    """Whether the question names what an item is beside in the old value alone: that is not what changes.

    主任由副会长甲兼任改为专人: who is the vice president has not changed.
    """
    old, new = (
        chunk.text[start:end]
        for start, end in ((correction.old_start, correction.old_end), (correction.new_start, correction.new_end))
    )
    beside = topic_words(asked.question) & topic_words(old.replace(best.text, "\n"))
    return bool(beside - topic_words(f"{_around(chunk.text, correction)}\n{new}"))


def _may_be_person(text: str) -> bool:
    """Whether words may name a person, by their form.

    >>> [_may_be_person(text) for text in ("罗文斌", "Joan Petersen", "August 2", "the lamp")]
    [True, True, False, False]
    """
    return is_full_name(text) or (text.isascii() and text[:1].isupper() and not re.search(r"\d", text))


def _narrowed(span: Span, words: str) -> Span:
    """Return the part of a span that has the words, or all of it."""
    at = span.text.find(words)
    return Span(span.chunk, span.start + at, span.start + at + len(words), span.score) if at >= 0 else span


def _successor(best: Span, one: Candidate) -> Span | None:
    """Return who takes over where a passage says that the person of an item leaves, though its answer is this person.

    The reader finds the name in the words that say so.
    """
    text, name = simplified_in_place(one.hit.chunk.text), simplified_in_place(best.text)
    if one.claim.key != claim_key(best.text) or not _may_be_person(best.text):
        return None
    for found in re.finditer(re.escape(name), text):
        first, last = sentence_bounds(text, *found.span())
        start, end = _clause(text, *found.span())
        before = [taking.start() for taking in _TAKES_OVER.finditer(text, first, found.start())]
        after = _TAKES_OVER.search(text, found.end(), last)
        if before:  # 甲接替乙, 聘任甲为总经理，接替乙
            within = first, before[-1]
        elif after and _LEAVES.search(text, start, end):  # 乙辞去职务，由甲接任
            within = max(found.end(), _clause(text, *after.span())[0]), _clause(text, *after.span())[1]
        else:
            continue
        successor = one.reading.best_within(*within)
        said = text[successor.start : successor.end] if successor else ""
        if successor and _may_be_person(said.lstrip()):
            begins = successor.end - len(said.lstrip())  # a token may begin with the blank before it
            return Span(one.hit.chunk, begins, successor.end, best.score)
    return None


def _updates(held: Sequence[Span], likely: Sequence[Candidate], asked: _Asked) -> list[tuple[Span, Span]]:
    """Return earlier articles' answers, each with the newest about the same matter, which says it has changed.

    One of them is held to be an answer already. Items of one article are a list, which nothing updates.
    """
    if len({(span.chunk.document_id, span.chunk.article) for span in held}) < len(held):
        return []
    answers = {one.hit.chunk.id: one.best for one in likely if _same_matter(held[0], one.hit.chunk, asked)}
    answers |= {span.chunk.id: span for span in held}
    dated = [(date, span) for span in answers.values() if (date := asked.dates.get(span.chunk.id))]
    dated.sort(key=lambda each: (each[0], each[1].score), reverse=True)
    for date, new in dated:
        told = new in held
        older = [old for earlier, old in dated if earlier < date and _updated(old, new, told=told)]
        if older and all(span == new or span in older for span in held):
            return [(old, new) for old in older]
    return []


def _updated(old: Span, new: Span, *, told: bool) -> bool:
    """Whether a text says that its answer has taken the place of an earlier one.

    Where its answer is ``told`` anyway, another number of the same things is one that was true before. Words that the
    text itself replaces take no place.
    """
    said, earlier = claim_key(new.text), claim_key(old.text)
    if said in earlier or earlier in said:
        return False
    text = new.chunk.text
    found = list(corrections(text))
    if any(_said_of(new, each) for each in found):
        return False
    changes = [each for each in found if each.new_start <= new.start < each.new_end]
    if changes:
        return any(replacement(text, each, old.text) for each in changes)
    one, other = _AMOUNT.fullmatch(old.text), _AMOUNT.fullmatch(new.text)
    if told and one and other and one[1] and one[1] == other[1]:
        return True
    numbers = {bool(_NUMERAL.search(span.text)) for span in (old, new)}
    around = text[slice(*_clause(text, new.start, new.end))]
    return len(numbers) == 1 and _CHANGED.search(simplified(around)) is not None


def _replaced_by(evidence: Evidence, read: Sequence[Candidate], asked: _Asked) -> Iterator[tuple[Span, Correction]]:
    """Yield what other passages that were read say, where a text of this evidence replaces it by the evidence."""
    for span in evidence:
        for correction in corrections(span.chunk.text):
            if not correction.new_start <= span.start < correction.new_end:
                continue
            old = letters(span.chunk.text[correction.old_start : correction.old_end])
            for best in (one.best for one in read):
                said = claim_key(best.text)
                if best.chunk.id == span.chunk.id or not said or not old or not (said in old or old in said):
                    continue
                if _same_matter(best, span.chunk, asked, correction) and has_half(
                    asked.question, best.chunk, span.chunk
                ):
                    yield best, correction


def _same_matter(best: Span, chunk: Chunk, asked: _Asked, correction: Correction | None = None) -> bool:
    """Whether a text is about what an item is about.

    It shares words with the article and the question, of the question half of those that the item's own passage has,
    and counts no other years, sessions or issues. A correction is of its own paper, and of the article that it names;
    another paper names what the question does: its own town's fair is another.
    """
    article, other = (asked.index.article(each.document_id, each.article) for each in (best.chunk, chunk))
    text, title = chunk.embedded, topic_words(article.title)
    corrects = correction is not None and correction.reason == "correction"
    several = len({article.publication, other.publication} - {None}) > 1
    if several and (corrects or not _names(chunk, best.chunk, asked)):
        return False
    if correction and corrects:
        *_, named = (None, *_TITLE.finditer(chunk.text, 0, correction.old_start))
        if named and title:
            shared = title & topic_words(named[1])
            if not shared or 2 * len(shared) >= len(topic_words(named[1])):
                return bool(shared)
    sentence = best.chunk.text[slice(*sentence_bounds(best.chunk.text, best.start, best.end))]
    own = f"{article.title} {asked.question} {sentence}"
    counted, others = (set(_ORDINAL.findall(searchable(each))) for each in (own, text))
    if counted and others and not counted & others:
        return False
    words = topic_words(text)
    about = (title | topic_words(asked.question)) - topic_words(best.text)
    if correction and _names_day(chunk.text[: correction.old_start], article.date):
        return bool(about & words)
    return len(about & words) >= SHARED and has_half(asked.question, chunk, best.chunk)


def _names(chunk: Chunk, of: Chunk, asked: _Asked) -> bool:
    """Whether a passage names what the question does in the words of another: not 石桥镇农机展销会 for 芦湾农机展销会.

    The name is the longest part of the question that the other has, and what tells it from others stands first in it.
    Of a question in Latin script it is the capitalised words.
    """
    theirs, own = topic_words(chunk.embedded), topic_words(of.embedded)
    plain = _ORDINAL.sub("\n", searchable(asked.question))
    known = "".join("x" if plain[at : at + 2] in own else " " for at in range(len(plain)))
    longest = max(re.finditer("x+", known), key=lambda run: len(run[0]), default=None)
    if longest and plain[longest.start() : longest.start() + 2] not in theirs:
        return False
    names = topic_words(" ".join(asked.question[start:end] for start, end in capitalised(asked.question) if start))
    return names & own <= theirs


def _names_day(text: str, date: str | None) -> bool:
    """Whether a text names the day of the ISO 8601 ``date``, as what corrects an article names that of its paper."""
    _, *rest = (date or "").split("-")
    return len(rest) > 1 and re.search(rf"(?<!\d){int(rest[0])}月{int(rest[1])}日", in_figures(text)) is not None


def _same_thing(best: Span, chunk: Chunk, correction: Correction, asked: _Asked) -> bool:
    """Whether a correction names what an item is a value of: where two things of one article have the same value."""
    named = topic_words(_around(chunk.text, correction))
    named -= topic_words(_OF_CORRECTIONS)
    about = topic_words(best.chunk.text[slice(*_clause(best.chunk.text, best.start, best.end))]) | topic_words(
        asked.question
    )
    return not named or bool(named & about)


def _around(text: str, correction: Correction) -> str:
    """Return the words of a correction's clause but its two values, apart from each other."""
    values = sorted(((correction.old_start, correction.old_end), (correction.new_start, correction.new_end)))
    (start, until), (since, end) = values
    first, last = _clause(text, start, end)
    return "\n".join((text[first:start], text[until:since], text[end:last]))


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the words around ``[start, end)`` up to the next marks begin and end."""
    before = [mark.end() for mark in _MARK.finditer(text, 0, start)]
    after = _MARK.search(text, end)
    return before[-1] if before else 0, after.start() if after else len(text)
