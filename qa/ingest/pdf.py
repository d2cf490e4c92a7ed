"""PDF: one document a file, from the text layer; pages that are only pictures go through text recognition."""

import ctypes
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pypdfium2
import pypdfium2.raw as pdfium

from qa.errors import SourceError
from qa.ingest import missing_fonts, ocr, vertical
from qa.ingest.dates import file_date
from qa.ingest.direction import PrintedLine
from qa.ingest.files import Report, SourceFile, read_file, refuse
from qa.ingest.layout import Page, typeset
from qa.ingest.reading_order import Box
from qa.ingest.steps import step
from qa.types import Document

MAX_PAGES = 5000
MIN_CHARACTERS = 10  # of a page that has a text layer: a page number stamped on a scan makes none
MAX_UNMAPPED_SHARE = 0.2
MIN_ALONE, MAX_ALONE_SHARE = 20, 0.5  # letters of a page that stand alone: more are in an order that is not told
MAX_WORD_GAP = 1.5  # heights of a line; what is further apart stands in two columns
RESOLUTION = 200  # dots per inch that a scanned page is recognised at
POINTS_PER_INCH = 72
DEVICE = 1 << 20  # pixels a side of the imagined screen on which the library tells where a point is shown
MIN_PIXELS = 1_000_000  # of a page, however small its file is
SOFT_HYPHEN = "\u00ad"
HYPHENS = ("\x02", "\ufffe")  # what PDFium makes of a hyphen that ends a line


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; its text is that of ``qa.ingest.layout``, with boxes in points.

    A page that cannot be read goes to ``report``. Raises ``SourceError`` if the file is damaged, protected by a
    password, or has no page with text.
    """
    file = read_file(path)
    pdf = opened(file)
    try:
        if len(pdf) > MAX_PAGES:
            raise SourceError(file.source, f"{len(pdf)} pages, more than {MAX_PAGES}: split it")
        text, pages = typeset(list(_pages(pdf, file, report)))
        title = pdf.get_metadata_value("Title").strip()
    finally:
        pdf.close()
    if not text.strip():
        raise SourceError(file.source, "no page with text")
    printed = title if title and title in text else None  # often it is the name of a file, or of a template
    date = file_date(file.stem)
    yield Document(file.id, file.source, file.path, file.sha256, text, printed, date, pages=pages)


def opened(file: SourceFile) -> pypdfium2.PdfDocument:
    """Open a file; raise ``SourceError`` if it is damaged or protected by a password."""
    missing_fonts.supply()
    try:
        return pypdfium2.PdfDocument(file.data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        why = "protected by a password: save a copy without one" if locked else f"not a readable PDF: {error}"
        raise SourceError(file.source, why) from error


def _pages(pdf: pypdfium2.PdfDocument, file: SourceFile, report: Report) -> Iterator[Page]:
    for index in range(len(pdf)):
        try:
            yield _page(pdf, index, len(file.data))
            step()
        except (pypdfium2.PdfiumError, ocr.Unreadable) as error:
            report(SourceError(file.source, f"page {index + 1}: {error}"))


def _page(pdf: pypdfium2.PdfDocument, index: int, size: int) -> Page:
    page = pdf[index]
    try:
        width, height = page.get_size()
        lines = _lines(page, width, height)
        if sum(len(line.text) for line in lines) < MIN_CHARACTERS and _shows_a_picture(page):
            scale = _scale(width, height, size)
            found = ocr.recognise(
                page.render(scale=scale, may_draw_forms=False, rev_byteorder=False).to_numpy()[:, :, :3]
            )
            lines = [replace(line, box=line.box.scaled(1 / scale)) for line in found]
        if _is_salad(lines):
            raise ocr.Unreadable("its letters stand in no lines or columns that could be told, so it is not read")
        return Page(index + 1, width, height, lines)
    finally:
        page.close()


def _scale(width: float, height: float, size: int) -> float:
    """Return how many pixels a point is recognised in, of a page in a file of ``size`` bytes.

    Nothing finer than ``ocr.MAX_SIDE`` is recognised, and a small file may say that its page is a mile wide.
    """
    most = max(MIN_PIXELS, ocr.MAX_RATIO * size)
    return min(
        RESOLUTION / POINTS_PER_INCH,
        ocr.MAX_SIDE / max(width, height, 1),
        math.sqrt(most / max(width * height, 1)),
    )


def _lines(page: pypdfium2.PdfPage, width: float, height: float) -> list[PrintedLine]:
    """Return the lines and columns of characters that stand together; none if what they mean is not told."""
    textpage = page.get_textpage()
    try:
        characters = list(_characters(textpage, _Upright.of(page, width, height)))
    finally:
        textpage.close()
    printed = [(character, box) for character, box in characters if box is not None]
    unmapped = [_is_unmapped(character) for character, _ in printed]
    if sum(unmapped) > MAX_UNMAPPED_SHARE * len(printed):
        return []
    directions = vertical.is_vertical(printed)
    upright, leftwards = iter(directions), 2 * sum(directions) > len(directions)
    runs, standing = list[list[vertical.Cell]]([[]]), list[vertical.Cell]()
    for character, box in characters:
        if box is None:
            runs += [[]] if character == "\n" else []
            if character != "\n" and runs[-1]:
                runs[-1].append((" ", runs[-1][-1][1]))
            continue
        stands = next(upright)
        if _is_unmapped(character):
            continue
        if stands:
            standing.append((character, box))
            runs.append([])
            continue
        if leftwards and _goes_left(runs[-1], box):
            pass  # across columns, old print runs from right to left as well
        elif runs[-1] and (_is_apart(runs[-1][-1][1], box) or _is_leftward(runs[-1])):
            runs.append([])
        runs[-1].append((character, box))
    lines = [_line(run) for run in runs if any(not character.isspace() for character, _ in run)]
    return lines + [_column(column) for column in (vertical.columns(standing) if standing else ())]


def _is_unmapped(character: str) -> bool:
    return character in "\0\ufffd" or "\ue000" <= character <= "\uf8ff"


def _column(column: list[vertical.Cell]) -> PrintedLine:
    text, limits = vertical.with_blanks(column)
    return PrintedLine(text, _around([box for _, box in column]), limits, vertical=True)


def _around(boxes: Sequence[Box]) -> Box:
    edges = min(box.left for box in boxes), min(box.top for box in boxes)
    return Box(*edges, max(box.right for box in boxes), max(box.bottom for box in boxes))


def _goes_left(run: Sequence[vertical.Cell], box: Box) -> bool:
    """Whether a character stands right to the left of a run that is one character, or goes to the left itself."""
    if not run or (len(run) > 1 and not _is_leftward(run)):
        return False
    before = run[-1][1]
    level = abs(before.top - box.top) <= vertical.ASIDE * before.height
    return level and abs(before.left - box.right) <= vertical.ASIDE * before.width and box.left < before.left


def _is_leftward(run: Sequence[vertical.Cell]) -> bool:
    return len(run) > 1 and run[-1][1].left < run[0][1].left


def _is_salad(lines: Sequence[PrintedLine]) -> bool:
    """Whether most letters of a page stand alone: there is no telling then which ones belong together."""
    alone = sum(len(line.text) == 1 and line.text.isalpha() for line in lines)
    return alone >= MIN_ALONE and alone > MAX_ALONE_SHARE * sum(len(line.text) for line in lines)


@dataclass(frozen=True, slots=True)
class _Upright:
    """How places in a page's own space become places on the page as it is shown: cropped, turned, from the top."""

    origin: tuple[float, float]
    right: tuple[float, float]
    up: tuple[float, float]

    @classmethod
    def of(cls, page: pypdfium2.PdfPage, width: float, height: float) -> Self:
        """Ask the library where three points come out."""
        across, down, far = width / DEVICE, height / DEVICE, max(width, height, 1e-6)
        shown = []
        for x, y in ((0, 0), (far, 0), (0, far)):
            left, top = ctypes.c_int(), ctypes.c_int()
            pdfium.FPDF_PageToDevice(page.raw, 0, 0, DEVICE, DEVICE, 0, x, y, left, top)
            shown.append((left.value * across, top.value * down))
        (x, y), (rx, ry), (ux, uy) = shown
        return cls((x, y), ((rx - x) / far, (ry - y) / far), ((ux - x) / far, (uy - y) / far))

    def box(self, rect: pdfium.FS_RECTF) -> Box:
        """Return where a rectangle is shown."""
        (x, y), (rx, ry), (ux, uy) = self.origin, self.right, self.up
        across = sorted((x + rx * at + ux * up) for at, up in ((rect.left, rect.bottom), (rect.right, rect.top)))
        down = sorted((y + ry * at + uy * up) for at, up in ((rect.left, rect.bottom), (rect.right, rect.top)))
        return Box(across[0], down[0], across[1], down[1])


