"""JSON on one line, and the start of a JSON value for messages."""

import json
import re
from collections.abc import Mapping

_UNSAFE_IN_A_LINE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def to_line(value: object) -> str:
    r"""Return JSON ``value`` on one line that any reader takes for one line, and that encodes to UTF-8.

    Lone surrogates, which JSON lets in, and the line breaks that JSON leaves as they are come out escaped.

    >>> to_line({"问": "甲\u2028\ud800"})
    '{"问": "甲\\u2028\\ud800"}'
    """
    return _escaped(json.dumps(value, ensure_ascii=False, allow_nan=False))


def abbreviated_json(value: object) -> str:
    """Return the start of ``value`` as JSON, however large it is."""
    if isinstance(value, list | Mapping):
        return f"an {'array' if isinstance(value, list) else 'object'} of {len(value)}"
    return abbreviated(json.dumps(value[:61] if isinstance(value, str) else value, ensure_ascii=False, default=repr))


def abbreviated(text: str, limit: int = 60) -> str:
    """Return the start of ``text``, fit for a line."""
    return _escaped(text if len(text) <= limit else f"{text[:limit]}…")


def _escaped(text: str) -> str:
    return _UNSAFE_IN_A_LINE.sub(lambda character: f"\\u{ord(character[0]):04x}", text)
