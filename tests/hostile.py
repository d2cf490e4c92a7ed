"""Small files that make libraries work without end or take all memory, one function each."""

import io
import zipfile

from PIL import Image

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/d.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="d.xml"/>'
    "</Relationships>"
)


def word(body: str) -> bytes:
    """Return a Word file with the XML of its body."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("[Content_Types].xml", _TYPES)
        packed.writestr("_rels/.rels", _RELATIONS)
        packed.writestr("d.xml", f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>')
    return data.getvalue()


def wide_cell(columns: int = 10**9) -> bytes:
    """Return a Word file of under a kilobyte with a table cell that says it is as wide as so many columns."""
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/></w:tcPr><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>'
    return word(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")


def empty_paragraphs(number: int = 2_000_000) -> bytes:
    """Return a Word file of some 20 kB that is all empty paragraphs."""
    return word("<w:p/>" * number + "<w:p><w:r><w:t>甲</w:t></w:r></w:p>")


def endless_page(points: int = 2_000_000) -> bytes:
    """Return a PDF of under a kilobyte: a page of so many points, with a picture of one pixel on all of it."""
    draw = b"q %d 0 0 %d 0 0 cm /I Do Q" % (points, points)
    dot = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
        % (points, points),
        b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw),
        dot + b"stream\n\x80\nendstream",
    ]
    data = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%sendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(data + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def vast_picture(side: int = 12_000) -> bytes:
    """Return a PNG of some 150 kB that shows a hundred million pixels of grey."""
    data = io.BytesIO()
    Image.new("L", (side, side), 200).save(data, "PNG", compress_level=9)
    return data.getvalue()


def long_page(size: int = 16 << 20) -> bytes:
    """Return so many bytes of HTML that is deep, wide and full of words."""
    part = "<div><p>昨日任命<b>张三</b>为<a href='#'>局长</a>。<ul><li>一<li>二</ul></div>\n"
    return ("<html><body>" + part * ((size - 100) // len(part.encode()))).encode()
