"""Vertical print in a text layer: which characters are set in columns from top to bottom, and the columns.

A PDF says where each character stands, and little of which comes next: some files draw column by column, some row by
row across all columns. What is read together stands closer together: in vertical print a character is nearer to the
one below than to the one beside it. Where both are as near, the order in which the file draws them decides.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from qa.ingest.reading_order import Box
from qa.text.punctuation import is_cjk

Cell = tuple[str, Box]
"""A character, or several that stand side by side in a column, and their box."""

FEWEST = 4  # characters that stand above each other, fewer are no vertical print
NEIGHBOURS = 12  # that are looked at: the nearest ones of the row and the column are among them
ASIDE = 0.35  # ems that two characters of one row or column may be off
ALIKE = 1.4  # times as large as the other: two that are set together
CLEAR = 0.93  # of the other distance: less is nearer
FAR = 1.5  # ems of white inside a column, more divides it
MOST = 1 + FAR  # ems from one character to the next
TIGHT = 1.35  # ems from one character to the next where print is set tightly
BLANK = 0.7  # ems of white that is a blank: names of two characters are padded so
FORMS = str.maketrans(
    "︐︑︒︓︔︕︖︗︘︙︱︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈",
    "，、。：；！？〖〗…—（）｛｝〔〕【】《》〈〉「」『』［］",
)
"""Punctuation as it is drawn in columns, and what it is."""


def is_vertical(characters: Sequence[Cell]) -> list[bool]:
    """Return for each character, in the order that the file draws them, whether it is set in a column.

    >>> def grid(across, down): return [("字", Box(x * across, y * down, x * across + 10, y * down + 10))
    ...                                 for y in range(5) for x in range(5)]
    >>> all(is_vertical(grid(16, 10))), any(is_vertical(grid(10, 16)))
    (True, False)
    """
    hanzi = [index for index, (character, _) in enumerate(characters) if is_cjk(character)]
    if len(hanzi) < FEWEST:
        return [False] * len(characters)
    beside, below = _distances([characters[index][1] for index in hanzi])
    votes = np.where((below < CLEAR * beside) & (below < MOST), 1, 0) - ((beside < CLEAR * below) & (beside < MOST))
    if (votes > 0).sum() < FEWEST:
        return [False] * len(characters)
    drawn = np.array(_drawn([characters[index][1] for index in hanzi]))
    mostly = 1 if (votes > 0).sum() >= (votes < 0).sum() else -1
    # What most of the page is not has to be set tightly, and drawn so: a title may be spaced wider than its lines, and
    # the cells of a table stand above each other.
    doubtful = (drawn != -mostly) | (np.minimum(beside, below) > TIGHT)
    votes = np.where((votes == -mostly) & doubtful, mostly, votes)
    votes = np.where(votes == 0, drawn, votes)
    decided = dict(zip(hanzi, votes.tolist(), strict=True))
    vertical, before = list[bool](), mostly
    for index in range(len(characters)):
        before = decided.get(index, before) or mostly  # digits and letters are set as the hanzi before them
        vertical.append(before > 0)
    return vertical


def _distances(boxes: Sequence[Box]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each box how many ems away the nearest one beside it is, and the nearest above or below it."""
    ems = np.array([max(box.width, 1e-6) for box in boxes])
    centres = np.array([((box.left + box.right) / 2, (box.top + box.bottom) / 2) for box in boxes])
    _, near = cKDTree(centres).query(centres, k=min(NEIGHBOURS, len(boxes)))
    across, down = np.moveaxis(np.abs(centres[near] - centres[:, None]), 2, 0) / ems[:, None]
    alike = np.maximum(ems[near] / ems[:, None], ems[:, None] / ems[near]) <= ALIKE
    beside = np.where(alike & (down <= ASIDE) & (across > ASIDE), across, np.inf).min(axis=1)
    below = np.where(alike & (across <= ASIDE) & (down > ASIDE), down, np.inf).min(axis=1)
    return beside, below


def _drawn(boxes: Sequence[Box]) -> list[int]:
    """Return for each box 1 if it is drawn right before or after one below or above it, -1 if one beside it, else 0."""
    steps = [_step(one, other) for one, other in pairwise(boxes)]
    return [before or after for before, after in zip([0, *steps], [*steps, 0], strict=True)]


def _step(one: Box, other: Box) -> int:
    em = max(one.width, 1e-6)
    across, down = (other.left - one.left) / em, (other.top - one.top) / em
    if abs(across) <= ASIDE and 0 < down <= MOST:
        return 1
    return -1 if abs(down) <= ASIDE and 0 < abs(across) <= MOST else 0


def columns(characters: Sequence[Cell]) -> list[list[Cell]]:
    """Divide characters that are set vertically into columns, each from top to bottom."""
    cells = _side_by_side(characters)
    em = median(box.width for _, box in cells)
    done, growing = list[list[Cell]](), list[list[Cell]]()
    for cell in sorted(cells, key=lambda cell: (cell[1].top, -cell[1].right)):
        box = cell[1]
        still = [one for one in growing if box.top - one[-1][1].bottom <= FAR * max(em, one[-1][1].width)]
        done += [column for column in growing if all(column is not one for one in still)]
        growing = still
        above = [column for column in growing if _is_below(column[-1][1], box)]
        if above:
            max(above, key=lambda column: _shared(column[-1][1], box)).append(cell)
        else:
            growing.append([cell])
    return done + growing


def _side_by_side(characters: Sequence[Cell]) -> list[Cell]:
    """Join digits and letters that stand beside each other inside a column to one cell."""
    cells = list[Cell]()
    for character, box in characters:
        if cells and not is_cjk(character) and not is_cjk(cells[-1][0][-1]):
            text, last = cells[-1]
            low = min(last.bottom, box.bottom) - max(last.top, box.top) < 0.5 * min(last.height, box.height)
            if not low and -ASIDE * box.height <= box.left - last.right <= ASIDE * box.height:
                cells[-1] = (
                    text + character,
                    Box(last.left, min(last.top, box.top), box.right, max(last.bottom, box.bottom)),
                )
                continue
        cells.append((character, box))
    return cells


def _is_below(above: Box, box: Box) -> bool:
    return (
        _shared(above, box) >= 0.5 * min(above.width, box.width)
        and box.top >= above.top + 0.4 * above.height
        and max(above.width, box.width) <= 2 * ALIKE * min(above.width, box.width)
    )


def _shared(one: Box, other: Box) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def with_blanks(column: Sequence[Cell]) -> tuple[str, tuple[float, ...]]:
    """Return the words of a column, with blanks where it has white, and where its characters begin and end."""
    em = median(box.width for _, box in column)
    text, limits = "", [column[0][1].top]
    for (cell, box), (_, after) in pairwise([*column, column[-1]]):
        characters = cell.translate(FORMS)
        padded = after.top - box.bottom > BLANK * em
        end = box.bottom if padded or after is box else after.top
        begin = limits[-1]
        limits += [begin + (end - begin) * (n + 1) / len(characters) for n in range(len(characters))]
        text += characters
        if padded:
            text += " "
            limits.append(after.top)
    return text, tuple(limits)
