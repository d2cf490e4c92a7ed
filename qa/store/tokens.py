"""The lexical index's view of a text, the same at indexing and at query time."""

import re
from collections.abc import Iterable
from operator import add

from qa.text.folding import searchable
from qa.text.misread import ALIKE, whole_numbers, with_digits
from qa.text.surnames import SURNAMES_BY_FORM

# Han with its extensions and compatibility forms, 々 and 〇, kana, hangul: scripts written without spaces, or whose
# words take endings, so that pairs of characters find more than words do.
_PAIRED = "々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9ぁ-ゖァ-ヺー\uac00-\ud7a3\U00020000-\U000323af"
_UNSPACED = re.compile(f"[{_PAIRED}]")
_TOKEN = re.compile(
    rf"(?P<run>[{_PAIRED}]+)"
    r"|(?<![\d.])\d+\.\d+(?!\.?\d)"  # a decimal is one number; a dotted date is three
    rf"|[^\W_{_PAIRED}]+"
)
_ALIKE = re.compile(f"[{''.join(map(chr, ALIKE))}]")
# Print and OCR part the surname of a short name from the rest.
_PADDED = re.compile(rf"([{''.join(sorted(SURNAMES_BY_FORM))}])[ \u3000]{{1,2}}(?=([\u3400-\u9fff]))")


def tokens(text: str) -> list[str]:
    """Split into lower-cased words, whole numbers, and pairs of Chinese characters (or one that stands alone).

    Words of two Chinese characters and more stand beside their pairs, marked with ``=``: pairs find every name, words
    rank what is about them first. Full-width and other compatibility forms count as their plain ones, traditional
    characters as the simplified ones. No other token crosses punctuation or white space.

    A surname that print pads ("张 三") makes a pair with what follows the blank. Signs that OCR takes for each other
    count as one, a number that a blank breaks also as a whole.

    >>> tokens("科长张 三说")[-1]
    '张三'
    >>> tokens("洛阳市任命３人: Vice Mayor,增长3.5%")
    ['洛阳', '阳市', '市任', '任命', '=洛阳', '=洛阳市', '=任命', '3', '人', 'vice', 'mayor', '增长', '=增长', '3.5']
    >>> tokens("己付2.4O"), tokens("投1 2.5万")
    (['已付', '=已付', '2.40'], ['投', '1', '2.5', '万', '12.5'])
    """
    found: list[str] = []
    searched = with_digits(searchable(text))
    for match in _TOKEN.finditer(searched):
        run = match["run"]
        if run is None or len(run) == 1:
            found.append(match[0])
        else:
            import rjieba  # reads its dictionary when imported: a tenth of a second, and 30 MB

            found.extend(map(add, run, run[1:]))
            found.extend([f"={word}" for word in rjieba.cut_for_search(run) if len(word) > 1])
    found.extend(f"{name[1]}{name[2]}" for name in _PADDED.finditer(searched))
    found.extend(whole_numbers(searched))
    return _alike(found) if _ALIKE.search(searched) else found


def words(text: str) -> list[tuple[str, list[str]]]:
    """Return the words and unbroken Chinese runs of ``text``, each with the tokens that all stand where it stands.

    >>> words("洛阳市 Mayor 3.5")
    [('洛阳市', ['洛阳', '阳市']), ('mayor', ['mayor']), ('3.5', ['3.5'])]
    """
    found = list[tuple[str, list[str]]]()
    for match in _TOKEN.finditer(with_digits(searchable(text))):
        run = match["run"]
        pairs = list(map(add, run, run[1:])) if run else []
        found.append((match[0], _alike(pairs or [match[0]])))
    return found


def _alike(found: Iterable[str]) -> list[str]:
    return [token.translate(ALIKE) for token in found]


def parts_of_words(text: str) -> list[str]:
    """Return the words of two characters and more that the Chinese runs of ``text`` consist of, and its other words.

    >>> parts_of_words("江城教育局公布 plans")
    ['江城', '教育局', '公布', 'plans']
    """
    import rjieba

    found = list[str]()
    for match in _TOKEN.finditer(searchable(text)):
        found += [word for word in rjieba.cut(match[0]) if len(word) > 1] if match["run"] else [match[0]]
    return found


def is_unspaced(token: str) -> bool:
    """Tell whether a token is of a script that writes no spaces between words."""
    return _UNSPACED.search(token) is not None
