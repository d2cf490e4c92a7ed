"""Pictures of the terminal for the documents, of what commands really print: ``python -m tests.screenshots``.

It asks the starter page, in an index of its own, and writes ``.github/terminal-*.svg``. A test holds the pictures to
what the commands print now.
"""

import argparse
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, unescape

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from qa.cli import run

ROOT: Final = Path(__file__).parent.parent
WIDTH: Final = 100
SCREENS: Final[Mapping[str, tuple[str, ...]]] = {
    "ask": (
        'gazette ask "谁被任命为洛阳市人民政府副市长?"',
        'gazette ask "Who was appointed vice mayor of Luoyang?"',
        'gazette ask "谁被任命为北京市市长?"',
    ),
    "search": ('gazette search "副市长" --top-k 2', "gazette documents --count publication"),
}
"""What is typed on each, as a reader would type it."""
CELL: Final = 8.4
"""Pixels that a Latin letter takes; a Chinese character takes two such cells."""
LINE, SIZE, MARGIN, BAR = 20, 14, 14, 34
THEME: Final = TerminalTheme(
    (250, 249, 246),
    (38, 38, 38),
    [
        (38, 38, 38),
        (170, 40, 40),
        (40, 120, 60),
        (150, 100, 10),
        (40, 90, 160),
        (130, 60, 130),
        (20, 110, 120),
        (90,) * 3,
    ],
)
PALE: Final = "#77756f"
# Rich's own export takes every character for one cell wide, and fetches its font from another server.
FRAME: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">
<title>{label}</title>
<style>text {{ font: {size}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; }}
.b {{ font-weight: bold }}</style>
<rect width="{width:g}" height="{height:g}" rx="8" fill="#faf9f6" stroke="#d8d5cc"/>
<circle cx="20" cy="17" r="6" fill="#e0685c"/><circle cx="40" cy="17" r="6" fill="#e3b341"/>
<circle cx="60" cy="17" r="6" fill="#5fae63"/>
{words}
</svg>
"""


def path_of(name: str) -> Path:
    """Return where a picture is."""
    return ROOT / ".github" / f"terminal-{name}.svg"


def printed(command: str) -> str:
    """Return what a command prints to a terminal, with its colours."""
    with redirect_stdout(io.StringIO()) as output, redirect_stderr(io.StringIO()) as said:
        code = run(shlex.split(command)[1:])
    if code not in (0, 1):
        raise SystemExit(f"{command}: {said.getvalue()}")
    return output.getvalue()


def picture(name: str) -> str:
    """Return what is typed and what comes, as SVG."""
    lines = list[Text]()
    for command in SCREENS[name]:
        output = Text.from_ansi(printed(command).rstrip("\n"))
        lines += [Text.assemble(("$ ", "dim"), (command, "bold")), *output.split("\n"), Text()]
    rows = [row for line in lines[:-1] for row in folded(line)]
    words = "\n".join(text for number, row in enumerate(rows) for text in drawn(row, BAR + (number + 1) * LINE - 5))
    height = BAR + len(rows) * LINE + MARGIN
    label = escape("; ".join(SCREENS[name]))
    return FRAME.format(width=WIDTH * CELL + 2 * MARGIN, height=height, size=SIZE, label=label, words=words)


def folded(line: Text) -> list[Text]:
    """Return the rows that a line takes in a terminal, which breaks it wherever its edge is."""
    ends, taken = list[int](), 0
    for at, character in enumerate(line.plain):
        taken += cell_len(character)
        if taken > WIDTH:
            ends.append(at)
            taken = cell_len(character)
    return list(line.divide(ends))


def drawn(row: Text, baseline: int) -> Iterator[str]:
    """Yield the elements of a row, one for each run of characters of one style and one width."""
    cells = 0
    for segment in row.render(Console(width=WIDTH, file=io.StringIO())):
        style = segment.style or Style()
        color = style.color.get_truecolor(THEME).hex if style.color else PALE if style.dim else "#262626"
        bold = ' class="b"' if style.bold else ""
        for _, alike in groupby(segment.text.rstrip("\n"), cell_len):
            words = "".join(alike)
            width = cell_len(words)
            if words.strip():
                place = f'x="{MARGIN + cells * CELL:g}" y="{baseline}" textLength="{width * CELL:g}"'
                yield f'<text {place} fill="{color}"{bold} xml:space="preserve">{escape(words)}</text>'
            cells += width


def words_of(svg: str) -> str:
    """Return the words of a picture, without blanks, to be compared."""
    return re.sub(r"\s", "", unescape("".join(re.findall(r"<text[^>]*>(.*?)</text>", svg))))


def main() -> None:
    """Write every picture."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    os.chdir(ROOT)
    os.environ |= {"COLUMNS": str(WIDTH), "TERM": "xterm-256color", "FORCE_COLOR": "1"}
    os.environ.pop("NO_COLOR", None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GAZETTE_INDEX"] = str(Path(folder, "index"))
        printed("gazette ingest seeds")
        for name in SCREENS:
            path_of(name).write_text(picture(name), encoding="utf-8")


if __name__ == "__main__":
    main()
