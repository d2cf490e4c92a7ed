"""Measures of rankings, by ir-measures (trec_eval's definitions)."""

from collections.abc import Mapping, Sequence, Set
from typing import Final

CUTOFFS: Final = (1, 3, 5, 10, 20, 50)
DEPTH: Final = CUTOFFS[-1]
"""Passages of a ranking that are looked at."""


def ranking_scores(found: Mapping[str, Sequence[Set[int]]], needed: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """Return ``recall@k``, ``success@5``, ``mrr`` and ``ndcg@10`` of each question that needs any evidence.

    ``found[question]`` are the evidences that each passage of its ranking holds, best first; ``needed`` how many there
    are. A passage is relevant if it holds an evidence that none before it held, so that a second copy earns nothing; an
    evidence that the ranking lacks counts as a relevant passage that was missed. No ranking scores 0.

    >>> ranking_scores({"a": [set(), {0}, {0}]}, {"a": 2})["a"]["recall@3"]
    0.5
    """
    # Imported here: it takes as long as answering a question does.
    import ir_measures

    measures = {f"recall@{k}": ir_measures.R @ k for k in CUTOFFS}
    measures |= {"success@5": ir_measures.Success @ 5, "mrr": ir_measures.RR, "ndcg@10": ir_measures.nDCG @ 10}
    names = {measure: name for name, measure in measures.items()}
    asked = {question: count for question, count in needed.items() if count}
    scores: dict[str, dict[str, float]] = {question: dict.fromkeys(measures, 0.0) for question in asked}
    if not asked:
        return {}
    qrels = {question: _relevant(found.get(question, ()), count) for question, count in asked.items()}
    # A ranking of the first DEPTH only: what stands further down was not asked for.
    run = {
        question: {str(rank): float(-rank) for rank in range(min(len(found.get(question, ())), DEPTH))}
        for question in asked
    }
    for value in ir_measures.iter_calc(list(measures.values()), qrels, run):
        scores[value.query_id][names[value.measure]] = float(value.value)
    return scores


def _relevant(ranking: Sequence[Set[int]], needed: int) -> dict[str, int]:
    seen: set[int] = set()
    relevant: dict[str, int] = {}
    for rank, evidences in enumerate(ranking[:DEPTH]):
        if evidences - seen:
            relevant[str(rank)] = 1
            seen |= evidences
    return relevant | {f"missed {number}": 1 for number in range(needed - len(seen))}
