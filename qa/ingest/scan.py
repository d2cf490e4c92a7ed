"""Scanned pages (PNG, JPEG, TIFF): one document a file, read by text recognition."""

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qa.errors import SourceError
from qa.ingest import ocr
from qa.ingest.dates import file_date
from qa.ingest.files import Report, read_file, refuse
from qa.ingest.layout import LAYOUT, Page, typeset
from qa.types import Document

MAX_PIXELS = 150_000_000  # a broadsheet at 400 dots per inch has 60 million
MAX_FRAMES = 500


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; its text is that of ``qa.ingest.layout``, with boxes in pixels.

    A TIFF may hold several pages; one that cannot be read goes to ``report``. Raises ``SourceError`` if the file is no
    picture, too large, or shows no text, and when the extra ``ocr`` is not installed.
    """
    file = read_file(path)
    try:
        text, layout = typeset(list(_pages(file.data, file.source, report)))
    except ocr.Unreadable as error:
        raise SourceError(file.source, str(error)) from error
    if not text.strip():
        raise SourceError(file.source, "no text was found in the picture")
    yield Document(
        file.id, file.source, file.path, file.sha256, text, date=file_date(file.stem), metadata={LAYOUT: layout}
    )


def _pages(data: bytes, source: str, report: Report) -> Iterator[Page]:
    ocr.require()
    from PIL import Image, ImageOps  # comes with the extra

    try:
        with warnings.catch_warnings(action="ignore"):  # what is wrong with a picture shows when it is decoded
            picture = Image.open(io.BytesIO(data))
            frames = getattr(picture, "n_frames", 1)
    except Exception as error:  # Pillow's decoders trip over damage in many ways
        raise SourceError(source, f"not a readable picture: {error}") from error
    for number in range(1, min(frames, MAX_FRAMES) + 1):
        try:
            with warnings.catch_warnings(action="ignore"):
                picture.seek(number - 1)
                small = picture.width * picture.height <= MAX_PIXELS
                pixels = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))[:, :, ::-1] if small else None
        except Exception as error:
            report(SourceError(source, f"page {number}: not readable: {error}"))
            continue
        if pixels is None:
            report(SourceError(source, f"page {number}: more than {MAX_PIXELS // 1_000_000} million pixels"))
            continue
        yield Page(number, pixels.shape[1], pixels.shape[0], ocr.recognise(pixels))
