"""Dialogues: how well are follow-ups understood, and new topics left alone?

Run ``python -m tests.dialogues [FILE] [--part held-out] [--index DIR] [--each]``. A line of ``dialogues.jsonl``, over
the starter archive, of ``dialogues_held_out.jsonl``, over the pages of ``tests/invented``, or of
``dialogues_more.jsonl``, typed as reporters type, is one dialogue; those of ``dialogues_unseen.jsonl`` were written
before the rules were read, and looked at since, those of ``dialogues_unseen_more.jsonl`` have only been counted.
So were those of ``dialogues_fresh.jsonl``, of which the ones with odd numbers were looked at since.
``kind`` of a turn is ``first``, ``follow-up``,
``new-topic`` or ``small-talk``; ``standalone`` is how a person would ask a follow-up alone, in one way or several,
``without`` what must not be left of earlier questions, and ``answers`` are as in the gold questions. ``part`` tells the
dialogues that the rules were made with from those that they were only measured on. ``--understanding`` shows that
alone, on the true answers; it needs no model.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from qa.chat import Conversation, Exchange, understand
from qa.evaluate.metrics import item_scores
from qa.store.tokens import tokens
from qa.types import Answer

DIALOGUES: Final = Path(__file__).parent / "dialogues.jsonl"
HELD_OUT: Final = Path(__file__).parent / "dialogues_held_out.jsonl"
MORE: Final = Path(__file__).parent / "dialogues_more.jsonl"
UNSEEN: Final = Path(__file__).parent / "dialogues_unseen_more.jsonl"
FRESH: Final = Path(__file__).parent / "dialogues_fresh.jsonl"
PARTS: Final = ("development", "held-out")


@dataclass(frozen=True, slots=True)
class GoldTurn:
    """``spellings`` are the ways to ask it alone, the question itself where it needs no rewriting."""

    dialogue: str
    part: str
    kind: str
    question: str
    spellings: tuple[str, ...]
    without: tuple[str, ...]
    answers: tuple[tuple[str, ...], ...]

    @property
    def standalone(self) -> str:
        """The first way to ask it alone."""
        return self.spellings[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One turn after the first: whether it was answered rightly as understood, as typed, and as a person would put it.

    ``content`` is the share of the words of the latter that the question as understood has.
    """

    turn: GoldTurn
    understood: str
    right: bool
    right_as_typed: bool
    right_by_hand: bool
    content: float


def load_dialogues(path: Path = DIALOGUES) -> list[list[GoldTurn]]:
    """Return the dialogues of a file, each as its turns."""
    dialogues = []
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        dialogues.append(
            [
                GoldTurn(
                    dialogue=record["id"],
                    part=record["part"],
                    kind=turn["kind"],
                    question=turn["question"],
                    spellings=_strings(turn.get("standalone", turn["question"])),
                    without=tuple(turn.get("without", ())),
                    answers=tuple(map(tuple, turn["answers"])),
                )
                for turn in record["turns"]
            ]
        )
    return dialogues


