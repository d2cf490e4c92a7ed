"""Dialogues over the starter archive: how well are follow-ups understood, and new topics left alone?

Run ``python -m tests.dialogues [--part held-out] [--index DIR] [--each]``. A line of ``dialogues.jsonl`` is one
dialogue; ``kind`` of a turn is ``first``, ``follow-up`` or ``new-topic``, ``standalone`` is how a person would ask a
follow-up alone, and ``answers`` are as in the gold questions. ``part`` tells the dialogues that the rules were made
with from those that they were only measured on.
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
PARTS: Final = ("development", "held-out")


@dataclass(frozen=True, slots=True)
class GoldTurn:
    """``standalone`` is the question itself where it needs no rewriting."""

    dialogue: str
    part: str
    kind: str
    question: str
    standalone: str
    answers: tuple[tuple[str, ...], ...]


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
                    standalone=turn.get("standalone", turn["question"]),
                    answers=tuple(map(tuple, turn["answers"])),
                )
                for turn in record["turns"]
            ]
        )
    return dialogues


def measure(dialogues: Sequence[Sequence[GoldTurn]], ask: Callable[[str], Answer]) -> list[Outcome]:
    """Hold every dialogue and judge its turns after the first, each on what was really answered before."""
    outcomes = []
    for dialogue in dialogues:
        conversation = Conversation()
        for turn in dialogue:
            conversation = conversation.ask(turn.question, ask)
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
        exchanges.append(Exchange(understood, tuple(spellings[0] for spellings in turn.answers)))
        pairs.append((turn, understood))
    return pairs[1:]


def content_share(understood: str, turn: GoldTurn) -> float:
    """Return the share of the words of the question as a person would put it alone that ``understood`` has."""
    wanted = set(tokens(turn.standalone))
    return len(wanted & set(tokens(understood))) / len(wanted)


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
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--each", action="store_true", help="show every turn")
    options = parser.parse_args()
    with ready_service(Settings.from_environment(index=options.index)) as service:
        dialogues = [dialogue for dialogue in load_dialogues() if options.part in (None, dialogue[0].part)]
        # The same question often comes up rewritten, by hand and as typed.
        outcomes = measure(dialogues, cache(service.ask))
    print("\n".join(_report(outcomes, each=options.each)))  # noqa: T201


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
