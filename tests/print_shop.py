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


def hanzi_pdf(pages: Iterable[Sequence[Words]], *, columns: bool = False) -> bytes:
    """Return a PDF of A4 pages in a Chinese font that it does not bring, as many papers' are.

    ``columns`` run down from the place given, by the font's own writing mode; else words run to the right from it.
    """
    encoding = b"UniGB-UCS2-V" if columns else b"UniGB-UCS2-H"
    system = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 0>>"
    metrics = b"/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 752/Descent -271/CapHeight 737/StemV 58"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/%s/DescendantFonts[4 0 R]>>" % encoding,
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/W[1 95 500]/FontDescriptor 5 0 R%s>>"
        % system,
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6%s>>" % metrics,
    ]
    kids = list[bytes]()
    for words in pages:
        drawn = b"\n".join(
            b"BT /F %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET"
            % (size, left, HEIGHT - baseline, text.encode("utf-16-be").hex().encode())
            for left, baseline, size, text in words
        )
        number = len(objects) + 1
        kids.append(b"%d 0 R" % number)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>"
            % (WIDTH, HEIGHT, number + 1),
            b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        ]
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    data, places = b"%PDF-1.4\n", list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    entries = (len(objects) + 1, table, len(objects) + 1, len(data))
    return (
        data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % entries
    )
