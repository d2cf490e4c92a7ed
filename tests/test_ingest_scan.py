"""Scans, read by the models that come with the extra ``ocr``; nothing may be fetched for it."""

import io
import re
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from qa.errors import SourceError
from qa.ingest import load, ocr, scan
from qa.ingest.direction import PrintedLine
from qa.ingest.reading_order import Box
from qa.types import Document
from tests.ingest_oracle import read_or_refuse
from tests.page_layout import placed_lines
from tests.print_shop import columns, pdf, picture

LEFT = ["The mayor said Monday", "that the new bridge", "carries trains."]
RIGHT = ["The bridge is 420", "metres long and will", "cost 12.5 million."]
WORDS = [(20.0, 40.0, 24.0, "City opens a bridge"), *columns(LEFT, RIGHT, top=80, left=20, width=200, size=14)]
TEXT = "## City opens a bridge\n\n" + "\n".join(LEFT) + "\n\n" + "\n".join(RIGHT)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rapidocr", reason='the extra "ocr" is not installed')

    def no_network(*_: object) -> None:
        raise AssertionError("text recognition opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    ocr._engine.cache_clear()


def one(path: Path) -> Document:
    (document,) = load(path)
    return document


@pytest.mark.usefixtures("real")
def test_a_scan_is_read_in_order_with_the_box_of_every_line() -> None:
    page = picture(WORDS, 800, 260)
    page.save("scan_2021-10-14.png")
    document = one(Path("scan_2021-10-14.png"))
    assert document.text == TEXT
    assert document.date == "2021-10-14"
    (place,) = placed_lines(document, document.text.index("420"), document.text.index("420") + 3)
    assert document.text[place.start : place.end] == RIGHT[0]
    # The letters of the line fill its box: 14 points at two pixels each, from x = 440 and the baseline y = 160.
    assert place.box.left == pytest.approx(440, abs=12)
    assert place.box.top < 150 < place.box.bottom

    Path("scan.pdf").write_bytes(pdf([], picture=page))
    scanned = one(Path("scan.pdf"))
    assert scanned.text == TEXT
    (place,) = placed_lines(scanned, scanned.text.index("420"), scanned.text.index("420") + 3)
    assert place.box.left == pytest.approx(220, abs=6)
    assert place.box.top < 75 < place.box.bottom < 90


def fake(pixels: object) -> list[PrintedLine]:
    assert hasattr(pixels, "shape")
    height, width, _ = pixels.shape
    return [PrintedLine(f"{width} by {height}", Box(0, 0, 50, 10))]


def test_every_frame_of_a_tiff_is_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "recognise", fake)
    frames = [Image.new("L", (40, 60)), Image.new("L", (70, 80))]
    frames[0].save("two.tif", save_all=True, append_images=frames[1:])
    document = one(Path("two.tif"))
    assert document.text == "40 by 60\n\f70 by 80"
    assert [place.page for place in placed_lines(document, 0, 99)] == [1, 2]


def test_a_picture_taken_sideways_is_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "recognise", fake)
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 60)).save("photo.jpg", exif=turned)
    assert one(Path("photo.jpg")).text == "60 by 40"


def encoded(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        (b"not a picture", "not a readable picture"),
        (encoded(Image.effect_noise((30, 30), 50))[:99], "page 1: not readable"),
        (encoded(Image.new("1", (2000, 2000))), "page 1: more than 1 million pixels"),
    ],
    ids=["empty", "binary", "cut", "huge"],
)
def test_what_cannot_be_read(data: bytes, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "MAX_PIXELS", 1_000_000)
    Path("bad.png").write_bytes(data)
    with pytest.raises(SourceError, match=re.escape(expected)):
        list(load(Path("bad.png")))


def test_without_the_extra_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    picture(WORDS, 400, 100).save("scan.png")
    with pytest.raises(SourceError, match=re.escape("pip install 'onnxruntime>=1.20' 'rapidocr")):
        list(load(Path("scan.png")))


WHOLE = {".png": encoded(picture(WORDS, 100, 60)), ".tif": b"II*\0" + b"\x08\0\0\0" + b"\x01\0" * 40}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(WHOLE)), st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=6)), max_size=6))
def test_damaged_pictures_are_read_or_refused(suffix: str, damage: list[tuple[int, bytes]]) -> None:
    data = bytearray(WHOLE[suffix])
    for offset, patch in damage:
        data[offset % len(data) : offset % len(data) + len(patch)] = patch
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ocr, "recognise", fake)
        Path(f"fuzz{suffix}").write_bytes(data)
        read_or_refuse(Path(f"fuzz{suffix}"))
