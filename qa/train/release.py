"""From trained weights to the file that the package carries: 8 bits, calibrated."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from embeddings.models import ModelFolder
from embeddings.openvino_encoder import load_tokenizer
from qa.evaluate.metrics import cmrc_f1
from qa.read.calibration import Calibration
from qa.read.model import load_reader
from qa.read.quantised import quantise
from qa.train.data import Example, from_notice, hard_negatives, held_out, load_set
from qa.train.notices import generate

SAMPLE: Final = 300
"""Held-out questions taken from each source for calibration."""
THRESHOLD: Final = 0.5
_UNCALIBRATED: Final = Calibration(slope=1.0, offset=0.0, threshold=THRESHOLD)


def release(weights: Path, target: Path, *, data: Path, encoder: ModelFolder) -> Calibration:
    """Quantise ``weights``, calibrate them on held-out questions and write ``target``; return the calibration."""
    state = torch.load(weights, map_location="cpu", weights_only=True)
    named = {name.removeprefix("body."): value.float().numpy() for name, value in state.items()}
    _write(named, target, encoder, _UNCALIBRATED)
    scores, right = _outcomes(target, calibration_examples(data), encoder)
    fit = LogisticRegression(C=1e6).fit(scores[:, None], right)
    calibration = Calibration(float(fit.coef_[0, 0]), float(fit.intercept_[0]), THRESHOLD)
    _write(named, target, encoder, calibration)
    return calibration


def calibration_examples(data: Path, *, seed: int = 7) -> list[Example]:
    """Return held-out questions (articles kept from training, notices of unseen templates), some over far passages."""
    rng = random.Random(seed)  # noqa: S311
    real = rng.sample(held_out(load_set(data, "chinese_squad2_dev"))[1], SAMPLE)
    cross = rng.sample(load_set(data, "squad_enq_zhctx_dev"), SAMPLE // 4)
    notices = [from_notice(notice) for notice in generate(SAMPLE, seed=seed, split="dev")]
    examples = [*real, *cross, *notices]
    return [*examples, *hard_negatives(examples, share=0.3, rng=rng)]


def _outcomes(
    weights: Path, examples: Sequence[Example], encoder: ModelFolder
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return each best span's score and whether it is right: F1 of at least one half with an answer."""
    reader = load_reader(encoder, load_tokenizer(encoder), weights=weights)
    scores, right = [], []
    for example in examples:
        reading = reader.read(example.question, [(example.title, example.context)])[0]
        if reading is None:
            continue
        found = example.context[reading.best.start : reading.best.end]
        scores.append(reading.best.score)
        right.append(any(cmrc_f1(found, [text]) >= 0.5 for text, _ in example.answers))
    return np.array(scores), np.array(right)


def _write(
    weights: dict[str, NDArray[np.float32]], target: Path, encoder: ModelFolder, calibration: Calibration
) -> None:
    metadata = {
        "encoder_sha256": encoder.sha256,
        "calibration": json.dumps({name: getattr(calibration, name) for name in ("slope", "offset", "threshold")}),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(quantise(weights), target, metadata=metadata)
