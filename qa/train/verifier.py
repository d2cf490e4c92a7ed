"""The verifier of a reader, trained on questions in pairs that differ in one thing.

Run ``python -m qa.train.verifier`` and commit the file that it writes. The reader reads every pair's
article; what is learned are changes of low rank to its upper layers, and heads over them, so that the verifier's file
takes a tenth of the reader's. Every fifth page is left out, to measure on.
"""

import argparse
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save as serialised
from torch import Tensor, nn
from torch.nn import functional

from embeddings.graph import Weights, linear
from embeddings.models import ModelFolder, provision
from embeddings.openvino_encoder import load_unigram_tokenizer
from embeddings.runtime import body_sizes
from qa.evaluate.confidence import auroc
from qa.evaluate.metrics import cmrc_f1
from qa.read.inputs import tokenise
from qa.read.model import Reader, load_reader, reader_weights
from qa.read.released import RELEASED, VERIFIER
from qa.read.told import Told
from qa.read.verifier import DOWN, SCORE_SCALE, SHARED, UP
from qa.text.script import is_latin
from qa.train.files import write_whole
from qa.train.gpu.bert import Layer, Sizes
from qa.train.pairs import PAIRS, Asked, load_pairs
from qa.train.precision import autocast

RANK: Final = 16
"""Of what is added to each matrix."""
WIDTH: Final = 128
"""Of the heads."""
EPOCHS: Final = 3
BATCH: Final = 32
RATE: Final = 5e-4
"""The learning rate of the matrices, at its highest; the heads have twice that."""
WARM_UP: Final = 0.06
WORDS: Final = 0.5
"""The weight of the loss on which words of a question are changed."""
RIGHT, WRONG = 0.5, 0.25
"""F1 from which an answer is right, and up to which it is wrong: what is between is not learned from."""
LEFT_OUT: Final = 5


@dataclass(frozen=True, slots=True)
class Row:
    """What a reader makes of one question over its article, and whether its best span is right.

    *Shape:* ``states`` is ``(tokens, hidden)``, float16. ``asked`` is how many tokens the question has, and ``changed``
    are those of them that no article bears out.
    """

    of: Asked
    states: NDArray[np.float16]
    asked: int
    changed: tuple[int, ...]
    first: int
    last: int
    scores: tuple[float, float, float]
    f1: float

    @property
    def right(self) -> bool:
        """Whether the article answers, and its best span is the answer."""
        return self.f1 >= RIGHT

    @property
    def is_told(self) -> bool:
        """Whether that is beyond doubt."""
        return not self.of.answers or not WRONG < self.f1 < RIGHT


def read_rows(reader: Reader, asked: Sequence[Asked]) -> Iterator[Row]:
    """Read every question over its article."""
    reader = replace(reader, verifier=None)
    for one in asked:
        reading = reader.read(one.question, [Told(one.title, one.text)])[0]
        if not reading or not reading.seen:
            continue
        start, end = one.changed
        tokens = tokenise(reader.tokenizer, one.question).offsets[: reading.seen.asked]
        changed = tuple(number for number, (a, b) in enumerate(tokens) if a < end and b > start)
        said = one.text[reading.best.start : reading.best.end]
        f1 = max((cmrc_f1(said, [answer]) for answer in one.answers), default=0.0)
        doubt = reader.doubt(one.text)
        scores = reading.best.score + doubt, reading.whole + doubt, reading.listed
        seen = reading.seen
        yield Row(one, seen.states.astype(np.float16), seen.asked, changed, seen.first, seen.last, scores, f1)


