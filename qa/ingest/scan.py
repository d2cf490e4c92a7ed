"""Scanned pages (PNG, JPEG, TIFF): one document a file, read by text recognition."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.errors import SourceError
from qa.ingest import ocr
from qa.ingest.dates import file_date
from qa.ingest.files import Report, read_file, refuse
from qa.ingest.layout import Page, typeset
from qa.types import Document

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 150_000_000  # a broadsheet at 400 dots per inch has 60 million
UNSUSPICIOUS = 20_000_000  # pixels
MAX_FRAMES = 500
FORMATS = ("PNG", "JPEG", "TIFF", "JPEG2000", "WEBP", "GIF", "BMP")  # none that a program of another is started for
BOX = 4  # Pillow's number for the mean of what a pixel stands for


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; its text is that of ``qa.ingest.layout``, with boxes in pixels.

    A TIFF may hold several pages; one that cannot be read goes to ``report``. Raises ``SourceError`` if the file is no
    picture, too large, or shows no text, and when the extra ``ocr`` is not installed.
    """
    file = read_file(path)
    try:
        text, pages = typeset(list(_pages(file.data, file.source, report)))
    except ocr.Unreadable as error:
        raise SourceError(file.source, str(error)) from error
    if not text.strip():
        raise SourceError(file.source, "no text was found in the picture")
    yield Document(file.id, file.source, file.path, file.sha256, text, date=file_date(file.stem), pages=pages)


def _pages(data: bytes, source: str, report: Report) -> Iterator[Page]:
    ocr.require()
    picture = _opened(data, source)
    for number in range(1, _frames(picture) + 1):
        try:
            upright, shrunk = _frame(picture, data, source, number, ocr.MAX_SIDE)
            pixels = np.asarray(upright.convert("RGB"))[:, :, ::-1]
        except SourceError as error:
            report(error)
            continue
        height, width, _ = pixels.shape
        lines = [replace(line, box=line.box.scaled(shrunk)) for line in ocr.recognise(pixels)]
        yield Page(number, round(width * shrunk), round(height * shrunk), lines)


def frame(data: bytes, source: str, number: int, side: int) -> "Image.Image":
    """Return a page of a scan as it is looked at, its longer side at most ``side`` pixels; the only one, if it is one.

    Raises ``SourceError`` if there is no such page, it is too large, or cannot be read.
    """
    picture = _opened(data, source)
    count = _frames(picture)
    if count > 1 and number > count:
        raise SourceError(source, f"has no page {number}")
    return _frame(picture, data, source, number if count > 1 else 1, side)[0]


def _opened(data: bytes, source: str) -> "Image.Image":
    from PIL import Image  # imported where a picture is read: few archives have any

    try:
        with warnings.catch_warnings(action="ignore"):  # what is wrong with a picture shows when it is decoded
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # Pillow's decoders trip over damage in many ways
        raise SourceError(source, f"not a readable picture: {error}") from error


def _frames(picture: "Image.Image") -> int:
    with warnings.catch_warnings(action="ignore"):
        return min(getattr(picture, "n_frames", 1), MAX_FRAMES)


def _frame(picture: "Image.Image", data: bytes, source: str, number: int, side: int) -> tuple["Image.Image", float]:
    """Return a page upright, its longer side at most ``side``, and how many of its pixels one of them stands for."""
    from PIL import ImageOps

    try:
        with warnings.catch_warnings(action="ignore"):
            picture.seek(number - 1)
            refused = _too_large(picture.width * picture.height, len(data))
            if not refused:
                upright = ImageOps.exif_transpose(_shrunk(picture, side))
                upright.load()
                return upright, max(picture.size) / max(upright.size)
    except MemoryError:
        raise
    except Exception as error:
        raise SourceError(source, f"page {number}: not readable: {error or type(error).__name__}") from error
    raise SourceError(source, f"page {number}: {refused}")


def _too_large(pixels: int, size: int) -> str | None:
    """Return what is wrong with a picture of so many pixels in a file of so many bytes."""
    if pixels > MAX_PIXELS:
        return f"more than {MAX_PIXELS // 1_000_000} million pixels"
    if pixels > UNSUSPICIOUS and pixels > ocr.MAX_RATIO * size:
        return f"{pixels // 1_000_000} million pixels from {size:,} bytes: blank, or no scan"
    return None


def _shrunk(picture: "Image.Image", side: int) -> "Image.Image":
    """Return a picture whose longer side is at most ``side``; one that is larger is not kept in colour meanwhile."""
    if max(picture.size) <= side:
        return picture
    factor = side / max(picture.size)
    width, height = (max(1, round(side * factor)) for side in picture.size)
    exif = picture.getexif()
    grey = picture.convert("L") if picture.mode == "1" else picture
    plain = grey if grey.mode in ("L", "RGB") else grey.convert("RGB")
    small = plain.resize((width, height), BOX)
    small.info["exif"] = exif.tobytes()
    return small
