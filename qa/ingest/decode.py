"""Bytes to text, strictly: a character that was not in the file never enters an archive."""

import codecs
import re

from qa.errors import SourceError

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
MAX_CONTROL_SHARE = 0.01

# The bytes of many encodings happen to decode as GB18030. Chinese shows itself twice: nearly all of its characters are
# level-1 hanzi (GB 2312 rows 16 to 55) or Chinese punctuation, which Big5, Shift-JIS, Cyrillic or broken UTF-8 do not
# give; and a third of running text is made of the commonest few, which EUC-KR, whose syllables fall on level 1, misses.
PUNCTUATION = re.compile(r"[\u2014\u2018-\u201d\u2026\u3000-\u301f\uff01-\uff5e·×]")
COMMON = frozenset(
    "的一是在了不有和国中人大为上个会年这我时来用们生到作地于出就分对成可主发动同工也能下过子说产种面而方后多定行学法所民得经"
    "三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性应开合还因由其些然前外天政四日那社义事平"
    "市长记者公本报新月"
)
MIN_LEVEL_1_SHARE = 0.8
MIN_COMMON_SHARE = 0.1


def decode(data: bytes, source: str) -> str:
    """Return the text of ``data`` with every newline as it stands and without a byte order mark.

    Accepted are UTF-8, UTF-16 with a byte order mark, and GB18030 that reads as Chinese. Raises ``SourceError``, with
    the byte position where one is known, for anything else and for text without a visible character.
    """
    text = _decoded(data, source)
    if not text.strip().strip("\ufeff\u200b"):
        raise SourceError(source, "the file holds nothing but blanks")
    controls = len(CONTROL.findall(text))
    if controls > MAX_CONTROL_SHARE * len(text):
        raise SourceError(source, f"not a text file: {controls} of its {len(text)} characters are control characters")
    return text


def _decoded(data: bytes, source: str) -> str:
    if data.startswith(UTF32):
        raise SourceError(source, "encoded in UTF-32; save it as UTF-8")
    if data.startswith(UTF16):
        return _strict(data, "utf-16", 0, source)
    if (zero := data.find(0)) >= 0:
        raise SourceError(
            source, f"not a text file: a NUL at byte {zero} (if it is UTF-16, it lacks a byte order mark)"
        )
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data[len(codecs.BOM_UTF8) :], "utf-8", len(codecs.BOM_UTF8), source)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _gb18030(data)
        if text is None:
            raise SourceError(source, _place(data, error, 0) + ", nor GB18030 Chinese; save it as UTF-8") from error
        return text


def _strict(data: bytes, encoding: str, skipped: int, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(source, _place(data, error, skipped)) from error


def _place(data: bytes, error: UnicodeDecodeError, skipped: int) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    return f"not {error.encoding.upper()} at byte {error.start + skipped} (line {line}): {error.reason}"


def _gb18030(data: bytes) -> str | None:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if reads_as_chinese(text) else None


def reads_as_chinese(text: str) -> bool:
    """Tell running Chinese from other bytes that were decoded as GB18030.

    >>> reads_as_chinese("市人大常委会主任主持会议"), reads_as_chinese("Привет".encode("cp1251").decode("gb18030"))
    (True, False)
    """
    foreign = [character for character in text if character > "\x7f"]
    hanzi = [character for character in foreign if not PUNCTUATION.match(character)]
    level_1 = sum(map(_is_level_1, hanzi)) + len(foreign) - len(hanzi)
    common = sum(character in COMMON for character in hanzi)
    return bool(hanzi) and level_1 >= MIN_LEVEL_1_SHARE * len(foreign) and common >= MIN_COMMON_SHARE * len(hanzi)


def _is_level_1(character: str) -> bool:
    code = character.encode("gb18030")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1
