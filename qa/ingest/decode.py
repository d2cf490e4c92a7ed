"""Bytes to text, strictly: a character that was not in the file never enters an archive."""

import codecs
import re
from collections.abc import Sequence

from qa.errors import SourceError

MARKS = (  # those of UTF-32 first, because they begin as those of UTF-16 do
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
LEGACY = ("gb18030", "big5hkscs")
NAMES = {"gb18030": "GB18030", "big5hkscs": "Big5"}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
MAX_CONTROL_SHARE = 0.01
SAMPLE = 200_000  # characters that are looked at to recognise an encoding; all of them must decode

# The bytes of many encodings happen to decode as GB18030, Big5 or UTF-16. Chinese shows itself twice: nearly all of its
# characters are level-1 hanzi or Chinese punctuation, which Shift-JIS, Cyrillic, broken UTF-8 or the wrong one of these
# encodings do not give; and a third of running text is made of the commonest few, which EUC-KR, whose syllables fall on
# level 1, misses.
PUNCTUATION = re.compile(r"[\u2013-\u201d\u2026\u2027\u3000-\u301f\ufe30-\ufe6f\uff01-\uff5e·×]")
COMMON = frozenset(
    "的一是在了不有和国中人大为上个会年这我时来用们生到作地于出就分对成可主发动同工也能下过子说产种面而方后多定行学法所民得经"
    "三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性应开合还因由其些然前外天政四日那社义事平"
    "市长记者公本报新月"
    "國為個會這時來們於對發動過說產種後學經進著電裡裏實現點業從應開還兩體機當義長記報與將區員請關處樣議問題"
)
MIN_LEVEL_1_SHARE = 0.8
MIN_COMMON_SHARE = 0.1


def decode(data: bytes, source: str) -> str:
    """Return the text of a file with every newline as it stands and without a byte order mark.

    Raises ``SourceError`` as ``decode_part`` does, and for what holds no visible character or too many control
    characters to be text.
    """
    text = decode_part(data, source)
    if not text.strip().strip("\ufeff\u200b"):
        raise SourceError(source, "the file holds nothing but blanks")
    controls = len(CONTROL.findall(text))
    if controls > MAX_CONTROL_SHARE * len(text):
        raise SourceError(source, f"not a text file: {controls} of its {len(text)} characters are control characters")
    return text


def decode_part(data: bytes, source: str, start: int = 0, line: int = 1) -> str:
    """Return the text of a piece of a file that begins at byte ``start`` on ``line``.

    Accepted are UTF-8, UTF-16 and UTF-32, with a byte order mark or without, and GB18030 and Big5 that read as Chinese.
    Raises ``SourceError`` for anything else, with the byte position where one is known.
    """
    marked = next(((mark, encoding) for mark, encoding in MARKS if data.startswith(mark)), None)
    if marked and not start:
        mark, encoding = marked
        try:
            return data[len(mark) :].decode(encoding)
        except UnicodeDecodeError as error:
            raise SourceError(source, _place(data, error, len(mark), line)) from error
    zero = data.find(0)
    if zero < 0:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            utf8 = error
    text = _guessed(data, WIDE if zero >= 0 else (*LEGACY, *WIDE))
    if text is not None:
        return text
    if zero >= 0:
        raise SourceError(source, f"not a text file: a NUL at byte {zero + start}, and it does not read as UTF-16")
    raise SourceError(source, _place(data, _furthest(data, utf8), start, line) + "; save it as UTF-8")


def _guessed(data: bytes, encodings: Sequence[str]) -> str | None:
    """Return what reads most like text of all that ``data`` decodes to."""
    best, found = 0.0, None
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if (share := _legibility(text)) > best:
            best, found = share, text
    return found


def _furthest(data: bytes, error: UnicodeDecodeError) -> UnicodeDecodeError:
    """Return the error of the encoding that makes sense of most of ``data``: where that fails, the damage is."""
    for encoding in LEGACY:
        try:
            data.decode(encoding)
        except UnicodeDecodeError as other:
            if other.start > error.start and _legibility(data[: other.start].decode(encoding)):
                error = other
    return error


def _place(data: bytes, error: UnicodeDecodeError, start: int, line: int) -> str:
    name = NAMES.get(error.encoding.lower(), error.encoding.upper())
    line += data.count(b"\n", 0, error.start)
    return f"not {name} at byte {error.start + start} (line {line}): {error.reason}"


def _legibility(text: str) -> float:
    """Return the share of common characters in ``text`` if it reads as Chinese, 2 if it is all ASCII, else 0.

    >>> _legibility("市人大常委会主任主持会议") > 0, _legibility("Привет".encode("cp1251").decode("gb18030")) > 0
    (True, False)
    """
    text = text[:SAMPLE]
    foreign = [character for character in text if character > "\x7f"]
    if "\0" in text or not foreign:
        return 0.0 if CONTROL.search(text) else 2.0
    hanzi = [character for character in foreign if not PUNCTUATION.match(character)]
    level_1 = sum(map(_is_level_1, hanzi)) + len(foreign) - len(hanzi)
    common = sum(character in COMMON for character in hanzi)
    if not hanzi or level_1 < MIN_LEVEL_1_SHARE * len(foreign) or common < MIN_COMMON_SHARE * len(hanzi):
        return 0.0
    return common / len(hanzi)


def _is_level_1(character: str) -> bool:
    """Whether a character is among the 3,755 commonest of GB 2312 or the 5,401 of Big5."""
    simplified, traditional = character.encode("gb18030"), character.encode("big5", "replace")
    if len(simplified) == 2 and 0xB0 <= simplified[0] <= 0xD7 and simplified[1] >= 0xA1:
        return True
    return len(traditional) == 2 and 0xA4 <= traditional[0] <= 0xC6
