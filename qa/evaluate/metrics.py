"""Measures of answers: pure functions, one formula each.

All lie in [0, 1], and higher is better. A question without a prediction is scored like a wrong one; it never leaves the
denominator. Measures of confidences are in ``qa.evaluate.confidence``; those of rankings are ir-measures'.

Sources: [CMRC] ``squad-style-data/cmrc2018_evaluate.py`` of github.com/ymcui/cmrc2018; [SQuAD] ``evaluate-v2.0.py`` of
rajpurkar.github.io/SQuAD-explorer; the others beside their functions.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from qa.text.folding import folded

# [CMRC] removes these and no others: ASCII ',' and '.', '‘' and '…' stay (it lists '……', which no character equals).
_CMRC_PUNCTUATION = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
# [CMRC] splits what is not Chinese with nltk.word_tokenize: marks apart, numbers and words whole (46.5% is two tokens).
_CMRC_MARK = r"""'(?:(?:s|m|d|ll|re|ve)(?![a-z0-9])|(?=[\s\u4e00-\u9fa5]|$))      # a contraction, a closing quote
    | \.(?=[\])}>"']*\s*(?:[\u4e00-\u9fa5]|$)) | \.{2,} | …+ | ,(?!\d) | [;@\#$%&?!()\[\]{}<>"‘–—]"""
_CMRC_TOKEN = re.compile(rf"[\u4e00-\u9fa5] | {_CMRC_MARK} | (?:(?!{_CMRC_MARK})[^\s\u4e00-\u9fa5])+", re.VERBOSE)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_SURROUNDING = frozenset(".,;:!?'\"`、。…·—")
_SURROUNDING_CATEGORIES = frozenset(("Ps", "Pe", "Pi", "Pf"))


class ItemScore(NamedTuple):
    """How the predicted items of one question match the required ones."""

    precision: float
    recall: float
    f1: float


def cmrc_exact_match(prediction: str | None, references: Sequence[str]) -> float:
    """Return 1.0 if the prediction equals a reference, lower-cased and without punctuation, else 0.0 [CMRC].

    No references means that the context does not say: then no prediction is the right one [SQuAD].

    >>> cmrc_exact_match("《Gazette》。", ["gazette"])
    1.0
    """
    if not references or not prediction:
        return float(not references and not prediction)
    return float(_cmrc_normalise(prediction) in map(_cmrc_normalise, references))


def cmrc_f1(prediction: str | None, references: Sequence[str]) -> float:
    """Return F1 by the longest common substring over mixed Chinese and Latin tokens, best over references [CMRC].

    No references means that the context does not say: then no prediction is the right one [SQuAD].

    >>> cmrc_f1("李新建、孙延文", ["李新建"])  # 3 characters in common, of 6 and of 3: P 1/2, R 1
    0.6666666666666666
    """
    if not references or not prediction:
        return float(not references and not prediction)
    predicted = cmrc_tokens(prediction)
    scores = []
    for tokens in map(cmrc_tokens, references):
        common = _longest_common_run(tokens, predicted)
        scores.append(_f1(common, len(predicted), len(tokens)))
    return max(scores)


def cmrc_tokens(text: str) -> list[str]:
    """Split into Chinese characters and whole Latin words and numbers, lower-cased, punctuation removed [CMRC].

    >>> cmrc_tokens("光荣和ω-Force增长46.5%")
    ['光', '荣', '和', 'ωforce', '增', '长', '46.5', '%']
    """
    return _CMRC_TOKEN.findall(_cmrc_normalise(text))


def squad_exact_match(prediction: str | None, references: Sequence[str]) -> float:
    """Return 1.0 if the prediction equals a reference but for case, punctuation, articles and white space [SQuAD].

    >>> squad_exact_match("the Luoyang Daily!", ["Luoyang daily"])
    1.0
    """
    return _squad_best(prediction, references, lambda left, right: float(left == right))


def squad_f1(prediction: str | None, references: Sequence[str]) -> float:
    """Return F1 over bags of words, normalised as in ``squad_exact_match``, best over references [SQuAD].

    >>> squad_f1("the vice mayor", ["a mayor"])
    0.6666666666666666
    """
    return _squad_best(prediction, references, _bag_f1)


def item_scores(predicted: Sequence[str], required: Sequence[Sequence[str]]) -> ItemScore:
    """Match predicted items one to one with the required items, each given by its accepted spellings.

    A prediction matches a spelling if both normalise to the same (``normalise_item``); the matching is a maximum one,
    so that a prediction is used once and in its best place. Nothing required and nothing predicted is perfect.

    >>> item_scores(["李新建", "孙延文", "王某"], [["李新建"], ["孙延文"], ["张武清"], ["左朝阳", "朝阳"]])
    ItemScore(precision=0.6666666666666666, recall=0.5, f1=0.5714285714285714)
    """
    return list_scores(predicted, required, same_item)


def same_item(predicted: str, spellings: Sequence[str]) -> float:
    """Return 1.0 if a prediction normalises to the same as one of the spellings, and to something, else 0.0."""
    item = normalise_item(predicted)
    return float(bool(item) and item in map(normalise_item, spellings))


def list_scores(
    predicted: Sequence[str], required: Sequence[Sequence[str]], similarity: Callable[[str, Sequence[str]], float]
) -> ItemScore:
    """Match predicted items one to one with the required items so that their similarities add up to the most.

    ``similarity(prediction, spellings)`` lies in [0, 1]. Precision is that sum over the predicted, recall over the
    required: with one of each, all three are the similarity, so that character F1 of a list is what
    ``list_scores(..., cmrc_f1)`` calls its F1 (the partial match of MultiSpanQA, Li et al. 2022).

    >>> list_scores(["李新建同志", "王某"], [["李新建"]], cmrc_f1)  # 2 * 3 / (5 + 3), shared by two predictions
    ItemScore(precision=0.375, recall=0.75, f1=0.5)
    """
    if not predicted or not required:
        score = float(not predicted and not required)
        return ItemScore(score, score, score)
    table = np.array([[similarity(item, spellings) for item in predicted] for spellings in required])
    matched = float(table[linear_sum_assignment(table, maximize=True)].sum())
    return ItemScore(matched / len(predicted), matched / len(required), _f1(matched, len(predicted), len(required)))


def normalise_item(text: str) -> str:
    """Fold compatibility forms and case, drop white space, and drop the punctuation, quotes and title marks around it.

    >>> normalise_item("《洛阳市 水资源条例》；"), normalise_item("（ＡＢＣ）"), normalise_item("46.5%")
    ('洛阳市水资源条例', 'abc', '46.5%')
    """
    bare = "".join(folded(text).split())
    start, end = 0, len(bare)
    while start < end and _is_surrounding(bare[start]):
        start += 1
    while end > start and _is_surrounding(bare[end - 1]):
        end -= 1
    return bare[start:end]


def _cmrc_normalise(text: str) -> str:
    return "".join(character for character in text.lower().strip() if character not in _CMRC_PUNCTUATION)


def _longest_common_run(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest run of tokens that both hold, by dynamic programming over their ends."""
    best, ending = 0, [0] * (len(right) + 1)
    for token in left:
        ending = [0, *(before + 1 if token == other else 0 for other, before in zip(right, ending, strict=False))]
        best = max(best, *ending)
    return best


def _f1(common: float, predicted: int, required: int) -> float:
    return 2 * common / (predicted + required) if common else 0.0


def _squad_normalise(text: str) -> str:
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def _squad_best(prediction: str | None, references: Sequence[str], score: Callable[[str, str], float]) -> float:
    candidates = [bare for bare in map(_squad_normalise, references) if bare] or [""]
    return max(score(_squad_normalise(prediction or ""), bare) for bare in candidates)


def _bag_f1(predicted: str, reference: str) -> float:
    left, right = predicted.split(), reference.split()
    if not left or not right:
        return float(left == right)
    return _f1((Counter(left) & Counter(right)).total(), len(left), len(right))


def _is_surrounding(character: str) -> bool:
    return character in _SURROUNDING or unicodedata.category(character) in _SURROUNDING_CATEGORIES
