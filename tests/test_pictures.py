"""Pictures of pages: those of the file that was ingested, in the frame that boxes are given in, or a reason why not."""

import io
import os
import signal
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from qa.errors import SourceError
from qa.ingest import apart, fingerprint, load, picture_apart
from qa.ingest.pictures import picture
from qa.pages import PageBox, boxes_of
from tests.print_shop import HEIGHT, WIDTH, pdf

SIZE = (300, 400)
WORD = (100, 50, 180, 90)
"""Where the one word of a page is printed in black, in pixels of a page of ``SIZE``."""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def shown(path: str, number: int = 1, side: int = 400) -> Image.Image:
    sha256 = fingerprint(Path(path))
    assert sha256 is not None
    return Image.open(io.BytesIO(picture(Path(path), sha256, number, side)))


def scan(name: str, *, size: tuple[int, int] = SIZE) -> None:
    page = Image.new("L", size, 255)
    ImageDraw.Draw(page).rectangle(WORD, fill=0)
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    page.save(name)


def black(image: Image.Image, box: PageBox) -> float:
    """Return the share of the black of a picture that is inside a box."""
    ink = np.asarray(image.convert("L")) < 128
    height, width = ink.shape
    left, right = round(box.x * width), round((box.x + box.width) * width)
    top, bottom = round(box.y * height), round((box.y + box.height) * height)
    return float(ink[top:bottom, left:right].sum() / ink.sum())


def alto(*, named: str = "", word: str = "渡口新桥") -> str:
    left, top, right, bottom = WORD
    name = f"<sourceImageInformation><fileName>{named}</fileName></sourceImageInformation>" if named else ""
    return (
        f"<alto><Description>{name}</Description><Layout>"
        f'<Page WIDTH="{SIZE[0]}" HEIGHT="{SIZE[1]}"><TextBlock><TextLine>'
        f'<String CONTENT="{word}" HPOS="{left}" VPOS="{top}" WIDTH="{right - left}" HEIGHT="{bottom - top}"/>'
        "</TextLine></TextBlock></Page></Layout></alto>"
    )


def hocr(named: str) -> str:
    left, top, right, bottom = WORD
    return (
        f"<html><body><div class='ocr_page' title='image \"{named}\"; bbox 0 0 {SIZE[0]} {SIZE[1]}'>"
        f"<span class='ocr_line' title='bbox {left} {top} {right} {bottom}'>渡口新桥</span></div></body></html>"
    )


def boxes(path: str) -> tuple[PageBox, ...]:
    (document,) = load(Path(path))
    return boxes_of(document.pages, 0, len(document.text))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("side", [200, 900])
def test_the_words_of_a_pdf_are_inside_their_boxes(turned: bool, side: int) -> None:
    Path("page.pdf").write_bytes(pdf([[(100, 200, 30, "Bridge")]], turned=turned))
    (box,) = boxes("page.pdf")
    image = shown("page.pdf", side=side)
    assert max(image.size) == side
    assert image.size[0] / image.size[1] == pytest.approx(HEIGHT / WIDTH if turned else WIDTH / HEIGHT, abs=0.01)
    assert black(image, box) > 0.97
    assert box.width * box.height < 0.02


@pytest.mark.parametrize(
    ("source", "content", "picture_file"),
    [
        ("p.xml", alto(named="scan.png"), "scan.png"),
        ("p.xml", alto(named="images\\scan.png"), "images/scan.png"),
        ("p.xml", alto(named="D:\\scans\\scan.tif"), "scan.jpg"),
        ("p.xml", alto(), "p.png"),
        ("p.hocr", hocr("scan.png"), "scan.png"),
        ("p.html", hocr("/tmp/x/scan.png"), "scan.png"),
    ],
)
def test_the_scan_that_a_file_names_is_shown(source: str, content: str, picture_file: str) -> None:
    Path(source).write_text(content, "utf-8")
    scan(picture_file)
    (box,) = boxes(source)
    assert black(shown(source), box) > 0.95
    assert shown(source, side=200).size == (150, 200)


