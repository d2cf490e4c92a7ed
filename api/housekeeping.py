r"""Prompts that chat front ends send to the model on their own account: for titles, tags, follow-up questions, queries.

They are told by their structure, which is no question's: a conversation is quoted inside the message, together with the
form that the reply must have. There is nothing in an archive to search for them.

Open WebUI quotes the conversation in ``<chat_history>`` and shows the reply as JSON, such as ``{ "tags": ["tag1"] }``;
LibreChat ends with the conversation as ``User: …`` and ``AI: …`` lines, or begins with it as ``||>User:`` and
``||>Response:``, and asks for a title in plain words.
"""

import json
import re
from typing import Final

from qa.wire import to_line

# Everything is bounded or found by plain search: a message may be as long as a body may be.
_HISTORY: Final = ("<chat_history>", "</chat_history>")
_SPEAKER = re.compile(r"\s{0,8}(user|assistant):", re.IGNORECASE)
_REPLY_FORM = re.compile(r'\{\s{0,8}"[a-z_]{1,40}":\s{0,8}(?:"[^"\n]{0,300}"|\[[^\]\n]{0,300}\])\s{0,8}\}')
_USER, _AI, _QUOTED_USER, _QUOTED_AI = "\nUser:", "\nAI:", "||>User:", "\n||>Response:"
_TITLE: Final = "title"
_LONGEST_TITLE: Final = 40


def housekeeping_reply(message: str) -> str | None:
    r"""Return what to reply to a front end's own prompt, or ``None`` if ``message`` is not one.

    A title is the conversation's first question; of anything else there is nothing to suggest.

    >>> housekeeping_reply('Reply as { "tags": ["tag1"] }\n<chat_history>\nUSER: 谁?\n</chat_history>')
    '{"tags": []}'
    >>> housekeeping_reply("Give a title.\n\nUser: 谁被任命?\nAI: 李新建")
    '谁被任命?'
    """
    _, opened, rest = message.partition(_HISTORY[0])
    turns, closed, _ = rest.rpartition(_HISTORY[1])
    form = _REPLY_FORM.search(message) if opened and closed else None
    if form:
        return _in_form(form[0], turns)
    if message.startswith(_QUOTED_USER):
        said, answered, instruction = message.removeprefix(_QUOTED_USER).partition(_QUOTED_AI)
    else:
        instruction, _, rest = message.partition(_USER)
        said, answered, _ = rest.partition(_AI)
    asked_for = answered and said.strip() and _TITLE in instruction.lower()
    return _title(said.strip().strip('"')) if asked_for else None


def _in_form(form: str, turns: str) -> str | None:
    try:
        (name, example), *_ = json.loads(form).items()
    except ValueError:
        return None
    if name == _TITLE:
        return to_line({name: _title(_first_said(turns))})
    return to_line({name: [] if isinstance(example, list) else ""})


def _first_said(turns: str) -> str:
    """Return what the user said first, which may have several lines."""
    said: list[str] = []
    for line in turns.split("\n"):
        speaker = _SPEAKER.match(line)
        if speaker and said:
            break
        if said or (speaker and speaker[1].lower() == "user"):
            said.append(line[speaker.end() :] if speaker else line)
    return " ".join(said) or turns


def _title(said: str) -> str:
    line = " ".join(said.split())
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1] + "…"