def _characters(textpage: pypdfium2.PdfTextPage, upright: _Upright) -> Iterator[tuple[str, Box | None]]:
    """Yield each character with its box, ``None`` for blanks and line ends, whose boxes PDFium makes up."""
    rect, high = pdfium.FS_RECTF(), ""
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage.raw, index)
        character = chr(code) if code <= 0x10FFFF else "\ufffd"
        if 0xD800 <= code < 0xDC00:
            high = character
            continue
        if 0xDC00 <= code < 0xE000:
            paired = (high + character).encode("utf-16", "surrogatepass") if high else b""
            character = paired.decode("utf-16") if paired else "\ufffd"
        high = ""
        if character in "\r\n":
            yield "\n", None
        elif character.isspace() or not pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, rect):
            yield " ", None
        else:
            yield SOFT_HYPHEN if character in HYPHENS else character, upright.box(rect)


def _is_apart(before: Box, after: Box) -> bool:
    """Whether a character starts a new run: on another line, to the left, or too far to the right."""
    lower = min(before.bottom, after.bottom) - max(before.top, after.top) < 0.3 * min(before.height, after.height)
    back = after.left < before.left - 0.5 * before.height
    return lower or back or after.left - before.right > MAX_WORD_GAP * max(before.height, after.height)


def _line(run: list[tuple[str, Box]]) -> PrintedLine:
    while run[-1][0] == " ":
        run = run[:-1]
    if _is_leftward(run):
        boxes = [box for _, box in run]
        limits = [*(box.right for box in boxes), boxes[-1].left]
        return PrintedLine("".join(character for character, _ in run), _around(boxes), tuple(limits))
    # A blank reaches from the character before it to the one after: the box that it has here is that of the first.
    limits = [before.right if character == " " else before.left for character, before in run]
    return PrintedLine(
        "".join(character for character, _ in run),
        _around([box for character, box in run if character != " "]),
        (*limits, run[-1][1].right),
    )


def _shows_a_picture(page: pypdfium2.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM]))
