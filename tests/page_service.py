"""What the tests of the chat page ask: the whole service over the seed page and a hostile one, with models of paper.

The index, retrieval, selection and citations are the real ones. The encoder hashes, and the reader knows by heart what
answers which question, so that a test of the page neither waits for a model nor fails with one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import cast

from qa.config import Settings
from qa.indexing import ingest
from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reader, Reading
from qa.read.told import Told
from qa.service import Models, Service, open_service
from tests.conftest import SEEDS
from tests.fakes import FakeEncoder

# An emoji counts as one code point and as two in JavaScript; the markup is for a page that would take it as such.
HARBOUR = """# Harbour bridge 😀 opens <b>after</b> six years

By Mary O'Neil and John Smith

The bridge was opened by the governor, Ruth 😀 Adeyemi, on Monday. <img src=x onerror="document.title='owned'">
It cost <script>document.title='owned'</script> 46 million dollars.
"""

# What the reader knows: the words around each answer, which is in brackets.
VICE_MAYORS = ("[李新建]为洛阳市人民政府副市长", "[孙延文]为洛阳市人民政府副市长", "[张武清]为洛阳市人民政府副市长")
ANSWERS = {
    "谁被任命为洛阳市人民政府副市长?": VICE_MAYORS,
    "Who was appointed vice mayor?": VICE_MAYORS,
    "谁被免去了洛阳市公安局局长职务?": ("[李保兴]洛阳市公安局局长职务",),
    "香港超赢投资集团董事局主席是谁?": ("董事局主席[梁栋才]",),
    "Who opened the harbour bridge?": ("the governor, [Ruth 😀 Adeyemi]",),
    "What did the harbour bridge cost?": ("It cost [<script>document.title='owned'</script> 46 million dollars]",),
}


@dataclass(frozen=True, slots=True)
class PaperReader:
    """Finds what it knows about a question where a passage has all of the words, and nothing anywhere else.

    It reads while ``gate`` is set, and waits otherwise.
    """

    answers: Mapping[str, tuple[str, ...]]
    calibration: Calibration = field(default=Calibration(slope=1.0, offset=0.0, threshold=0.5, item_threshold=0.5))
    gate: Event = field(default_factory=Event)

    def read(self, question: str, passages: Sequence[Told]) -> list[Reading | None]:
        self.gate.wait(60)
        return [self._reading(passage.text, self.answers.get(question, ())) for passage in passages]

    def _reading(self, text: str, known: tuple[str, ...]) -> Reading:
        found = [text.find(words.replace("[", "").replace("]", "")) for words in known]
        if not found or min(found) < 0:
            return Reading(CharSpan(0, 1, -4.0), (), 0.0)
        pairs = zip(found, known, strict=True)
        spans = tuple(CharSpan(at + words.index("["), at + words.index("]") - 1, 3.0) for at, words in pairs)
        return Reading(spans[0], spans, 1.0)


def open_page_service(folder: Path, reader: PaperReader) -> Service:
    """Index the two pages into ``folder`` and open the service over them."""
    archive = folder / "archive"
    archive.mkdir()
    (archive / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    encoder = FakeEncoder()
    ingest([SEEDS, archive], directory=folder / "index", encoder=encoder)
    return open_service(Settings(folder / "index"), Models(encoder, cast("Reader", reader)))
