"""A question by one of OpenAI's routes, and the reply in the form that was asked for."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from fastapi import Request

from api.errors import ParameterError
from api.housekeeping import housekeeping_reply
from api.markdown import Mark, Message, render
from api.permalinks import permalink, public_address
from api.server import PendingQuestion, Server, add_to_log, note_outcome, note_question
from qa.chat import Conversation, Exchange
from qa.config import MAX_QUESTION
from qa.types import Answer, Filters
from qa.wire import answer_to_json, dumps

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """What a client may ask of the text: to end before a word, after some tokens, to be the answer's JSON."""

    stops: tuple[str, ...] = ()
    most_tokens: int | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is replied, and what it took in tokens; ``answer`` is ``None`` for a front end's own prompt."""

    content: str
    marks: tuple[Mark, ...]
    citations: tuple[str, ...]
    answer: Answer | None
    finish_reason: FinishReason
    prompt_tokens: int
    completion_tokens: int
    base: str

    @property
    def native(self) -> dict[str, object] | None:
        """The answer as of ``/api/ask``."""
        return None if self.answer is None else answer_to_json(self.answer)

    def url_citations(self) -> list[dict[str, object]]:
        """Return which words are backed by which source."""
        return [
            {
                "start_index": mark.start,
                "end_index": mark.end,
                "url": permalink(mark.citation, self.base),
                "title": mark.citation.title,
            }
            for mark in self.marks
        ]

    @property
    def lines(self) -> list[str]:
        """The text in the pieces in which it is streamed."""
        return self.content.splitlines(keepends=True)


class Asking:
    """A question on its way, unless it is a front end's own prompt, which needs no search.

    ``prompt`` is all that was sent as text, for its tokens. Raises what ``Server.ask`` raises.
    """

    def __init__(
        self,
        request: Request,
        server: Server,
        *,
        question: str,
        param: str,
        prompt: str,
        form: ReplyForm,
        filters: Filters,
        earlier: Callable[[], tuple[Exchange, ...]] = tuple,
    ) -> None:
        self._request, self._server, self._question, self._prompt, self._form = request, server, question, prompt, form
        self._base = public_address(request, server.settings)
        self._housework = housekeeping_reply(question)
        self._pending: PendingQuestion | None = None
        if self._housework is not None:
            add_to_log(request, outcome="housekeeping")
            return
        if len(question) > MAX_QUESTION:
            raise ParameterError(
                f"the question has {len(question):,} characters, more than {MAX_QUESTION:,}: shorten it",
                param=param,
                code="context_length_exceeded",
            )
        note_question(request, server, question)
        # Made out by a worker: a history may be as long as a body may be.
        self._pending = server.ask(question, conversation=lambda: Conversation(earlier=earlier()), filters=filters)

    async def begun(self) -> None:
        """Return when there is something to reply, or raise what ``reply`` would: until then nothing need be sent."""
        if self._pending is not None:
            await self._pending.begun()

    async def reply(self) -> Reply:
        """Return the reply; raises what ``PendingQuestion.result`` raises."""
        answer = None
        message = Message(self._housework or "", ())
        if self._pending is not None:
            answer = (await self._pending.result()).answer
            note_outcome(self._request, answer)
            link = partial(permalink, base=self._base)
            message = render(answer, question=self._question, link=link)
            if self._form.as_json:
                message = replace(message, content=dumps(answer), marks=())
        asked, ends = await self._server.look_up(
            lambda service: (service.token_count(self._prompt), service.token_ends(message.content))
        )
        end, finish_reason = _end(message.content, ends, self._form)
        return Reply(
            content=message.content[:end],
            marks=tuple(mark for mark in message.marks if mark.end <= end),
            citations=tuple(permalink(citation, self._base) for citation in message.sources),
            answer=answer,
            finish_reason=finish_reason,
            prompt_tokens=asked,
            completion_tokens=min(len(ends), bisect_left(ends, end) + 1) if end else 0,
            base=self._base,
        )


def _end(content: str, ends: Sequence[int], form: ReplyForm) -> tuple[int, FinishReason]:
    """Return where the content is cut off, and why."""
    places = (content.find(stop) for stop in form.stops)
    end = min((place for place in places if place >= 0), default=len(content))
    if form.most_tokens is not None and form.most_tokens < len(ends) and ends[form.most_tokens - 1] < end:
        return ends[form.most_tokens - 1], "length"
    return end, "stop"
