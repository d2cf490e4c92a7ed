"""The page of a file as a picture: of a PDF as it prints, of a scan itself, of ALTO and hOCR the scan that they name.

A scan that a file names is looked for in the folder of the file and below, under that name or as another kind of
picture; no other file of the system is opened.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

import pypdfium2

from qa.errors import SourceError
from qa.ingest import alto, hocr, mets, pdf, scan
from qa.ingest.files import SourceFile, display_name, printable, read_file, suffix
from qa.ingest.xml_tree import local, parse

if TYPE_CHECKING:
    from PIL import Image

MIN_SIDE, MAX_SIDE = 100, 4000
"""Pixels of the longer side."""
MAX_NAME = 200
PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".jp2", ".webp", ".gif", ".bmp")


def picture(path: Path, sha256: str, number: int, side: int) -> bytes:
    """Return page ``number`` of a file as PNG, its longer side at most ``side`` pixels.

    Raises ``SourceError`` if the file is not the one of this hash any more, or there is no picture of the page.
    """
    file = read_file(path)
    root = parse(file.data, file.source) if suffix(path) == ".xml" else None
    is_mets = root is not None and local(root) == "mets"
    if (mets.fingerprint(root, file) if is_mets else file.sha256) != sha256:
        raise SourceError(file.source, "has changed since it was ingested: ingest it again")
    draw = _DRAWN.get(suffix(path))
    if draw is None:
        raise SourceError(file.source, f"a {suffix(path) or 'nameless'} file has no pages to show")
    return _png(draw(file, number, side))


def _png(shown: "Image.Image") -> bytes:
    channels = shown.convert("RGB").split()
    if all(channel.tobytes() == channels[0].tobytes() for channel in channels[1:]):
        shown = channels[0]  # print without colour takes a third
    data = io.BytesIO()
    shown.save(data, "PNG")
    return data.getvalue()


def _pdf(file: SourceFile, number: int, side: int) -> "Image.Image":
    opened = pdf.opened(file)
    try:
        if not 1 <= number <= len(opened):
            raise _missing(file, number)
        page = opened[number - 1]
        longest = max(*page.get_size(), 1.0)
        drawn: Image.Image = page.render(scale=side / longest, may_draw_forms=False).to_pil()
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise SourceError(file.source, f"page {number}: cannot be drawn: {error}") from error
    else:
        return drawn.convert("RGB")
    finally:
        opened.close()


def _scan(file: SourceFile, number: int, side: int) -> "Image.Image":
    if number < 1:
        raise _missing(file, number)
    return scan.frame(file.data, file.source, number, side)


def _recognised(file: SourceFile, number: int, side: int) -> "Image.Image":
    if not hocr.is_hocr(Path(file.path)):
        raise SourceError(file.source, "a web page has no pages to show")
    name = next((page.picture for page in hocr.pages(file, lambda error: None) if page.number == number), None)
    if name is None:
        raise _missing(file, number)
    return _beside(mets.Scan(Path(file.path), name, ()), Path(file.path).parent, number, side)


def _xml(file: SourceFile, number: int, side: int) -> "Image.Image":
    root, path = parse(file.data, file.source), Path(file.path)
    if local(root) == "mets":
        found = mets.scan_of(root, file, number)
    elif local(root) == "alto":
        name = next((page.picture for page in alto.pages(root) if page.number == number), None)
        found = None if name is None else mets.Scan(path, name, ())
    else:
        raise SourceError(file.source, "a text without pages to show")
    if found is None:
        raise _missing(file, number)
    return _beside(found, path.parent, number, side)


def _missing(file: SourceFile, number: int) -> SourceError:
    return SourceError(file.source, f"has no page {number}")


def _beside(found: mets.Scan, folder: Path, number: int, side: int) -> "Image.Image":
    """Return the scan of a page, which lies in ``folder`` or below."""
    home = folder.resolve()
    for path in (*found.pictures, *_candidates(found)):
        if path.suffix.lower() in PICTURES and path.resolve().is_relative_to(home) and path.is_file():
            scanned = read_file(path)
            return scan.frame(scanned.data, scanned.source, number, side)
    named = PureWindowsPath(found.named).name
    reason = f"its picture {named} is not in its folder" if named else "it names no picture, and none has its name"
    raise SourceError(display_name(found.page_file), reason)


def _candidates(found: mets.Scan) -> Iterator[Path]:
    """Yield where a picture may lie: as it is named, by its name alone, and under the page file's name."""
    beside = found.page_file.parent
    plain = printable(found.named).removeprefix("file://").replace("\\", "/").lstrip("/")
    for name in dict.fromkeys((plain, plain.rpartition("/")[2], found.page_file.stem)):
        if name.strip("./") and "\0" not in name and len(name) < MAX_NAME:
            yield beside / name
            yield from ((beside / name).with_suffix(kind) for kind in PICTURES)


_DRAWN: Mapping[str, Callable[[SourceFile, int, int], "Image.Image"]] = {
    ".pdf": _pdf,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff"), _scan),
    **dict.fromkeys((".hocr", ".html", ".htm", ".xhtml"), _recognised),
    ".xml": _xml,
}
