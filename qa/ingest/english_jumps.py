"""The jump lines of English papers: ``See MAYOR, Page A7`` below one part, ``MAYOR: From A1`` above the next."""

import re
import unicodedata

from qa.ingest.english import SPELT

_WORDS = {word: str(number) for number, word in enumerate(SPELT.split("|"), 1)}
_WORDS |= {"first": "1", "front": "1"}
_FIGURES = r"-?[0-9]{1,3}(?![0-9])"
_NAMED = rf"[A-Z]?{_FIGURES}[A-Z]?(?![A-Za-z])|(?i:{'|'.join(_WORDS)})(?![A-Za-z])"
# Page A7, p. 4, P4, A7, page Two; the front page.
_PAGE = (
    rf"(?:(?i:pages?\s|pp?\.\s?|p(?=[0-9]))(?P<page>{_NAMED})|(?P<sheet>[A-Z]{_FIGURES}|[0-9]{{1,3}}[A-Z])(?![A-Za-z])"
    r"|(?:(?i:the)\s)?(?P<named>(?i:first|front))\s(?i:page))"
)
_COLUMN = r"(?:[,;]?\s(?i:col(?:umns?|s?\.))\s?\w{1,5})?"
_CLOSE = r"\s?[.:]?[)\]]?[.:]?[\s▶►→»>*]*"
_POINTER = r"[•▶►◀◄←→☞»«<>*]*\s?"
_SLUG = r"[A-Z][\w’'& -]{1,40}?"
_CAPITALS = r"[A-Z][A-Z’'& -]{1,40}"
_CONTINUED = r"(?i:cont(?:inue[ds]?|[’']d|\.))"
# Words that may as well be a sentence's: such a line stands alone, or behind the end of a sentence.
_APART = r"(?:(?<![^\n])|(?<=[.!?”\"’—-]\s))"
_ON = re.compile(
    rf"(?:{_POINTER}[(\[]?(?:{_CONTINUED}(?i:\son|\sto|,)|(?i:jump(?:s|\sto)?|(?:please\s)?turn\sto))\s"
    rf"|(?:{_APART}{_POINTER}[(\[]?|[(\[])"
    rf"(?:(?i:(?:please\s)?(?:see|turn\sto))\s{_SLUG}(?:,|,?\s(?i:on)|(?=\s(?i:p)))\s|{_CAPITALS},\s(?=(?i:p))))"
    rf"{_PAGE}{_COLUMN}{_CLOSE}\s*\Z"
)
_FROM = re.compile(
    rf"{_POINTER}[(\[]?(?:{_SLUG}\s?[:,/|–—-]?\s)?(?:{_CONTINUED}\s(?i:from)|(?:(?<=[A-Z:,/|–—-]\s)(?i:from)|F(?i:rom)))"
    rf"\s{_PAGE}{_COLUMN}{_CLOSE}"
)
_STATED = re.compile(rf"(?:(?i:pages?|pgs?\.?|pp?\.?)\s?)?(?P<page>{_NAMED}){_COLUMN}")
MAX_MARK = 80  # characters


def onward(text: str) -> str | None:
    """Return the page that the jump line at the end of ``text`` leads to.

    >>> onward("he said. (Continued on Page Two, Col. 3)"), onward("See MAYOR on Page A7"), onward("turned to page 4")
    ('2', 'A7', None)
    """
    return _named(_ON.search(text, max(0, len(text) - MAX_MARK)))


def is_onward(text: str) -> bool:
    """Whether a whole line says where an article goes on."""
    return len(text) <= MAX_MARK and _ON.fullmatch(text) is not None


def back(line: str) -> str | None:
    """Return the page that a jump line, the whole of it, comes from.

    >>> back("Continued from Page One"), back("MAYOR: From A1"), back("From page 1 he read on.")
    ('1', 'A1', None)
    """
    return _named(_FROM.fullmatch(line)) if len(line) <= MAX_MARK else None


def page_number(name: str) -> str:
    """Return a page as articles name it.

    >>> [page_number(name) for name in ("A07", "B-4", "3A", "TWO", "front")]
    ['A7', 'B4', '3A', '2', '1']
    """
    name = unicodedata.normalize("NFKC", name).replace("-", "")
    return _WORDS.get(name.lower()) or re.sub(r"0*([0-9]+)", r"\1", name.upper())


def page_stated(value: str) -> str | None:
    """Return the one page that the value of a record's field names, as articles name it.

    >>> [page_stated(value) for value in ("A03", "p. 5, col. 2", "Page 12", "pg 7", "003", "5-6", "Sport")]
    ['A3', '5', '12', '7', '3', None, None]
    """
    found = _STATED.fullmatch(value.strip())
    return page_number(found["page"]) if found else None


def _named(found: re.Match[str] | None) -> str | None:
    return page_number(found["page"] or found["sheet"] or found["named"]) if found else None
