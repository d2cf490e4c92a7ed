"""A font for Chinese, Japanese and Korean PDFs that bring none, on systems that have none: an empty frame a character.

Where no font has a character, PDFium takes it to be of no size, and leaves out of the text what is of no width: every
character that is drawn by itself, and every column of vertical print. With a font, however empty, it finds them all
where the file has them. A font of the system is taken first.
"""

import ctypes
import struct
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pypdfium2.raw as pdfium

_CHARSETS: Final = frozenset(
    (
        pdfium.FXFONT_SHIFTJIS_CHARSET,
        pdfium.FXFONT_HANGEUL_CHARSET,
        pdfium.FXFONT_GB2312_CHARSET,
        pdfium.FXFONT_CHINESEBIG5_CHARSET,
    )
)
_EM, _ASCENT, _DESCENT, _EDGE = 1000, 880, -120, 40
_FACE: Final = b"frames\0"
_TABLE: Final = struct.Struct(">4sIII")


@cache
def supply() -> object:
    """Have PDFium use the font, in this process; return what must live as long as it does."""
    info = pdfium.FPDF_GetDefaultSystemFontInfo()
    if not info:
        return None
    kinds: dict[str, Any] = dict(pdfium.FPDF_SYSFONTINFO._fields_)

    def theirs(name: str) -> Callable[..., Any]:  # what stands there now, before ours takes its place
        address = ctypes.cast(getattr(info.contents, name), ctypes.c_void_p).value
        called: Callable[..., Any] = kinds[name](address)
        return called

    map_theirs = theirs("MapFont")
    font = ctypes.create_string_buffer(_font())
    handle = ctypes.addressof(font)

    def mapped(this: Any, weight: int, italic: int, charset: int, pitch: int, face: Any, exact: Any) -> int | None:
        found: int | None = map_theirs(this, weight, italic, charset, pitch, face, exact)
        return found or (handle if charset in _CHARSETS else None)

    def of_font(name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        """Answer for our font; theirs takes every font for one of its own, and reads what stands at its address."""
        of_theirs = theirs(name)
        return lambda this, asked, *rest: answer(*rest) if asked == handle else of_theirs(this, asked, *rest)

    functions = {
        "MapFont": mapped,
        "GetFontData": of_font("GetFontData", lambda table, *room: _copied(_table(font.raw[:-1], table), *room)),
        "GetFaceName": of_font("GetFaceName", lambda *room: _copied(_FACE, *room)),
        "GetFontCharset": of_font("GetFontCharset", lambda: pdfium.FXFONT_DEFAULT_CHARSET),
        "DeleteFont": of_font("DeleteFont", lambda: None),
    }
    ours = {name: kinds[name](function) for name, function in functions.items()}
    for name, one in ours.items():
        setattr(info.contents, name, one)
    pdfium.FPDF_SetSystemFontInfo(info)
    return info, font, ours


def _copied(data: bytes, buffer: Any, size: int) -> int:
    """Write ``data`` where PDFium wants it, if there is room, and return how long it is."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)


def _table(font: bytes, wanted: int) -> bytes:
    """Return a table of a font, by the number that its tag is, or the whole for 0."""
    if not wanted:
        return font
    for at in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], _TABLE.size):
        tag, _, offset, length = _TABLE.unpack_from(font, at)
        if int.from_bytes(tag, "big") == wanted:
            return font[offset : offset + length]
    return b""


def _font() -> bytes:
    """Return a TrueType font in which every character is a frame as high as the em and as wide, Latin ones half so."""
    wide, narrow = _frame(_EM), _frame(_EM // 2)
    groups = ((0x20, 0x24F, 2), (0x250, 0xFF60, 1), (0xFF61, 0xFFDC, 2), (0xFFDD, 0xFFFF, 1), (0x10000, 0x3FFFF, 1))
    mapping = b"".join(struct.pack(">3I", *group) for group in groups)
    tables = {
        b"OS/2": struct.pack(">HhHHH11h10s4I4s3H3h2H", 3, _EM, 400, 5, 0, *[0] * 11, bytes(10), *[0] * 4, b"none",
                             64, 32, 0xFFFF, _ASCENT, _DESCENT, 0, _ASCENT, -_DESCENT)
                 + struct.pack(">2I2h3H", 0, 0, 500, 700, 0, 32, 1),
        b"cmap": struct.pack(">4HI2H3I", 0, 1, 3, 10, 12, 13, 0, 16 + len(mapping), 0, len(groups)) + mapping,
        b"glyf": wide + narrow,
        b"head": struct.pack(">4I2H2q4h2H3h", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, _EM, 0, 0, 0, _DESCENT, _EM, _ASCENT,
                             0, 8, 2, 0, 0),
        b"hhea": struct.pack(">I3hH11hH", 0x10000, _ASCENT, _DESCENT, 0, _EM, 0, 0, _EM, 1, *[0] * 7, 3),
        b"hmtx": struct.pack(">HhHhHh", _EM, 0, _EM, 0, _EM // 2, 0),
        b"loca": struct.pack(">4H", 0, 0, len(wide) // 2, len(wide + narrow) // 2),
        b"maxp": struct.pack(">I14H", 0x10000, 3, 8, 2, 0, 0, 1, *[0] * 8),
        b"name": struct.pack(">3H", 0, 0, 6),
        b"post": struct.pack(">I2i2h4I", 0x30000, 0, 0, 0, 0, *[0] * 4),
    }  # fmt: skip
    head, body = struct.pack(">I4H", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128), b""
    for tag, table in sorted(tables.items()):
        table += bytes(-len(table) % 4)
        checked = sum(struct.unpack(f">{len(table) // 4}I", table)) & 0xFFFFFFFF
        head += _TABLE.pack(tag, checked, 12 + 16 * len(tables) + len(body), len(tables[tag]))
        body += table
    return head + body


def _frame(width: int) -> bytes:
    """Return a glyph: a frame of this width."""
    outer = ((0, _DESCENT), (0, _ASCENT), (width, _ASCENT), (width, _DESCENT))
    low, high = _DESCENT + _EDGE, _ASCENT - _EDGE
    inner = ((_EDGE, low), (width - _EDGE, low), (width - _EDGE, high), (_EDGE, high))
    points, (x, y) = list[tuple[int, int]](), (0, 0)
    for point in (*outer, *inner):
        points.append((point[0] - x, point[1] - y))
        x, y = point
    across, down = zip(*points, strict=True)
    glyph = struct.pack(">5h", 2, 0, _DESCENT, width, _ASCENT)
    return glyph + struct.pack(">3H8B8h8h", 3, 7, 0, *[1] * 8, *across, *down)
