"""Lines that a recogniser was not certain of keep that, from the file to what is sent."""

from pathlib import Path

import pytest

from qa.ingest import load
from qa.pages import unsure_spans

HOCR = """<html><body><div class="ocr_page" title="bbox 0 0 100 100"><p class="ocr_par" title="bbox 0 0 100 60">
<span class="ocr_line" title="bbox 0 0 100 20">
<span class="ocrx_word" title="bbox 0 0 40 20; x_wconf 96">Clear</span>
<span class="ocrx_word" title="bbox 45 0 100 20; x_wconf 91">words</span></span>
<span class="ocr_line" title="bbox 0 30 100 50">
<span class="ocrx_word" title="bbox 0 30 40 50; x_wconf 31">Srneared</span>
<span class="ocrx_word" title="bbox 45 30 100 50; x_wconf 80">ink</span></span></p></div></body></html>"""
ALTO = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"><Layout><Page WIDTH="100" HEIGHT="100"><PrintSpace>
<TextBlock><TextLine HPOS="0" VPOS="0" WIDTH="100" HEIGHT="20">
<String CONTENT="Clear" WC="0.97" HPOS="0" VPOS="0" WIDTH="40" HEIGHT="20"/></TextLine>
<TextLine HPOS="0" VPOS="30" WIDTH="100" HEIGHT="20">
<String CONTENT="Srneared" WC="0.4" HPOS="0" VPOS="30" WIDTH="40" HEIGHT="20"/></TextLine></TextBlock>
</PrintSpace></Page></Layout></alto>"""


@pytest.mark.parametrize(
    ("name", "source", "unsure"), [("a.hocr", HOCR, ["Srneared ink"]), ("a.xml", ALTO, ["Srneared"])]
)
def test_a_line_below_the_recognisers_certainty_is_marked(
    tmp_path: Path, name: str, source: str, unsure: list[str]
) -> None:
    (tmp_path / name).write_text(source, encoding="utf-8")
    (document,) = load(tmp_path / name)
    spans = unsure_spans(document.pages, 0, len(document.text))
    assert [document.text[start:end] for start, end in spans] == unsure
    start, end = spans[0]
    assert unsure_spans(document.pages, start + 2, end - 1) == ((start + 2, end - 1),)
    assert unsure_spans(document.pages, 0, start) == ()
