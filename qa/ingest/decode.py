"""Bytes to text: a character that was not in the file never enters an archive, and damage is marked and reported."""

import codecs
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import product

from qa.errors import InputError, SourceError
from qa.ingest.files import Report, refuse

MARKS = (  # those of UTF-32 first, because they begin as those of UTF-16 do
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    ("\ufeff".encode("gb18030"), "gb18030"),
)
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
LEGACY = ("gb18030", "big5hkscs", "euc_kr", "euc_jp")
# What is named so is, as browsers know, often more.
SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "cp1252"}
_STATED = ContextVar[str | None]("the encoding of text files", default=None)
NAMES = {"gb18030": "GB18030", "big5hkscs": "Big5", "euc_kr": "EUC-KR", "euc_jp": "EUC-JP"}
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
MAX_CONTROL_SHARE = 0.05
MAX_DAMAGE_SHARE = 0.01  # of the characters of a file; a single one may always be damaged
SAMPLE = 200_000  # characters that are looked at to recognise an encoding; all of them must decode
REPLACEMENT = "\ufffd"
ESCAPED = re.compile(r"\\u(dc[89a-f][0-9a-f])")
"""A byte of a file's name that is not UTF-8, as ``files.printable`` escapes it."""
HIGH = re.compile(rb"[\x80-\xff]+")
# Beyond ASCII in English of Windows, which its quotes and dashes tell. Other Latin texts have letters that no one can
# tell in encodings of one byte.
QUOTES = frozenset("‘’“”–—…")
ENGLISH = QUOTES | frozenset("•£€©®°·½¼¾éèêëàâäáçñôöóîïíûüúÉ")
MAX_HIGH_SHARE = 0.1  # of the characters of an English text
MAX_MENDED = 4096  # bytes of a line that is searched for the place of its damage

# The bytes of many encodings happen to decode as one another. Which it is shows in what they give: the commonest
# characters of a language, characters that are common at all (level 1 of GB 2312 and Big5, kana, Hangul syllables),
# and punctuation. The wrong encoding gives rare characters, or those of several scripts.
PUNCTUATION = re.compile(r"[\u2013-\u201d\u2026\u2027\u3000-\u301f\ufe30-\ufe6f\uff01-\uff5e·×]")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
COMMON = frozenset(
    "的一是在了不有和国中人大为上个会年这我时来用们生到作地于出就分对成可主发动同工也能下过子说产种面而方后多定行学法所民得经"
    "三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性应开合还因由其些然前外天政四日那社义事平"
    "市长记者公本报新月"
    "國為個會這時來們於對發動過說產種後學經進著電裡裏實現點業從應開還兩體機當義長記報與將區員請關處樣議問題"
)
COMMON_HANGUL = frozenset("이다는을를의에가은고하로지한도서기사정과시인대어자리해일부전국장회했였들")
FIRST_OF_PAIR = 0x80
MIN_DAMAGED = 1.0  # the same of a file that is damaged
MIN_CHARACTERS = 2
MIN_LEGIBILITY = 0.4  # mean over all characters beyond ASCII; 2 is that of the commonest alone


def encoding_named(name: str) -> str:
    """Return the codec of an encoding that people name; ``InputError`` for what is none of text.

    >>> encoding_named("GBK"), encoding_named("utf8"), encoding_named("Big5")
    ('gb18030', 'utf-8', 'big5hkscs')
    """
    try:
        codec = codecs.lookup(name).name
        "a".encode(codec).decode(codec)
    except (LookupError, ValueError) as error:
        raise InputError(f"{name!r} is no encoding of text: name one such as utf-8, gb18030, big5 or utf-16") from error
    return SUPERSETS.get(codec, codec)


@contextmanager
def stated(encoding: str | None) -> Iterator[None]:
    """Let text files be read in ``encoding``, as ``encoding_named`` returns it, whatever they look like."""
    token = _STATED.set(encoding)
    try:
        yield
    finally:
        _STATED.reset(token)


def stated_encoding() -> str | None:
    """Return the encoding that text files are in, where that is stated."""
    return _STATED.get()


