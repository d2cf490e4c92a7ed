"""Pictures of the terminal for the documents, of what commands really print: ``python -m tests.screenshots``.

It asks the starter page, in a folder of its own, and writes ``.github/terminal-*.svg`` of the checkout it is run in. A
test holds the pictures to what the commands print now.
"""

import argparse
import io
import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, unescape

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

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


def printed(command: str, folder: Path) -> str:
    """Return what a command prints to a terminal, with its colours, when it is run in ``folder``."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", "from qa.cli import main; main()"]
    environment = {
        **os.environ,
        "COLUMNS": str(WIDTH),
        "LINES": "40",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen(
        [*program, *shlex.split(command)[1:]],
        cwd=folder,
        env={name: value for name, value in environment.items() if name != "NO_COLOR"},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    parts = list[bytes]()
    try:
        while part := os.read(ours, 1 << 16):
            parts.append(part)
    except OSError:  # Linux says so when nobody writes any more
        pass
    os.close(ours)
    if process.wait() not in (0, 1):
        raise SystemExit(f"{command}: exit code {process.returncode}")
    return b"".join(parts).decode().replace("\r\n", "\n")


def picture(name: str, folder: Path) -> str:
    """Return what is typed and what comes, as SVG."""
    lines = list[Text]()
    for command in SCREENS[name]:
        output = Text.from_ansi(printed(command, folder).rstrip("\n"))
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
        for _, run in groupby(segment.text.rstrip("\n"), cell_len):
            words = "".join(run)
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
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        for name in SCREENS:
            path_of(name).write_text(picture(name, Path(folder)), encoding="utf-8")


def prepare(folder: Path) -> None:
    """Index the starter page as ``seeds`` of ``folder``, so that the paths in the pictures are those of a checkout."""
    (folder / "seeds").symlink_to(ROOT / "seeds")
    os.environ["GAZETTE_INDEX"] = str(folder / "index")
    printed("gazette ingest seeds", folder)


if __name__ == "__main__":
    main()
