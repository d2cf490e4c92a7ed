"""Turns over ``ask``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qa.chat.exchange import Exchange
from qa.chat.followup import asks_for_more, listed, understand
from qa.question import is_small_talk
from qa.types import EVERYTHING, Answer, Filters, confidence_in

Ask = Callable[[str], Answer]
"""Answers a question that stands alone: ``Service.ask``, with its filters filled in."""
AskWithin = Callable[[str, Filters], Answer]
"""Answers a question from the articles that pass some filters."""
Understand = Callable[[str, Sequence[Exchange]], str]
"""Makes a question, asked after some turns, one that stands alone."""
MOST_ARTICLES: Final = 3
"""Articles of an answer that a follow-up is put to: what more of them answered is no story of one thing."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was typed and as it was understood, and the answer to the latter, within ``filters``."""

    question: str
    understood: str
    answer: Answer
    filters: Filters = EVERYTHING

    @property
    def rewritten(self) -> bool:
        """Whether the question was understood from the turns before."""
        return self.understood != self.question

    @property
    def exchange(self) -> Exchange:
        """What later questions may refer to."""
        return Exchange(self.understood, tuple(item.text for item in self.answer.items), self.question)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said so far; immutable, so that a server may keep it, copy it or drop it.

    ``earlier`` are exchanges known from elsewhere, before the ``turns`` that were asked here.
    """

    turns: tuple[Turn, ...] = ()
    earlier: tuple[Exchange, ...] = ()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything that a follow-up may refer to, the latest last."""
        return *self.earlier, *(turn.exchange for turn in self.turns)

    def ask(self, question: str, answer: Ask, within: AskWithin | None = None) -> "Conversation":
        """Return the conversation with one more turn, its last; raises what ``answer`` and ``within`` raise."""
        return self.with_turn(self.next_turn(question, answer, within=within))

    def next_turn(
        self,
        question: str,
        answer: Ask,
        understand: Understand = understand,
        *,
        within: AskWithin | None = None,
    ) -> Turn:
        """Return the turn that a question makes after those before; raises what ``answer`` and ``within`` raise.

        Who asks for more ("还有谁?") is not told again what the answers before said. Who only counts to an item of the
        last answer ("第二个呢?"), of which the archive says nothing else, is told this item again, with its places. A
        follow-up that the archive does not answer as it was understood is put, as it was typed, to the articles of the
        last answer: they know what "the harvest" is.
        """
        understood = understand(question, self.exchanges)
        reply = _what_is_new(answer(understood), question, self.exchanges)
        if not reply.items and understood != question and (item := listed(understood, self.exchanges)):
            last = next(turn.question for turn in reversed(self.exchanges) if item in turn.items)
            again = answer(last)
            if items := tuple(each for each in again.items if each.text == item):
                return Turn(question, last, replace(again, items=items, confidence=confidence_in(items)))
        if reply.items or understood == question or asks_for_more(question) or within is None:
            return Turn(question, understood, reply)
        told = self._of_last_answer(question, within)
        return Turn(question, question, told) if told else Turn(question, understood, reply)

    def _of_last_answer(self, question: str, within: AskWithin) -> Answer | None:
        """Return what the articles of the last answer say to a question; of several the surest."""
        last = next((turn.answer for turn in reversed(self.turns) if turn.answer.items), None)
        places = [place for item in last.items for place in item.citations] if last else []
        articles = dict.fromkeys(Filters(source=place.source, title=place.title or None) for place in places)
        if len(articles) > MOST_ARTICLES:
            return None
        replies = [within(question, article) for article in articles]
        return max((reply for reply in replies if reply.items), key=lambda reply: reply.confidence, default=None)

    def with_turn(self, turn: Turn) -> "Conversation":
        """Return the conversation with a turn that was asked in it, its last."""
        return replace(self, turns=(*self.turns, turn))

    def latest(self, most: int) -> "Conversation":
        """Return the conversation with its last ``most`` turns alone."""
        return replace(self, turns=self.turns[-most:])


def _what_is_new(answer: Answer, question: str, earlier: Sequence[Exchange]) -> Answer:
    """Return what ``answer`` tells that ``earlier`` answers did not, if ``question`` asks for that alone.

    Told are the items of the last answer, and of those before it as long as each only asked for more.
    """
    if not (earlier and asks_for_more(question)):
        return answer
    told: set[str] = set()
    for exchange in reversed([turn for turn in earlier if not is_small_talk(turn.question)]):
        told.update(exchange.items)
        if not (exchange.asked and asks_for_more(exchange.asked)):
            break
    items = tuple(item for item in answer.items if item.text not in told)
    return replace(answer, items=items, confidence=confidence_in(items) if items else answer.confidence)
