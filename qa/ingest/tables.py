"""Rows of tables that OCR left as blank-separated fields."""

import re

FIELD = re.compile(r"[^\s\u3000]+")
NUMBER = re.compile(r"[-+−]?[0-9０-９OlI][0-9０-９OlI.,，．/:：()（）%％]*(?:[元%％人件个台吨亩])?")
MIN_FIELDS = 3
MAX_FIELD = 14


def fields(text: str) -> list[tuple[int, int]]:
    """Return the bounds of the blank-separated fields of a line."""
    return [match.span() for match in FIELD.finditer(text)]


def is_number(field: str) -> bool:
    """Whether a field is a number, a rate or a result, with OCR's letters for digits among them."""
    return NUMBER.fullmatch(field) is not None


def is_row(text: str) -> bool:
    """Whether a line is a row of fields, at least two of them numbers, or a head of such rows.

    >>> is_row("东埠区 7.3 412.6 8.1 51.20"), is_row("队名 场 胜 平 负 进/失球 积分"), is_row("城东发生火灾 3人受伤")
    (True, True, False)
    """
    words = [text[start:end] for start, end in fields(text)]
    if len(words) < MIN_FIELDS or max(map(len, words)) > MAX_FIELD:
        return False
    numbers = sum(map(is_number, words))
    return numbers >= 2 or len(words) > 4