def _strings(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def measure(dialogues: Sequence[Sequence[GoldTurn]], ask: Callable[..., Answer]) -> list[Outcome]:
    """Hold every dialogue and judge its turns after the first, each on what was really answered before."""
    outcomes = []
    for dialogue in dialogues:
        conversation = Conversation()
        for turn in dialogue:
            conversation = conversation.ask(turn.question, ask, lambda typed, article: ask(typed, filters=article))
            if turn.kind == "first":
                continue
            last = conversation.turns[-1]
            outcomes.append(
                Outcome(
                    turn=turn,
                    understood=last.understood,
                    right=is_right(last.answer, turn),
                    right_as_typed=is_right(ask(turn.question), turn),
                    right_by_hand=is_right(ask(turn.standalone), turn),
                    content=content_share(last.understood, turn),
                )
            )
    return outcomes


def understood_from_gold(dialogue: Sequence[GoldTurn]) -> list[tuple[GoldTurn, str]]:
    """Return each turn after the first as it is understood when every answer before it was right; needs no model."""
    exchanges: list[Exchange] = []
    pairs = []
    for turn in dialogue:
        understood = understand(turn.question, exchanges)
        exchanges.append(Exchange(understood, tuple(spellings[0] for spellings in turn.answers), turn.question))
        pairs.append((turn, understood))
    return pairs[1:]


def content_share(understood: str, turn: GoldTurn) -> float:
    """Return the share of the words of the question as a person would put it alone that ``understood`` has.

    Of several ways to put it, the nearest counts.
    """
    found = set(tokens(understood))
    wanted = [set(tokens(standalone)) for standalone in turn.spellings]
    return max(len(words & found) / len(words) for words in wanted)


def is_understood(understood: str, turn: GoldTurn) -> bool:
    """Whether a turn is unchanged where it should be, and else has what a person would say and nothing stale."""
    if turn.kind != "follow-up":
        return understood == turn.question
    return content_share(understood, turn) >= 0.9 and not any(stale in understood for stale in turn.without)


def understanding(dialogues: Sequence[Sequence[GoldTurn]]) -> dict[str, tuple[int, int]]:
    """Return for each kind of turn after the first how many are understood, and how many there are."""
    pairs = [pair for dialogue in dialogues for pair in understood_from_gold(dialogue)]
    counts = {}
    for kind in ("follow-up", "new-topic", "small-talk"):
        judged = [is_understood(understood, turn) for turn, understood in pairs if turn.kind == kind]
        counts[kind] = (sum(judged), len(judged))
    return counts


def is_right(answer: Answer, turn: GoldTurn) -> bool:
    """Whether an answer has every required item and no other, or is none where there is none."""
    return item_scores([item.text for item in answer.items], turn.answers).f1 == 1.0


def summary(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """Return counts of (what is well, all) by name."""
    follow = [outcome for outcome in outcomes if outcome.turn.kind == "follow-up"]
    asked = [outcome for outcome in follow if outcome.turn.answers]
    silent = [outcome for outcome in follow if not outcome.turn.answers]
    topics = [outcome for outcome in outcomes if outcome.turn.kind == "new-topic"]
    return {
        "follow-ups answered rightly": (sum(o.right for o in asked), len(asked)),
        "follow-ups answered rightly without rewriting": (sum(o.right_as_typed for o in asked), len(asked)),
        "follow-ups answered rightly when rewritten by hand": (sum(o.right_by_hand for o in asked), len(asked)),
        "unanswerable follow-ups declined": (sum(o.right for o in silent), len(silent)),
        "unanswerable follow-ups declined without rewriting": (sum(o.right_as_typed for o in silent), len(silent)),
        "follow-ups with nine tenths of the words a person would use": (
            sum(o.content >= 0.9 for o in follow),
            len(follow),
        ),
        "new topics left alone": (sum(o.understood == o.turn.question for o in topics), len(topics)),
    }


def main() -> None:
    """Measure and print."""
    from qa.cli.asking import ready_service
    from qa.config import Settings

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=DIALOGUES)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--understanding", action="store_true", help="only that, on the true answers")
    parser.add_argument("--index", type=Path)
    parser.add_argument("--each", action="store_true", help="show every turn")
    options = parser.parse_args()
    dialogues = [dialogue for dialogue in load_dialogues(options.file) if options.part in (None, dialogue[0].part)]
    if options.understanding:
        print("\n".join(_understanding(dialogues, each=options.each)))  # noqa: T201
        return
    with ready_service(Settings.from_environment(index=options.index)) as service:
        # The same question often comes up rewritten, by hand and as typed.
        outcomes = measure(dialogues, cache(service.ask))
    print("\n".join(_report(outcomes, each=options.each)))  # noqa: T201


def _understanding(dialogues: Sequence[Sequence[GoldTurn]], *, each: bool) -> Iterator[str]:
    for kind, (well, total) in understanding(dialogues).items():
        yield f"  {well:3} of {total:3}  {kind}"
    for turn, understood in (pair for dialogue in dialogues for pair in understood_from_gold(dialogue)):
        if each:
            yield f"  {turn.dialogue} {'+' if is_understood(understood, turn) else '-'} {turn.question} → {understood}"


def _report(outcomes: Sequence[Outcome], *, each: bool) -> Iterator[str]:
    for part in PARTS:
        chosen = [outcome for outcome in outcomes if outcome.turn.part == part]
        if not chosen:
            continue
        yield f"{part}: {len(chosen)} turns"
        for name, (well, total) in summary(chosen).items():
            yield f"  {well:3} of {total:3}  {name}"
        for outcome in chosen if each else ():
            judged = (outcome.right, outcome.right_as_typed, outcome.right_by_hand)
            marks = "".join("+" if right else "-" for right in judged)
            yield f"  {outcome.turn.dialogue} {marks} {outcome.turn.question} → {outcome.understood}"


if __name__ == "__main__":
    main()
