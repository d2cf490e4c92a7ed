"""Measures of answers, rankings and confidences: pure functions, one formula each.

All lie in [0, 1], and higher is better unless a function says otherwise.
A question without a prediction is scored like a wrong one; it never leaves the denominator. A measure that is undefined
on what it is given (no items at all, one class only) is ``None``, never 0 or NaN.

Sources: [CMRC] ``squad-style-data/cmrc2018_evaluate.py`` of github.com/ymcui/cmrc2018; [SQuAD] ``evaluate-v2.0.py`` of
rajpurkar.github.io/SQuAD-explorer; the others beside their functions.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence, Set
from typing import NamedTuple

import numpy as np

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
    if not predicted or not required:
        score = float(not predicted and not required)
        return ItemScore(score, score, score)
    items = [normalise_item(text) for text in predicted]
    edges = [[j for j, item in enumerate(items) if item and item in spellings] for spellings in _spellings(required)]
    matched = _maximum_matching(edges)
    return ItemScore(matched / len(predicted), matched / len(required), _f1(matched, len(predicted), len(required)))


def normalise_item(text: str) -> str:
    """Fold compatibility forms and case, drop white space, and drop the punctuation, quotes and title marks around it.

    >>> normalise_item("《洛阳市 水资源条例》；"), normalise_item("（ＡＢＣ）"), normalise_item("46.5%")
    ('洛阳市水资源条例', 'abc', '46.5%')
    """
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    start, end = 0, len(folded)
    while start < end and _is_surrounding(folded[start]):
        start += 1
    while end > start and _is_surrounding(folded[end - 1]):
        end -= 1
    return folded[start:end]


def hit_at_k(ranked: Sequence[str], relevant: Set[str], k: int) -> float:
    """Return 1.0 if any of the first ``k`` is relevant, else 0.0.

    >>> hit_at_k(["a", "b", "c"], {"c"}, 2), hit_at_k(["a", "b", "c"], {"c"}, 3)
    (0.0, 1.0)
    """
    return float(not relevant.isdisjoint(ranked[:k]))


def recall_at_k(ranked: Sequence[str], relevant: Set[str], k: int) -> float:
    """Return the share of the relevant that the first ``k`` hold; 0.0 where nothing is relevant, as trec_eval does.

    >>> recall_at_k(["a", "b", "c"], {"c", "a", "x", "y"}, 3)
    0.5
    """
    return len(relevant & set(ranked[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Set[str]) -> float:
    """Return 1 / the rank of the first relevant one, 0.0 where there is none (Voorhees, TREC-8, 1999).

    >>> reciprocal_rank(["a", "b", "c"], {"b", "c"})
    0.5
    """
    return next((1 / rank for rank, name in enumerate(ranked, 1) if name in relevant), 0.0)


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean (of reciprocal ranks: MRR), ``None`` of nothing."""
    return sum(values) / len(values) if values else None


def calibration_error(confidences: Sequence[float], correct: Sequence[bool], bins: int = 10) -> float | None:
    """Return the expected calibration error, lower is better: bins of equal width ``(low, high]``, weighted by size.

    ``ECE = sum_b |b|/n * |accuracy(b) - confidence(b)|`` (Guo et al. 2017, eq. 5). ``None`` of nothing.

    >>> calibration_error([0.75, 0.25], [True, True])  # (0.25 + 0.75) / 2
    0.5
    """
    sure, right = _paired(confidences, correct)
    if not sure.size:
        return None
    places = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(places, weights=right - sure, minlength=bins)
    return float(np.abs(gaps).sum() / sure.size)


def auroc(confidences: Sequence[float], correct: Sequence[bool]) -> float | None:
    """Return the chance that a right one is held more certain than a wrong one, ties counting half.

    The area under the ROC curve as the Mann-Whitney statistic (Hanley and McNeil 1982). ``None`` with one class only.

    >>> auroc([0.9, 0.8, 0.8, 0.1], [True, True, False, False])
    0.875
    """
    sure, right = _paired(confidences, correct)
    positive, negative = sure[right == 1], np.sort(sure[right == 0])
    if not positive.size or not negative.size:
        return None
    below = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
    return float(below.sum() / 2 / (positive.size * negative.size))


def risk_coverage_area(confidences: Sequence[float], losses: Sequence[float]) -> float | None:
    """Return the area under the risk-coverage curve, lower is better; ``None`` of nothing.

    ``AURC = mean over k of the mean loss of the k most certain`` (Geifman, Uziel and El-Yaniv 2019); equally certain
    ones share their mean loss, which is the expectation over their orders.

    >>> risk_coverage_area([0.9, 0.5, 0.1], [0.0, 1.0, 0.5])  # (0 + 1/2 + 1.5/3) / 3
    0.3333333333333333
    """
    sure, loss = _paired(confidences, losses)
    if not sure.size:
        return None
    _, group, size = np.unique(-sure, return_inverse=True, return_counts=True)
    shared = np.repeat(np.bincount(group, weights=loss) / size, size)
    return float(np.mean(np.cumsum(shared) / np.arange(1, sure.size + 1)))


def _cmrc_normalise(text: str) -> str:
    return "".join(character for character in text.lower().strip() if character not in _CMRC_PUNCTUATION)


def _longest_common_run(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest run of tokens that both hold, by dynamic programming over their ends."""
    best, ending = 0, [0] * (len(right) + 1)
    for token in left:
        ending = [0, *(before + 1 if token == other else 0 for other, before in zip(right, ending, strict=False))]
        best = max(best, *ending)
    return best


def _f1(common: int, predicted: int, required: int) -> float:
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


def _spellings(required: Sequence[Sequence[str]]) -> list[set[str]]:
    return [{normalise_item(spelling) for spelling in spellings} for spellings in required]


def _is_surrounding(character: str) -> bool:
    return character in _SURROUNDING or unicodedata.category(character) in _SURROUNDING_CATEGORIES


def _maximum_matching(edges: Sequence[Sequence[int]]) -> int:
    """Return the size of a maximum bipartite matching by augmenting paths; ``edges[i]`` are the partners of ``i``."""
    partner: dict[int, int] = {}

    def augment(left: int, seen: set[int]) -> bool:
        for right in edges[left]:
            if right not in seen:
                seen.add(right)
                if right not in partner or augment(partner[right], seen):
                    partner[right] = left
                    return True
        return False

    return sum(augment(left, set()) for left in range(len(edges)))


def _paired(confidences: Sequence[float], values: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    if len(confidences) != len(values):
        raise ValueError(f"{len(confidences)} confidences but {len(values)} outcomes")
    return np.asarray(confidences, dtype=np.float64), np.asarray(values, dtype=np.float64)
