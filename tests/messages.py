"""The messages that the code can say, read from its source, and whether a document quotes one of them.

In a document ``…`` stands for what differs from case to case, and the place before a message (``page 3: ``) may be left
out or in.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILLED = "\0"
"""Stands in a message for what the running code fills in; a document has … there, or more."""
MIN_LITERAL = 7
"""Letters that a quoted message must have beside what differs: fewer would be found anywhere."""
MAX_MESSAGE = 600
"""Characters; what is longer is no message."""


@cache
def messages() -> tuple[str, ...]:
    """Return every string of the code that may be a message."""
    paths = sorted(path for part in ("qa", "embeddings", "api") for path in (ROOT / part).rglob("*.py"))
    found = (text for path in paths for text in _strings(ast.parse(path.read_text("utf-8"))))
    return tuple(dict.fromkeys(text for text in found if len(text) <= MAX_MESSAGE))


def _strings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else FILLED for part in node.values)


def is_said(quoted: str) -> bool:
    """Whether the code has the message that is ``quoted``, with or without the place that comes before it."""
    _, _, after = quoted.partition(": ")
    return any(_is_long(form) and any(_matches(form, message) for message in messages()) for form in (quoted, after))


def _is_long(quoted: str) -> bool:
    return len(re.sub(r"[…\W]", "", quoted)) >= MIN_LITERAL


@cache
def pattern(quoted: str) -> re.Pattern[str]:
    """Return what matches a message as it is quoted."""
    return re.compile(".*".join(map(re.escape, quoted.split("…"))), re.DOTALL)


def _matches(quoted: str, message: str) -> bool:
    return all(part in message for part in quoted.split("…")) and pattern(quoted).fullmatch(message) is not None
