"""What articles can be narrowed to, with how many of them there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from qa.store.columns import Columns, Mask, Numbers

MOST_VALUES: Final = 40
"""Values of a field that are listed, the most frequent."""
MOST_DAYS: Final = 93
"""Days that a range may span to be counted day by day."""
FIELDS: Final = {"publication": "publication", "edition": "edition", "source": "source", "byline": "author"}
"""The facets, with the labels they count: a byline's are the people that it names."""

Count = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Facet:
    """Values with their counts, the most frequent first, and how many distinct ones there are in all."""

    values: tuple[Count, ...]
    distinct: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Each field's facet counts what passes all filters but the field's own, so that another value can be chosen.

    ``months`` ascend (``2021-10``), ``days`` too, and are empty where they would span more than ``MOST_DAYS``;
    ``undated`` articles are in neither.
    """

    fields: Mapping[str, Facet]
    months: tuple[Count, ...]
    days: tuple[Count, ...]
    undated: int


def count_facets(columns: Columns, matching: Mask, masks: Mapping[str, Mask]) -> Facets:
    """Count the articles that match, and pass the filters' ``masks``, by every field."""

    def passing(field: str) -> Mask:
        return all_of([matching, *(mask for name, mask in masks.items() if name != field)])

    fields = {}
    for field, label in FIELDS.items():
        counts, distinct = columns.labels[label].counts(passing(field), MOST_VALUES)
        fields[field] = Facet(tuple(counts), distinct)
    others = columns.days[passing("date")]
    dated = others[others > 0]
    within = dated if "date" not in masks else columns.days[all_of([matching, *masks.values()])]
    days = _counted(within) if len(within) and _span(within) <= MOST_DAYS else ()
    return Facets(
        fields,
        tuple((_dashed(month, 6), count) for month, count in _counted(dated // 100)),
        tuple((_dashed(day, 8), count) for day, count in days),
        int(len(others) - len(dated)),
    )


def all_of(masks: Sequence[Mask]) -> Mask:
    """Return what passes every mask; there is at least one."""
    return np.asarray(np.logical_and.reduce(masks), np.bool_)


def _counted(numbers: Numbers) -> list[tuple[int, int]]:
    values, counts = np.unique(numbers, return_counts=True)
    return list(zip(values.tolist(), counts.tolist(), strict=True))


def _span(days: Numbers) -> int:
    """Return how many days lie between the first and the last, about: a month counts as 31."""
    first, last = int(days.min()), int(days.max())

    def ordinal(day: int) -> int:
        return (day // 10_000 * 12 + day // 100 % 100) * 31 + day % 100

    return ordinal(last) - ordinal(first) + 1


def _dashed(number: int, digits: int) -> str:
    """Return a day, month or year as ISO 8601 writes it; what its source leaves open, as zeros, is left out.

    >>> _dashed(20211013, 8), _dashed(202110, 6), _dashed(202100, 6)
    ('2021-10-13', '2021-10', '2021')
    """
    text = f"{number:0{digits}d}"
    parts = [text[:4], *(text[at : at + 2] for at in range(4, digits, 2))]
    return "-".join(part for part in parts if part != "00")
