"""Word files from raw XML, for what python-docx cannot write."""

import io
import zipfile
from collections.abc import Mapping

SPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    }.items()
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="新闻标题"/>'
    '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="a4"><w:name w:val="小"/><w:basedOn w:val="a3"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="h8"><w:name w:val="标题 8"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="unseen"><w:name w:val="隐"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="gone"><w:name w:val="删"/><w:rPr><w:strike/></w:rPr></w:style>'
)


def element(name: str, inner: str) -> str:
    return f"<w:{name} {SPACES}>{inner}</w:{name}>"


def word(body: str, parts: Mapping[str, str] | None = None, relations: str = "") -> bytes:
    """A file with this body; ``parts`` are roots with their words, each related by its name without its number."""
    stored = {"styles": element("styles", STYLES), **(parts or {})}
    related = "".join(
        f'<Relationship Id="{name}" Type="{TYPES}/{name.rstrip("0123456789")}" Target="{name}.xml"/>' for name in stored
    )
    files = {
        "_rels/.rels": f'<Relationship Id="r" Type="{TYPES}/officeDocument" Target="word/document.xml"/>',
        "word/_rels/document.xml.rels": related + relations,
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, inner in files.items():
            packed.writestr(name, f'<Relationships xmlns="{RELATIONS}">{inner}</Relationships>')
        packed.writestr("word/document.xml", element("document", f"<w:body>{body}</w:body>"))
        for name, root in stored.items():
            packed.writestr(f"word/{name}.xml", root)
    return data.getvalue()


def run(words: str, properties: str = "") -> str:
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{words}</w:t></w:r>'


def ins(inner: str) -> str:
    return f'<w:ins w:id="1" w:author="编辑">{inner}</w:ins>'


def deleted(words: str) -> str:
    return f'<w:del w:id="2" w:author="编辑"><w:r><w:delText xml:space="preserve">{words}</w:delText></w:r></w:del>'


def paragraph(*inner: str, mark: str = "", style: str = "", properties: str = "") -> str:
    """A paragraph of runs, or of plain words; ``mark`` is what happened to its end (``del``, ``ins``, …)."""
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    changed = f'<w:rPr><w:{mark} w:id="3" w:author="编辑"/></w:rPr>' if mark else ""
    runs = "".join(one if one.startswith("<") else run(one) for one in inner)
    return f"<w:p><w:pPr>{style}{properties}{changed}</w:pPr>{runs}</w:p>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def cell(*blocks: str, properties: str = "") -> str:
    inner = "".join(one if one.startswith("<") else paragraph(one) for one in blocks)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def text_box(*blocks: str, old: str = "") -> str:
    """A run that anchors a box, as Word writes it: twice, ``old`` being what the version for older programs says."""
    content = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    before = f"<w:txbxContent>{old or ''.join(blocks)}</w:txbxContent>"
    drawn = f"<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp>"
    drawn += "</a:graphicData></a:graphic></wp:anchor></w:drawing>"
    pict = f"<w:pict><v:shape><v:textbox>{before}</v:textbox></v:shape></w:pict>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawn}</mc:Choice>'
        f"<mc:Fallback>{pict}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def control(inner: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def field_of(result: str, code: str = "HYPERLINK") -> str:
    marks = {kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")}
    return f"{marks['begin']}<w:r><w:instrText>{code}</w:instrText></w:r>{marks['separate']}{result}{marks['end']}"


def note_mark(identifier: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{identifier}"/></w:r>'


def notes(kind: str, *inner: str) -> str:
    separator = f'<w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
    numbered = (f'<w:{kind} w:id="{number}">{one}</w:{kind}>' for number, one in enumerate(inner, 1))
    return element(f"{kind}s", separator + "".join(numbered))


def section(*edges: tuple[str, str, str], title_page: bool = False) -> str:
    """The properties of a section; each edge is header or footer, its type, and the name of its part."""
    names = "".join(f'<w:{where}Reference w:type="{kind}" r:id="{part}"/>' for where, kind, part in edges)
    return f"<w:sectPr>{names}{'<w:titlePg/>' if title_page else ''}</w:sectPr>"
