"""Text recognition by RapidOCR, the extra ``ocr``. Its models come inside its package; nothing is downloaded.

It finds lines and reads them; in which order they are read is the matter of ``qa.ingest.reading_order``.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.extras import install_command
from qa.ingest.direction import PrintedLine
from qa.ingest.reading_order import Box
from qa.ingest.steps import recognising, step
from qa.text.punctuation import is_cjk

if TYPE_CHECKING:
    from rapidocr import RapidOCR

MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
MAX_SIDE = 4000  # pixels; a larger picture is scaled down, at best before it comes; 2000 would blur a newspaper page
MAX_RATIO = 300  # pixels of a page for a byte of its file: one in black and white has some 100
MIN_SCORE = 0.5
MIN_TALL = 1.5  # times as high as wide: from there on the recogniser turns a line
MARKS = {"’": "，", "'": "，", "°": "。"}
UPRIGHT_MARKS = re.compile(r"(?<![^\u3400-\u9fff])[’'°]")
CERTAIN = 0.8  # print that is read well has more than 0.95


class Unreadable(Exception):
    """A picture cannot be read; the message says why and the way out."""


def recognise(picture: NDArray[np.uint8]) -> list[PrintedLine]:
    """Return the lines of a picture, in no order, with boxes in pixels.

    *Shape:* (height, width, 3), blue first. Raises ``Unreadable`` if the extra is not installed.
    """
    engine = _engine()
    from rapidocr.utils.output import RapidOCROutput

    with recognising():
        found = engine(picture, use_cls=False)
    step()
    if not isinstance(found, RapidOCROutput) or found.boxes is None or found.txts is None or found.scores is None:
        return []
    return [
        _line(text, Box(*map(float, (*corners.min(axis=0), *corners.max(axis=0)))), unsure=score < CERTAIN)
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]


def _line(text: str, box: Box, *, unsure: bool = False) -> PrintedLine:
    """Return a line; one that is higher than wide was read lying on its side, as the recogniser turns it.

    It reads hanzi well so: 3 of 1,087 wrong on rendered columns, Song and Hei, of 24 and 36 pixels, simplified and
    traditional. Marks it often misses, alone in a corner of their place, or takes for others: the comma and the full
    stop stand at the right of theirs in a column, which is the top of a line.
    """
    upright = len(text) > 1 and any(map(is_cjk, text)) and box.height > MIN_TALL * box.width
    return PrintedLine(UPRIGHT_MARKS.sub(_mark, text) if upright else text, box, vertical=upright, unsure=unsure)


def _mark(found: re.Match[str]) -> str:
    return MARKS[found[0]]


def require() -> None:
    """Raise ``Unreadable`` if the extra is not installed."""
    if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
        raise Unreadable(f"a scan without text; install what reads it: {install_command('ocr')}")


@cache
def _engine() -> "RapidOCR":
    require()
    # A second of imports that an archive without scans does not need.
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    if missing := [name for name in MODELS.values() if not (folder / name).is_file()]:
        raise Unreadable(f"a scan without text; this version of rapidocr comes without {missing[0]}")
    paths = {f"{part}.model_path": str(folder / name) for part, name in MODELS.items()}
    settings = {"Global.log_level": "error", "Global.max_side_len": MAX_SIDE, "Global.text_score": MIN_SCORE}
    return rapidocr.RapidOCR(params={**settings, **paths})
