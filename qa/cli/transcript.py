"""A conversation in a file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from api.markdown import escaped, render
from qa.chat import Turn
from qa.errors import InputError, impossible_name
from qa.store.files import replace_bytes
from qa.wire import answer_to_json, dumps

FORMATS: Final = (".md", ".json", ".jsonl")


def write_transcript(path: Path, turns: Sequence[Turn]) -> None:
    """Write turns as Markdown, JSON, or JSON Lines of answers, as the suffix of ``path`` says.

    ``InputError`` for any other suffix, and a name that no file can have; ``OSError`` if the file cannot be written:
    what was there then still is, and nothing else.
    """
    text = transcript(turns, path.suffix.lower(), name=str(path))
    try:
        replace_bytes(path, text.encode())
    except ValueError as error:
        raise impossible_name(str(path)) from error


def transcript(turns: Sequence[Turn], suffix: str, *, name: str = "") -> str:
    """Return turns as text in the format of a file suffix; ``InputError`` names the formats there are."""
    if suffix == ".md":
        return "\n".join(map(_markdown, turns))
    if suffix == ".json":
        records = [
            {"question": turn.question, "understood": turn.understood, "answer": answer_to_json(turn.answer)}
            for turn in turns
        ]
        # ASCII: a lone surrogate in a question must not keep the rest from being saved.
        return json.dumps({"turns": records}, indent=1) + "\n"
    if suffix == ".jsonl":
        return "".join(f"{dumps(turn.answer)}\n" for turn in turns)
    raise InputError(f"{name or suffix}: a conversation is saved as {', '.join(FORMATS)}")


def _markdown(turn: Turn) -> str:
    understood = f"\n*→ {escaped(turn.understood)}*\n" if turn.rewritten else ""
    body = f"## {escaped(turn.question)}\n{understood}\n{render(turn.answer).content}\n"
    return body.encode("utf-8", "replace").decode("utf-8")