def _as_stated(data: bytes, encoding: str, source: str, start: int, line: int) -> tuple[str, str]:
    """Return the text, and where its first damaged character is, which reads as U+FFFD; empty without any."""
    try:
        return data.decode(encoding).removeprefix("\ufeff"), ""
    except UnicodeDecodeError as error:
        text = _replaced(data, encoding).removeprefix("\ufeff")
        place = _place(data, error, start, line)
        if text.count(REPLACEMENT) > max(1, MAX_DAMAGE_SHARE * len(text)):
            raise SourceError(source, f"{place}; it is to be read as that") from error
        return text, place


def decode(data: bytes, source: str, report: Report = refuse) -> str:
    """Return the text of a file with every newline as it stands and without a byte order mark.

    Where a few bytes are damaged, each costs one character, which reads as U+FFFD, and ``report`` is told where.
    Raises ``SourceError`` as ``decode_part`` does, and for what holds no visible character or too many control
    characters to be text.
    """
    encoding = stated_encoding()
    try:
        text, where = _as_stated(data, encoding, source, 0, 1) if encoding else (decode_part(data, source), "")
        if where:
            count = text.count(REPLACEMENT)
            report(SourceError(source, f"{where}: {count} damaged character{'s' * (count > 1)} read as {REPLACEMENT}"))
    except SourceError as error:
        if encoding:
            raise
        if mixed := _mixed(data):
            text, other = mixed
            where = next((_place(data, one, 0, 1) for one in _errors(data, "utf-8")), error.reason)
            report(SourceError(source, f"{where}: lines of the file that are not read as {NAMES[other]}"))
            return text
        mended = _mended(data)
        if mended is None:
            raise
        text, count, encoding = mended
        stopped = () if _marked(data) else _errors(data, encoding)
        where = next((_place(data, one, 0, 1) for one in stopped), error.reason)
        report(SourceError(source, f"{where}: {count} damaged character{'s' * (count > 1)} read as {REPLACEMENT}"))
    if not text.strip().strip("\ufeff\u200b"):
        raise SourceError(source, "the file holds nothing but blanks")
    controls = len(CONTROL.findall(text))
    if controls > MAX_CONTROL_SHARE * len(text):
        raise SourceError(source, f"not a text file: {controls} of its {len(text)} characters are control characters")
    return text


def decode_part(data: bytes, source: str, start: int = 0, line: int = 1) -> str:
    """Return the text of a piece of a file that begins at byte ``start`` on ``line``.

    Accepted are UTF-8, UTF-16 and UTF-32, with a byte order mark or without; GB18030, Big5, EUC-KR and EUC-JP that read
    as the language they are for; and Windows-1252 that reads as English. Raises ``SourceError`` for anything else, with
    the byte position where one is known.
    """
    if name := stated_encoding():
        text, damaged = _as_stated(data, name, source, start, line)
        if damaged:
            raise SourceError(source, damaged)
        return text
    marked = _marked(data)
    if marked and not start:
        mark, encoding = marked
        try:
            return data[len(mark) :].decode(encoding)
        except UnicodeDecodeError as error:
            raise SourceError(source, _place(data, error, len(mark), line)) from error
    zero = data.find(0)
    try:
        text = data.decode("utf-8")
        if zero < 0:
            return text
    except UnicodeDecodeError as error:
        utf8, text = error, ""
    guessed = _guessed(data, WIDE if zero >= 0 else (*LEGACY, *WIDE))
    if guessed is not None:
        return guessed
    if zero >= 0 and data.count(0) <= MAX_CONTROL_SHARE * len(text):
        return text
    if zero >= 0:
        raise SourceError(source, f"not a text file: a NUL at byte {zero + start}, and it does not read as UTF-16")
    raise SourceError(source, _place(data, _furthest(data, utf8), start, line) + "; save it as UTF-8")


def decode_name(name: str) -> str:
    r"""Return a file's name, as ``printable`` gives it, in words: bytes of it that are no UTF-8 in what they read as.

    >>> decode_name(r"\udcca\udcd0\udcd5\udcfe"), decode_name(r"a\udcff\udcfe.b"), decode_name("报")
    ('市政', 'a\ufffd.b', '报')
    """
    data = ESCAPED.sub(lambda found: chr(int(found[1], 16)), name).encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(data, LEGACY) or re.sub(f"{REPLACEMENT}+", REPLACEMENT, data.decode("utf-8", "replace"))


