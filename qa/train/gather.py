"""Encoded windows gathered into a few arrays, every text once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa.train.features import Unit
from qa.train.gpu.windows import UNKNOWN, Windows

Pairs = Sequence[tuple[int, int]]


class Gathering:
    """Takes units one by one; ``windows`` returns all so far."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, ...], int] = {}
        self._rows: list[tuple[int, int, int, int, int, bool, int]] = []
        self._spans: list[Pairs] = []
        self._trimmed: list[Pairs] = []
        self._relevant: list[Pairs] = []

    def add(self, unit: Unit, passage: tuple[int, ...], *, group: int) -> None:
        """Add a unit's rows; ``passage`` are the ids of the whole passage that it is a window of."""
        number = self._number(passage)
        for second, feature in enumerate(unit):
            asked, count = self._number(feature.ids[1 : feature.at - 2]), len(feature.ids) - feature.at - 1
            listed = UNKNOWN if feature.listed is None else int(feature.listed)
            self._rows.append((asked, number, feature.first, count, listed, second > 0, group))
            self._spans.append([(a - feature.at, b - feature.at) for a, b in feature.spans])
            self._trimmed.append(feature.trimmed)
            self._relevant.append([(a - feature.at, b - feature.at) for a, b in feature.relevant])

    def windows(self) -> Windows:
        """Return the rows so far, over the tokenizer's ids."""
        table = np.array(self._rows, np.int32).reshape(len(self._rows), 7)
        question, passage, first, count, listed, twin, group = (np.ascontiguousarray(column) for column in table.T)
        return Windows(
            tokens=np.array([token for text in self._numbers for token in text], np.int32),
            lengths=np.array([len(text) for text in self._numbers], np.int32),
            question=question,
            passage=passage,
            first=first,
            count=count,
            spans=_pairs(self._spans),
            trimmed=_pairs(self._trimmed),
            span_counts=np.array([len(pairs) for pairs in self._spans], np.int32),
            relevant=_pairs(self._relevant),
            relevant_counts=np.array([len(pairs) for pairs in self._relevant], np.int32),
            listed=listed.astype(np.int8),
            twin=twin.astype(bool),
            group=group,
        )

    def _number(self, text: tuple[int, ...]) -> int:
        return self._numbers.setdefault(text, len(self._numbers))


def _pairs(rows: Sequence[Pairs]) -> NDArray[np.int32]:
    return np.array([pair for pairs in rows for pair in pairs], np.int32).reshape(-1, 2)


def until_group(windows: Windows, group: int) -> Windows:
    """Return the rows before those of a group, which stand in order of groups, and the texts that they need."""
    rows = int(np.searchsorted(windows.group, group))
    kept = replace(
        windows,
        **{name: getattr(windows, name)[:rows] for name in ("question", "passage", "first", "count", "listed", "twin")},
        spans=windows.spans[: windows.span_counts[:rows].sum()],
        trimmed=windows.trimmed[: windows.span_counts[:rows].sum()],
        span_counts=windows.span_counts[:rows],
        relevant=windows.relevant[: windows.relevant_counts[:rows].sum()],
        relevant_counts=windows.relevant_counts[:rows],
        group=windows.group[:rows],
    )
    # Texts are numbered as they first occur.
    texts = 1 + max(kept.question.max(initial=-1), kept.passage.max(initial=-1))
    return replace(kept, tokens=windows.tokens[: windows.lengths[:texts].sum()], lengths=windows.lengths[:texts])


def renumbered(windows: Windows, ids: NDArray[np.int64]) -> Windows:
    """Return windows over the places of token ids in ``ids``, which are sorted and hold every one."""
    narrow = np.uint16 if len(ids) <= 2**16 else np.uint32
    return replace(windows, tokens=np.searchsorted(ids, windows.tokens).astype(narrow))
