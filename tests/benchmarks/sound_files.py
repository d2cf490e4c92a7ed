"""A sound file, or more than one, of every suffix that is read, for what damages them."""

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PIL import Image

from qa.ingest.sources import READERS
from tests import word_maker
from tests.conftest import SEEDS
from tests.ingest_oracle import write
from tests.print_shop import pdf, picture
from tests.test_ingest_formats import FIRST, SAMPLES, SECOND

PICTURES: Final = (".jpeg", ".jpg", ".png", ".tif", ".tiff")
ALIKE: Final = (".jpeg", ".tiff", ".htm")
"""Other names of formats that are there."""
TABLE: Final = "<table><tr><th>品名<th>市场<tr><td rowspan=2>黄瓜<td>2.80</table><ul><li>甲<ul><li>乙</ul></ul>"


def sound_files() -> Mapping[str, bytes]:
    """Return files by name."""
    page = next(SEEDS.glob("*.txt")).read_text("utf-8")
    html = f"<html><head><title>a</title></head><body><h1>任免</h1>{TABLE}<p>{page[:900]}</p></body></html>"
    record = json.dumps({"id": "a", "title": "任免", "date": "2021-10-13", "text": page[:600]}, ensure_ascii=False)
    records = f"{record}\n{record.replace(chr(34) + 'a' + chr(34), chr(34) + 'b' + chr(34))}\n"
    words = [(50.0, 80.0, 12.0, "The mayor said Monday"), (50.0, 100.0, 12.0, "that the new bridge opens.")]
    found: dict[str, bytes] = {
        "page.txt": page[4000:7000].encode(),
        "gbk.txt": page[4000:6000].encode("gb18030"),
        "page.md": f"---\ntitle: 任免\n---\n# 任免\n\n- **{page[5000:5600]}**\n".encode(),
        "records.jsonl": records.encode(),
        "packed.jsonl.gz": gzip.compress(records.encode(), mtime=0),
        "packed.json.gz": gzip.compress(f"[{record}]".encode(), mtime=0),
        "page.htm": html.encode(),
        "page.html": html.encode("gb18030"),
        "page.xhtml": html.encode(),
        "page.docx": _word(page),
        "page.pdf": pdf([words, words]),
        "crawl.wacz": _zipped({"archive/data.warc.gz": SAMPLES["a.warc.gz"]}),
        "table.tsv": "title\tdate\ttext\n任免\t2021-10-13\t昨日任命张三为局长。\n".encode(),
        **SAMPLES,
    }
    image = picture(words, 400, 160)
    for suffix in PICTURES:
        data = io.BytesIO()
        Image.Image.save(image, data, {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}.get(suffix, "JPEG"))
        found[f"scan{suffix}"] = data.getvalue()
    missing = [suffix for suffix in READERS if not any(name.endswith(suffix) for name in found)]
    assert not missing, f"no sound file of {missing}"
    return found


def place_pages(folder: Path) -> None:
    """Write what the METS file names below a folder."""
    for name, text in (("a .xml", FIRST), ("b.xml", SECOND)):
        write(str(folder / "alto" / name), text)


def _word(page: str) -> bytes:
    cells = word_maker.table(word_maker.row(word_maker.cell("甲"), word_maker.cell(word_maker.table())))
    body = word_maker.paragraph(
        page[5000:5300], word_maker.note_mark(1), word_maker.text_box(word_maker.paragraph("框"))
    )
    return word_maker.word(
        body + word_maker.paragraph(word_maker.deleted("旧"), mark="del") + cells,
        {"footnotes": word_maker.notes("footnote", word_maker.paragraph("注"))},
    )


def _zipped(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()
