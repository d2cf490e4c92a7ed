"""Prints pages for tests: PDF files with a text layer, and pictures of pages."""

import ctypes
import io
from collections.abc import Iterable, Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageDraw, ImageFont

Words = tuple[float, float, float, str]
"""Left, baseline from the top, size and text, in points."""

WIDTH, HEIGHT = 595, 842
PIXELS = 2  # to a point


def pdf(pages: Iterable[Sequence[Words]], *, picture: Image.Image | None = None, turned: bool = False) -> bytes:
    """Return a PDF of A4 pages in Helvetica; ``picture`` is a last page.

    ``turned`` pages are A4 on its side: words are set sideways on sheets that are turned to the right when shown.
    """
    document = pypdfium2.PdfDocument.new()
    for page_words in pages:
        page = document.new_page(WIDTH, HEIGHT)
        font = pdfium.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
        for left, baseline, size, text in page_words:
            words = pdfium.FPDFPageObj_CreateTextObj(document.raw, font, size)
            encoded = (text + "\0").encode("utf-16-le")
            pdfium.FPDFText_SetText(words, ctypes.cast(ctypes.create_string_buffer(encoded), pdfium.FPDF_WIDESTRING))
            if turned:
                pdfium.FPDFPageObj_Transform(words, 0, 1, -1, 0, baseline, left)
            else:
                pdfium.FPDFPageObj_Transform(words, 1, 0, 0, 1, left, HEIGHT - baseline)
            pdfium.FPDFPage_InsertObject(page.raw, words)
        page.gen_content()
        if turned:
            page.set_rotation(90)
    if picture is not None:
        width, height = picture.width / PIXELS, picture.height / PIXELS
        page = document.new_page(width, height)
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=95)
        image = pypdfium2.PdfImage.new(document)
        image.load_jpeg(jpeg)
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        page.insert_obj(image)
        page.gen_content()
    data = io.BytesIO()
    document.save(data)
    document.close()
    return data.getvalue()


def picture(words: Iterable[Words], width: int, height: int) -> Image.Image:
    """Return a picture of words, in pixels, in the font that comes with Pillow."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for left, baseline, size, text in words:
        font = ImageFont.load_default(size * PIXELS)
        draw.text((left * PIXELS, baseline * PIXELS), text, fill="black", font=font, anchor="ls")
    return image


def columns(*texts: Sequence[str], top: float, left: float = 50, width: float = 250, size: float = 12) -> list[Words]:
    """Set columns beside each other line by line, as a text recogniser gives them: all first lines come first."""
    rows = max(map(len, texts))
    return [
        (left + column * width, top + row * size * 1.4, size, text[row])
        for row in range(rows)
        for column, text in enumerate(texts)
        if row < len(text)
    ]