def test_the_page_of_an_issue_is_shown_by_the_picture_that_mets_has_for_it() -> None:
    files = {"A1": "alto/1.xml", "A2": "alto/2.xml", "I1": "images/1.png", "I2": "images/2.png"}
    for number in "12":
        scan(f"issue/images/{number}.png", size=(SIZE[0] + int(number), SIZE[1]))
        Path("issue/alto").mkdir(exist_ok=True)
        Path(f"issue/alto/{number}.xml").write_text(alto(word=f"第{number}版"), "utf-8")
    flocat = '<file ID="{}"><FLocat xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{}"/></file>'
    divs = "".join(f'<div ORDER="{n}"><fptr FILEID="I{n}"/><fptr FILEID="A{n}"/></div>' for n in "12")
    Path("issue/mets.xml").write_text(
        f"<mets><fileSec>{''.join(flocat.format(*each) for each in files.items())}</fileSec>"
        f'<structMap TYPE="PHYSICAL"><div>{divs}</div></structMap></mets>',
        "utf-8",
    )
    found = {document.text: document.pages[0].number for document in load(Path("issue/mets.xml"))}
    assert found == {"第1版": 1, "第2版": 2}
    assert [shown("issue/mets.xml", number).size[0] for number in (1, 2)] == [301, 302]
    with pytest.raises(SourceError, match="has no page 3"):
        shown("issue/mets.xml", 3)


def test_a_scan_is_shown_as_it_is_looked_at() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 60), "red").save("photo.jpg", exif=turned)
    image = shown("photo.jpg")
    assert (image.size, image.mode) == ((60, 40), "RGB")
    frames = [Image.new("L", (40, 60)), Image.new("L", (70, 80))]
    frames[0].save("two.tif", save_all=True, append_images=frames[1:])
    assert [shown("two.tif", number).size for number in (1, 2)] == [(40, 60), (70, 80)]
    assert shown("two.tif").mode == "L"


def outside(_: Path) -> None:
    scan("../secret.png")
    Path("p.xml").write_text(alto(named="../secret.png"), "utf-8")


def linked(_: Path) -> None:
    scan("../secret.png")
    Path("scan.png").symlink_to("../secret.png")
    Path("p.xml").write_text(alto(named="scan.png"), "utf-8")


def postscript(_: Path) -> None:
    Path("scan.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    Path("p.xml").write_text(alto(named="scan.png"), "utf-8")


def bomb(_: Path) -> None:
    header = b"IHDR" + (40_000).to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    data = b"IDAT" + zlib.compress(b"\0" * 1_000_000)
    chunks = [len(each[4:]).to_bytes(4, "big") + each + zlib.crc32(each).to_bytes(4, "big") for each in (header, data)]
    Path("scan.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    Path("p.xml").write_text(alto(named="scan.png"), "utf-8")


def text(_: Path) -> None:
    Path("p.xml").write_text("<TEI><text><body><p>渡口新桥</p></body></text></TEI>", "utf-8")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (outside, "its picture secret.png is not in its folder"),
        (linked, "its picture scan.png is not in its folder"),
        (postscript, "not a readable picture"),
        (bomb, "1600000000 pixels"),
        (text, "a text without pages to show"),
    ],
)
def test_what_is_not_shown(
    made: Callable[[Path], None], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    made(tmp_path)
    with pytest.raises(SourceError, match=reason):
        shown("p.xml")


def test_a_file_that_is_another_now_is_not_shown() -> None:
    scan("page.png")
    before = fingerprint(Path("page.png"))
    assert before is not None
    assert picture_apart(Path("page.png"), before, 1, 200).startswith(b"\x89PNG")
    scan("page.png", size=(310, 400))
    with pytest.raises(SourceError, match="has changed since it was ingested"):
        picture_apart(Path("page.png"), before, 1, 200)
    Path("page.png").unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        picture_apart(Path("page.png"), before, 1, 200)


def test_a_page_that_is_drawn_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("page.pdf").write_bytes(pdf([[(100, 200, 30, "Bridge")]]))
    stopped = apart.Worker()
    os.kill(stopped._process.pid, signal.SIGSTOP)  # it draws without end, on a machine of any speed
    monkeypatch.setattr(apart, "_idle", [stopped])
    monkeypatch.setattr(apart, "MAX_DRAWING", 0.1)
    with pytest.raises(SourceError, match=r"page 1: not drawn within 0\.1 s"):
        picture_apart(Path("page.pdf"), fingerprint(Path("page.pdf")) or "", 1, 200)
    monkeypatch.setattr(apart, "MAX_DRAWING", 60.0)
    assert picture_apart(Path("page.pdf"), fingerprint(Path("page.pdf")) or "", 1, 200).startswith(b"\x89PNG")