def _marked(data: bytes) -> tuple[bytes, str] | None:
    return next(((mark, encoding) for mark, encoding in MARKS if data.startswith(mark)), None)


def _errors(data: bytes, encoding: str) -> Iterator[UnicodeDecodeError]:
    """Yield the error that stops decoding, if there is one."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        yield error


def _mended(data: bytes) -> tuple[str, int, str] | None:
    """Return a text in which damage reads as U+FFFD, how often, and its encoding; ``None`` if too much is damaged."""
    marked = _marked(data)
    if marked:
        mark, encoding = marked
        texts = [(encoding, _replaced(data[len(mark) :], encoding))]
    elif 0 in data:
        return None
    else:
        texts = [("utf-8", _replaced(data, "utf-8"))]
        texts += [(encoding, _mended_lines(data, encoding)) for encoding in ("gb18030", "big5hkscs")]
    found = [
        (text.count(REPLACEMENT), text, encoding)
        for encoding, text in texts
        if marked or encoding == "utf-8" or _legibility(text.replace(REPLACEMENT, ""), encoding) >= MIN_DAMAGED
    ]
    count, text, encoding = min(found, key=lambda one: one[0])
    little = count <= max(1, MAX_DAMAGE_SHARE * len(text)) and len(text) > MIN_CHARACTERS
    return (text, count, encoding) if little else None


def _replaced(data: bytes, encoding: str) -> str:
    """Decode with one U+FFFD for what is left of a character."""
    return re.sub(f"{REPLACEMENT}{{2,3}}", REPLACEMENT, data.decode(encoding, "replace"))


def _mended_lines(data: bytes, encoding: str) -> str:
    """Decode line by line, so that a byte that is lost or added does not shift the pairs of all that follow."""
    return "".join(_mended_line(line, encoding) for line in data.splitlines(keepends=True))


def _mended_line(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        if len(line) > MAX_MENDED:
            return _replaced(line, encoding)
        # The damage lies where the error shows, or before it: half a character shifts the pairs up to there.
        tried = list[tuple[int, int, int]]()
        for at, width in product(range(error.start + 1), (1, 2)):
            if min(line[at : at + width], default=0) < FIRST_OF_PAIR:  # a figure or a letter is whole
                continue
            try:
                parts = line[:at].decode(encoding), line[at + width :].decode(encoding)
            except UnicodeDecodeError:
                continue
            tried.append((sum(map(_weight, parts)), at, at + width))
        if not tried:
            return _replaced(line, encoding)
        best = max(tried)[0]
        starts, ends = zip(*((start, end) for weight, start, end in tried if weight == best), strict=True)
        # Where several places are as likely, none of the characters between is certain.
        return f"{line[: min(starts)].decode(encoding)}{REPLACEMENT}{line[max(ends) :].decode(encoding)}"


def _weight(text: str) -> int:
    """Return how much a piece of text reads like Chinese."""
    return round(sum(2 * _worth_in_chinese(character) for character in text if character > "\x7f"))


def _guessed(data: bytes, encodings: Sequence[str]) -> str | None:
    """Return what reads most like text of all that ``data`` decodes to."""
    best, found = MIN_LEGIBILITY, None
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if (legible := _legibility(text, encoding)) > best:
            best, found = legible, text
    return _english(data) if found is None else found


def is_latin(data: bytes) -> bool:
    """Whether bytes beyond ASCII stand alone between others, as those of Latin letters and marks do.

    >>> is_latin("It’s the café".encode("cp1252")), is_latin("图书馆".encode("gb18030"))
    (True, False)
    """
    runs = HIGH.findall(data[:SAMPLE])
    return sum(len(run) for run in runs if len(run) > 1) * 4 <= sum(map(len, runs))


def _english(data: bytes) -> str | None:
    """Return the text of Windows-1252 where it is English: a few quotes, dashes and accents among plain letters."""
    try:
        text = data.decode("cp1252") if is_latin(data) else ""
    except UnicodeDecodeError:
        return None
    high = [character for character in text if character > "\x7f"]
    plain = bool(high) and len(high) <= MAX_HIGH_SHARE * len(text) and not CONTROL.search(text)
    return text if plain and ENGLISH.issuperset(high) and not QUOTES.isdisjoint(high) else None


def _mixed(data: bytes) -> tuple[str, str] | None:
    """Return the text of a file of lines of UTF-8 and of another encoding, joined from several, and that encoding."""
    lines = data.splitlines(keepends=True)
    other = [line for line in lines if any(_errors(line, "utf-8"))]
    joint = b"".join(other)
    broken = joint.decode("utf-8", "replace")
    high = sum(character > "\x7f" for character in broken)
    if len(HIGH.findall(data)) == len(HIGH.findall(joint)) or broken.count(REPLACEMENT) * 2 < high or _marked(data):
        return None
    for encoding in ("gb18030", "big5hkscs"):
        if not any(_errors(joint, encoding)) and _legibility(joint.decode(encoding), encoding) >= MIN_DAMAGED:
            foreign = set(other)
            return "".join(line.decode(encoding if line in foreign else "utf-8") for line in lines), encoding
    return None


def _furthest(data: bytes, error: UnicodeDecodeError) -> UnicodeDecodeError:
    """Return the error of the encoding that makes sense of most of ``data``: where that fails, the damage is."""
    for encoding in ("gb18030", "big5hkscs"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError as other:
            before = data[: other.start].decode(encoding)
            if other.start > error.start and _legibility(before, encoding) > MIN_DAMAGED:
                error = other
    return error


def _place(data: bytes, error: UnicodeDecodeError, start: int, line: int) -> str:
    name = NAMES.get(error.encoding.lower(), error.encoding.upper())
    line += data.count(b"\n", 0, error.start)
    return f"not {name} at byte {error.start + start} (line {line}): {error.reason}"


def _legibility(text: str, encoding: str) -> float:
    """Return how much ``text`` reads like the language of its encoding, about 0 to 2; 3 if it is all ASCII.

    >>> _legibility("市人大常委会主任主持会议", "gb18030") > 1
    True
    >>> _legibility("Привет".encode("cp1251").decode("gb18030"), "gb18030") < MIN_LEGIBILITY
    True
    """
    text = text[:SAMPLE]
    foreign = [character for character in text if character > "\x7f"]
    if "\0" in text or not foreign:
        return 0.0 if CONTROL.search(text) else 3.0
    worth = _WORTH.get(encoding, _worth_in_chinese)
    return sum(map(worth, foreign)) / len(foreign)


def _worth_in_chinese(character: str) -> float:
    if character in COMMON:
        return 2
    if PUNCTUATION.match(character):
        return 1
    if not HAN.match(character):
        return -2
    return 1 if _is_level_1(character) else 0 if _is_level_2(character) else -0.5


def _worth_in_korean(character: str) -> float:
    if "\uac00" <= character <= "\ud7a3":
        return 2 if character in COMMON_HANGUL else 0.8
    return -0.5 if HAN.match(character) else PUNCTUATION.match(character) is not None


def _worth_in_japanese(character: str) -> float:
    if "\u3041" <= character <= "\u30fe":
        return 2.5 if character <= "\u309f" else 1.5
    return 0.5 if HAN.match(character) else 1 if PUNCTUATION.match(character) else -2


_WORTH = {"euc_kr": _worth_in_korean, "euc_jp": _worth_in_japanese}


def _is_level_2(character: str) -> bool:
    """Whether a character is one of the rarer half of GB 2312 or Big5, as many names are written with."""
    pair = character.encode("gb18030")
    return (len(pair) == 2 and pair[0] >= 0xD8 and pair[1] >= 0xA1) or len(character.encode("big5", "ignore")) == 2


def _is_level_1(character: str) -> bool:
    """Whether a character is among the 3,755 commonest of GB 2312 or the 5,401 of Big5."""
    simplified, traditional = character.encode("gb18030"), character.encode("big5", "replace")
    if len(simplified) == 2 and 0xB0 <= simplified[0] <= 0xD7 and simplified[1] >= 0xA1:
        return True
    return len(traditional) == 2 and 0xA4 <= traditional[0] <= 0xC6
