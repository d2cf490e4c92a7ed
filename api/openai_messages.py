"""The question in what OpenAI's clients send, and what was said before it."""

from collections.abc import Sequence
from typing import Final

from api.errors import ParameterError
from api.markdown import items_of, understood_in
from api.openai_schemas import ChatMessage
from api.schemas import plain_text
from qa.chat import Exchange, Understand

MOST_TURNS: Final = 16
"""Turns of a history that are looked at: a follow-up refers to the last few."""
TEXTS: Final = ("text", "input_text", "output_text")
"""Kinds of parts that hold text, in chats and in responses."""


def question_of(messages: Sequence[ChatMessage], param: str) -> str:
    """Return the text of the last user message of ``param``; ``ParameterError`` where there is none to be read."""
    asked = [index for index, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise ParameterError("there is no message with the role user", param=param)
    place = f"{param}.{asked[-1]}.content"
    content = messages[asked[-1]].content
    if isinstance(content, list) and any(part.type not in TEXTS or part.text is None for part in content):
        raise ParameterError("only parts of type text can be read", param=place)
    return checked_question(text_of(messages[asked[-1]]), place)


def checked_question(text: str, param: str) -> str:
    """Return a question that is text; ``ParameterError`` for what JSON can spell and no text has."""
    try:
        return plain_text(text)
    except ValueError as error:
        raise ParameterError(f"the question {error}", param=param) from error


def turns_of(messages: Sequence[ChatMessage], understand: Understand) -> tuple[Exchange, ...]:
    """Return the latest questions before the last, each with the items of the answer that followed it.

    A reply tells how its question was understood; where a client has not kept that, it is understood again.
    """
    said: list[tuple[str, str]] = []
    for message in messages:
        if message.role == "user" and text_of(message).strip():
            said.append((text_of(message), ""))
        elif message.role == "assistant" and said:
            said[-1] = said[-1][0], text_of(message)
    turns: list[Exchange] = []
    for question, reply in said[-1 - MOST_TURNS : -1]:
        understood = understood_in(reply) or (understand(question, turns) if turns else question)
        turns.append(Exchange(understood, items_of(reply), question))
    return tuple(turns)


def text_of(message: ChatMessage) -> str:
    """Return the words of a message, its parts on lines of their own."""
    content = message.content
    return "\n".join(part.text or "" for part in content) if isinstance(content, list) else content or ""
