"""Filters as conditions of Milvus, and texts as its literals.

What would mean something in a pattern or end a literal is written in another way, in rows and in conditions alike: so
no server's rules for escapes, which have changed from version to version, decide what a quote or a per cent sign finds.
"""

from typing import Final

from qa.store.milvus.schema import FITS, SINCE, UNTIL, WORDS
from qa.text.folding import searchable
from qa.types import Filters

_SPECIAL: Final = "%_\\\"'\n\r\t\0"
_WRITTEN: Final = str.maketrans({character: chr(0xFDD0 + place) for place, character in enumerate(_SPECIAL)})
"""Noncharacters of Unicode in place of them: these stand in no text that is interchanged."""
_READ: Final = {ord(other): character for character, other in _WRITTEN.items()}


def written(text: str) -> str:
    r"""Return a text as rows and literals have it.

    >>> [hex(ord(character)) for character in written('a%"')]
    ['0x61', '0xfdd0', '0xfdd3']
    """
    return text.translate(_WRITTEN)


def unwritten(text: str) -> str:
    """Return the text that rows have so.

    >>> unwritten(written("100%_'"))
    "100%_'"
    """
    return text.translate(_READ)


def words_of(text: str | None) -> str:
    """Return what the words of a field are found by, cut where it would not fit."""
    found = written(searchable(text or ""))
    return found if len(found.encode()) <= FITS else found.encode()[:FITS].decode(errors="ignore")


def visible(generation: int) -> str:
    """Return the condition that a row is there in a generation."""
    return f"{SINCE} <= {generation} and {UNTIL} > {generation}"


def passing(filters: Filters) -> str:
    """Return the condition that filters are, to be added to another; empty without any.

    >>> passing(Filters(date_to="2021-10", page="A7"))
    ' and date != "" and date <= "2021-10" and page == "A7"'
    """
    found = list[str]()
    if filters.date_from is not None or filters.date_to is not None:
        found.append('date != ""')
    if filters.date_from is not None:
        found.append(f'date >= "{written(filters.date_from)}"')
    if filters.date_to is not None:
        found.append(f'date <= "{written(filters.date_to)}"')
    for name in WORDS:
        if (value := getattr(filters, name)) is not None:
            found.append(f'{name} != "" and {name} like "%{written(searchable(value))}%"')
    if filters.page is not None:
        found.append(f'page == "{written(filters.page)}"')
    return "".join(f" and {condition}" for condition in found)