class _Adapted(nn.Module):
    """A frozen product with one of low rank added."""

    def __init__(self, frozen: nn.Linear) -> None:
        super().__init__()
        self.frozen = frozen
        self.down = nn.Parameter(torch.randn(RANK, frozen.in_features) / math.sqrt(frozen.in_features))
        self.up = nn.Parameter(torch.zeros(frozen.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        added = functional.linear(functional.linear(states, self.down), self.up)
        result: Tensor = self.frozen(states) + 2 * added
        return result


@dataclass(frozen=True, slots=True)
class _Batch:
    states: Tensor
    there: Tensor
    asked: Tensor
    ends: Tensor
    scores: Tensor
    changed: Tensor
    right: Tensor


def sizes_of(folder: ModelFolder, weights: Weights) -> Sizes:
    """Return the sizes of the body, but for the embeddings, which are not needed."""
    body = body_sizes(folder, linear)
    inner, hidden = weights["encoder.layer.0.intermediate.dense.weight"].shape
    return Sizes(hidden, body.layers, body.heads, inner, 1, 1, 1, body.epsilon)


class TrainableVerifier(nn.Module):
    """The reader's upper layers with what is learned, and the heads: as ``qa.read.verifier`` builds them."""

    def __init__(self, weights: Weights, sizes: Sizes) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_layer(weights, sizes, number) for number in range(SHARED, sizes.layers))
        self.word_state = nn.Linear(sizes.hidden, WIDTH)
        self.word_context = nn.Linear(3 * sizes.hidden, WIDTH)
        self.word = nn.Linear(WIDTH, 1)
        self.whole_hidden = nn.Linear(3 * sizes.hidden + 3, WIDTH)
        self.whole = nn.Linear(WIDTH, 1)
        self.sum = nn.Linear(3, 1)
        self.dropout = nn.Dropout(0.1)
        with torch.no_grad():
            self.sum.weight.copy_(torch.tensor([[-1.0, 1.0, 1.0]]))
            self.sum.bias.zero_()

    def forward(self, batch: _Batch) -> tuple[Tensor, Tensor]:
        """Return the log-odds that spans are right, ``(batch,)``, and that words are changed, ``(batch, asked)``."""
        states, there = batch.states, batch.there[:, None, None, :]
        for layer in self.layers:
            states = layer(states, there)
        states, rows = states.float(), torch.arange(len(states))
        context = torch.cat([states[rows, batch.ends[:, 0]], states[rows, batch.ends[:, 1]], states[:, 0]], 1)
        of_words = states[:, 1 : 1 + batch.asked.shape[1]]
        mixed = functional.relu(self.word_state(of_words) + self.word_context(context)[:, None])
        words = self.word(self.dropout(mixed))[..., 0].float().masked_fill(~batch.asked, -1e4)
        whole = functional.relu(self.whole_hidden(self.dropout(torch.cat([context, batch.scores], 1))))
        judged = [torch.logsumexp(words, 1), self.whole(self.dropout(whole))[:, 0], batch.scores[:, 0]]
        return self.sum(torch.stack(judged, 1))[:, 0], words

    def learned(self) -> dict[str, NDArray[np.float16]]:
        """Return what the verifier's file holds."""
        found = {}
        for name, value in self.named_parameters():
            if value.requires_grad:
                adapted = name.startswith("layers.")
                _, number, rest = name.split(".", 2) if adapted else ("", "0", name)
                path, _, side = rest.rpartition(".")
                stored = f"encoder.layer.{SHARED + int(number)}.{path}.weight" + (UP if side == "up" else DOWN)
                found[stored if adapted else name] = (
                    ((2 if side == "up" else 1) * value.detach()).numpy().astype(np.float16)
                )
        return found


def _layer(weights: Weights, sizes: Sizes, number: int) -> Layer:
    layer, prefix = Layer(sizes, 0.0), f"encoder.layer.{number}."
    layer.load_state_dict({n.removeprefix(prefix): torch.tensor(v) for n, v in weights.items() if n.startswith(prefix)})
    layer.requires_grad_(False)
    for name, module in [*layer.named_modules()]:
        if isinstance(module, nn.Linear):
            parent, _, last = name.rpartition(".")
            setattr(layer.get_submodule(parent), last, _Adapted(module))
    return layer


def train(
    rows: Sequence[Row],
    model: TrainableVerifier,
    *,
    epochs: float = EPOCHS,
    seed: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> None:
    """Train on what is beyond doubt, long and short in batches of their own; ``say`` is told the loss as it goes."""
    rng = random.Random(seed)  # noqa: S311
    told = [row for row in rows if row.is_told]
    learned = [value for value in model.parameters() if value.requires_grad]
    layers = {id(value) for value in model.layers.parameters()}
    groups = [[v for v in learned if (id(v) in layers) == upper] for upper in (True, False)]
    optimizer = torch.optim.AdamW([{"params": group} for group in groups], weight_decay=0.02)
    steps, step, losses = max(1, round(epochs * len(told) / BATCH)), 0, list[float]()
    while step < steps:
        for numbers in _batches(told, rng):
            if step == steps:
                break
            rate = RATE * min(1.0, (step + 1) / (WARM_UP * steps)) * (1 + math.cos(math.pi * step / steps)) / 2
            for group, factor in zip(optimizer.param_groups, (1, 2), strict=True):
                group["lr"] = rate * factor
            loss = _loss(model, _batch([told[number] for number in numbers]))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            losses.append(loss.item())
            step += 1
            if step % 50 == 0:
                say(f"step {step} of {steps}, loss {np.mean(losses[-50:]):.3f}")


def _loss(model: TrainableVerifier, batch: _Batch) -> Tensor:
    with autocast(torch.device("cpu")):
        odds, words = model(batch)
    # Which words are changed is known of near questions, and that none is of those answered.
    known = ((batch.right > 0) | batch.changed.any(1))[:, None] & batch.asked
    of_words = functional.binary_cross_entropy_with_logits(
        words.clamp(min=-30), batch.changed.float(), reduction="none"
    )
    loss = functional.binary_cross_entropy_with_logits(odds.float(), batch.right)
    return loss + WORDS * (of_words * known).sum() / known.sum().clamp(min=1)


def _batches(rows: Sequence[Row], rng: random.Random) -> list[list[int]]:
    order = rng.sample(range(len(rows)), len(rows))
    found = []
    for at in range(0, len(order), 16 * BATCH):
        alike = sorted(order[at : at + 16 * BATCH], key=lambda number: len(rows[number].states))
        found += [alike[start : start + BATCH] for start in range(0, len(alike), BATCH)]
    rng.shuffle(found)
    return found


def _batch(rows: Sequence[Row]) -> _Batch:
    length, asked = (max(sizes) for sizes in zip(*((len(row.states), row.asked) for row in rows), strict=True))
    states = torch.zeros(len(rows), length, rows[0].states.shape[1])
    there, questions, changed = (torch.zeros(len(rows), n, dtype=torch.bool) for n in (length, asked, asked))
    for number, row in enumerate(rows):
        states[number, : len(row.states)] = torch.from_numpy(row.states.astype(np.float32))
        there[number, : len(row.states)] = True
        questions[number, : row.asked] = True
        changed[number, list(row.changed)] = True
    ends, scores = torch.tensor([(r.first, r.last) for r in rows]), torch.tensor([r.scores for r in rows])
    right = torch.tensor([float(row.right) for row in rows])
    return _Batch(states, there, questions, ends, scores / SCORE_SCALE, changed, right)


def judged(model: TrainableVerifier, rows: Sequence[Row]) -> NDArray[np.float64]:
    """Return the log-odds of each row."""
    model.eval()
    odds = np.zeros(len(rows))
    order = sorted(range(len(rows)), key=lambda number: len(rows[number].states))
    with torch.inference_mode(), autocast(torch.device("cpu")):
        for at in range(0, len(order), 2 * BATCH):
            numbers = order[at : at + 2 * BATCH]
            odds[numbers] = model(_batch([rows[number] for number in numbers]))[0].float().numpy()
    model.train()
    return odds


def report(name: str, rows: Sequence[Row], odds: NDArray[np.float64]) -> str:
    """Return how well scores and the verifier's log-odds tell what an article answers from what it only seems to.

    Both by AUROC, and by the share of near questions that pass where nine in ten right answers do.
    """
    pairs = [number for number, row in enumerate(rows) if row.of.kind != "other"]
    answers = [bool(rows[number].of.answers) for number in pairs]
    right = np.array([rows[number].right for number in pairs])
    near = np.array([rows[number].of.kind == "near" for number in pairs])
    parts = []
    for measure in (np.array([row.scores[0] for row in rows]), odds):
        values = measure[pairs]
        passed = (values[near] >= np.quantile(values[right], 0.1)).mean()
        parts.append(f"AUROC {auroc(list(values), answers).item():.3f}, near that pass {100 * passed:.0f} %")
    return f"{name}, {len(pairs)} questions: reader {parts[0]}; verifier {parts[1]}"


def main() -> None:
    """Train, measure on the pages that were left out, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m qa.train.verifier", description=__doc__)
    parser.add_argument("--out", type=Path, default=VERIFIER)
    parser.add_argument("--pairs", type=Path, default=PAIRS, help="folder of WRITER.jsonl.bz2")
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    options = parser.parse_args()

    def say(line: str) -> None:
        print(line, flush=True)  # noqa: T201

    folder = provision()
    reader, weights = load_reader(folder, load_unigram_tokenizer(folder)), reader_weights(RELEASED)
    rows = list(read_rows(reader, load_pairs(options.pairs)))
    say(f"{len(rows)} questions read")
    kept = [row for row in rows if row.of.group[1] % LEFT_OUT]
    aside = [row for row in rows if not row.of.group[1] % LEFT_OUT]
    model = TrainableVerifier(weights, sizes_of(folder, weights))
    train(kept, model, epochs=options.epochs, say=say)
    odds = judged(model, aside)
    for name, latin in (("Chinese", False), ("English", True)):
        numbers = [number for number, row in enumerate(aside) if is_latin(row.of.text) == latin]
        say(report(name, [aside[number] for number in numbers], odds[numbers]))
    write_whole(options.out, serialised(model.learned(), metadata={"reader_sha256": reader.sha256}))
    say(f"{options.out}: {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
