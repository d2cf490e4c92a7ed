"""What frameworks are told of a passage."""

from dataclasses import asdict
from typing import Any

from qa.wire import FoundPassage


def metadata(passage: FoundPassage) -> dict[str, Any]:
    """Return everything but the words: title, source, date, line, offsets, score."""
    return {name: value for name, value in asdict(passage).items() if name != "text"}
