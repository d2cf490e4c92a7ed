"""How well a reader in training answers held-out questions, each read alone over its own passage."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from qa.evaluate.metrics import cmrc_exact_match, cmrc_f1
from qa.read.decode import best_span
from qa.read.inputs import allowed_tokens, tokenise, windows
from qa.train.data import Example
from qa.train.model import TrainableReader
from qa.train.precision import autocast


@dataclass(frozen=True, slots=True)
class DevScores:
    """Means over questions, by the rules of CMRC 2018; ``None`` where no question is of that sort.

    ``exact_match`` and ``f1`` are over answerable questions, answered always; ``declined`` is the share of unanswerable
    ones whose best span stays below the threshold.
    """

    exact_match: float | None
    f1: float | None
    declined: float | None


def dev_scores(
    model: TrainableReader, tokenizer: Tokenizer, examples: Sequence[Example], *, max_length: int
) -> DevScores:
    """Read every question's passage, window by window, and score the best span of all windows."""
    exact: list[float] = []
    overlap: list[float] = []
    declined: list[float] = []
    training = model.training
    model.eval()
    for example in examples:
        said, score = _answer(model, tokenizer, example, max_length)
        if example.answers:
            references = [text for text, _ in example.answers]
            exact.append(cmrc_exact_match(said, references))
            overlap.append(cmrc_f1(said, references))
        else:
            declined.append(float(score < 0))
    model.train(training)
    return DevScores(_mean(exact), _mean(overlap), _mean(declined))


def _answer(model: TrainableReader, tokenizer: Tokenizer, example: Example, max_length: int) -> tuple[str, float]:
    device = next(model.parameters()).device
    passage = tokenise(tokenizer, example.context)
    found: list[tuple[float, str]] = [(float("-inf"), "")]
    asked = tokenise(tokenizer, example.question)
    for window in windows(tokenizer, asked, passage, max_length=max_length, stride=max_length // 3):
        ids = torch.tensor([window.ids], device=device)
        with torch.inference_mode(), autocast(device):
            read = model(ids, torch.ones_like(ids))
        start, end = read.start[0].cpu().numpy(), read.end[0].cpu().numpy()
        allowed = allowed_tokens(passage, window, start=0)
        if allowed.any():
            span = best_span(start, end, allowed)
            first, last = (passage.offsets[window.first + at - window.at] for at in (span.first, span.last))
            found.append((span.score, example.context[first[0] : last[1]].strip()))
    score, said = max(found)
    return said, score


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
