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
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.console import Console
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
# Rich's own frame fetches its font from another server; this one takes what the reader has.
FRAME: Final = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "Noto Sans Mono CJK SC", "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
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
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    for command in SCREENS[name]:
        console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
        console.print(Text.from_ansi(printed(command, folder)), end="")
        console.print()
    return console.export_svg(title="", theme=THEME, code_format=FRAME, unique_id=f"gazette-{name}")


def words_of(svg: str) -> str:
    """Return the words of a picture, without blanks and marks, to be compared."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)
    plain = "".join(texts).replace("&#160;", " ").replace("&quot;", '"').replace("&amp;", "&").replace("&#x27;", "'")
    return re.sub(r"\s", "", plain)


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
