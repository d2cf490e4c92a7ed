"""Places that English questions name, beside their Chinese names: as the archive prints them, or those of GeoNames."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Final

from qa.question.gazetteer import cities
from qa.question.pinyin import capitalised, characters_sounding_like

_SUFFIXES: Final = "省市县区州镇乡旗盟"
_GIVEN: Final = re.compile(r"\s*[(（][\u4e00-\u9fff]")
_MOST_WORDS: Final = 3
_MOST_RUNS: Final = 36
"""Runs of capitalised words of a question that are looked for; each costs a pass over the passages."""
_LARGE: Final = 300_000
"""Inhabitants from which a city is meant though the archive does not print it: Norman and Roman are smaller ones."""


def has_place(question: str) -> bool:
    """Whether words of a question may name a place, as capitalised ones may, except the first.

    >>> has_place("Who is mayor of Zhengzhou?"), has_place("Who is mayor?"), has_place("谁是市长?")
    (True, False, False)
    """
    return any(start for start, _ in capitalised(question))


def with_places(question: str, texts: Iterable[str]) -> str:
    """Return the question with each place followed by its Chinese name.

    The names that texts print come first: those GeoNames knows, or characters before 市, 县 and the like that sound so.
    Where they print none, it is the name of the largest place so called: a question about another city is told from
    one about the archive's own. Nothing is added where the question gives a name itself.

    >>> with_places("Who is mayor of Zhengzhou, and of Mengjin?", ["孟津区"])
    'Who is mayor of Zhengzhou (郑州), and of Mengjin (孟津)?'
    """
    plain = ["".join(text.split()) for text in texts]
    pieces, at = [], 0
    for start, end in islice(_runs(question), _MOST_RUNS):
        if start < at or _GIVEN.match(question, end):
            continue
        found = _names(question[start:end], plain)
        if found and not any(name in question for name in found):
            pieces += [question[at:end], f" ({'、'.join(found)})"]
            at = end
    return "".join((*pieces, question[at:]))


def _runs(question: str) -> Iterator[tuple[int, int]]:
    """Yield runs of one to three capitalised words after no other such word, the longer first: York is no New York.

    The first word of the question is capitalised in any case.
    """
    words = [word for word in capitalised(question) if word[0]]
    for first in range(len(words)):
        if first and question[words[first - 1][1] : words[first][0]] == " ":
            continue
        for count in range(_MOST_WORDS, 0, -1):
            run = words[first : first + count]
            if len(run) == count and all(question[a[1] : b[0]] == " " for a, b in pairwise(run)):
                yield run[0][0], run[-1][1]


def _names(name: str, texts: Sequence[str]) -> tuple[str, ...]:
    known = cities(name)
    printed = [*(form for place in known for form in place.names), *(() if " " in name else _sounding(name, texts))]
    printed = list(dict.fromkeys(form for form in printed if any(form in text for text in texts)))
    # 洛阳市 adds nothing where 洛阳 is there.
    shortest = tuple(form for form in printed if not any(form != other and other in form for other in printed))
    return shortest or tuple(place.names[0] for place in known[:1] if place.population >= _LARGE)


def _sounding(name: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield two or more characters of texts that sound like the word and stand before what ends a place's name."""
    for text in texts:
        for form in characters_sounding_like(name, text):
            if len(form) > 1 and re.search(f"{form}[{_SUFFIXES}]", text):
                yield form
