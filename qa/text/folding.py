"""What texts share that differ in width, case, punctuation or between traditional and simplified characters."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC


def folded(text: str) -> str:
    """Return ``text`` without compatibility forms and case.

    >>> folded("ＬＹ《日报》")
    'ly《日报》'
    """
    return unicodedata.normalize("NFKC", text).casefold()


def letters(text: str) -> str:
    """Return the letters and digits of ``text``, folded.

    >>> letters(" ＬＹ《日报》")
    'ly日报'
    """
    return "".join(filter(str.isalnum, folded(text)))


def placed_letters(text: str) -> tuple[str, list[int]]:
    r"""Return the letters and digits of ``text``, folded, and the offset of the character that each comes from.

    >>> placed_letters("《Ａ\u3231》")
    ('a株', [1, 2])
    """
    found = [(letter, place) for place, character in enumerate(text) for letter in letters(character)]
    return "".join(letter for letter, _ in found), [place for _, place in found]


def simplified(text: str) -> str:
    """Return ``text`` in simplified characters.

    >>> simplified("洛陽")
    '洛阳'
    """
    return str(_to_simplified().convert(text))


def simplified_in_place(text: str) -> str:
    """Return ``text`` in simplified characters, each in its place; as it is where the conversion changes its length."""
    plain = simplified(text)
    return plain if len(plain) == len(text) else text


@cache
def _to_simplified() -> "OpenCC":
    from opencc import OpenCC  # not before it is needed: filters and file names are folded too

    return OpenCC("t2s")


def searchable(text: str) -> str:
    """Return what the words of a text are found by: its simplified characters without compatibility forms and case.

    Lower case, not ``folded``: indexes are written so, and an index and its questions must agree.

    >>> searchable("洛陽市任命３人: Vice Mayor")
    '洛阳市任命3人: vice mayor'
    """
    return simplified(unicodedata.normalize("NFKC", text).lower())
