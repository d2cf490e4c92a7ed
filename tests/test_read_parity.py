"""The reader's runtime against transformers' model in fp32 on the same weights."""

import numpy as np
import pytest
import torch

from embeddings.arithmetic import half_precision
from embeddings.inference import ov
from embeddings.models import provision_torch
from embeddings.openvino_encoder import load_tokenizer
from qa.bench.plain import question_answering_model
from qa.read.decode import best_span
from qa.read.inputs import tokenise, windows
from qa.read.model import load_reader
from tests.conftest import SEEDS

QUESTIONS = ("谁被任命为副市长?", "会议由谁主持?", "Who was appointed vice mayor?", "总投资达到多少?")


@pytest.mark.parametrize(("arithmetic", "most"), [(half_precision(ov.Core()), 0.05), ("int8", 0.1)])
def test_scores_agree_with_fp32(arithmetic: str, most: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.runtime.fastest", lambda core, in_bytes: arithmetic)
    folder = provision_torch()
    tokenizer = load_tokenizer(folder)
    page = next(SEEDS.glob("*.txt")).read_text("utf-8")
    texts = [page[start : start + 240] for start in range(0, 240 * 6, 240)]
    inputs = [
        window
        for number, text in enumerate(texts)
        for window in windows(tokenizer, tokenise(tokenizer, QUESTIONS[number % 4]), tokenise(tokenizer, text))
    ]
    model = question_answering_model(folder)
    scores = load_reader(folder, tokenizer).runtime.run([window.ids for window in inputs])
    same = 0
    for window, ours in zip(inputs, scores, strict=True):
        with torch.inference_mode():
            output = model(input_ids=torch.tensor([window.ids]))
        exact = torch.stack([output.start_logits[0], output.end_logits[0]], dim=1).numpy()
        ours = ours[:, :2]
        length = len(window.ids)
        assert np.sqrt(np.mean((ours[:length] - exact) ** 2)) < most
        passage = np.arange(length) >= window.at
        passage[-1] = False
        ranked = [best_span(scores[:length, 0], scores[:length, 1], passage) for scores in (ours, exact)]
        same += (ranked[0].first, ranked[0].last) == (ranked[1].first, ranked[1].last)
    assert same >= len(inputs) - 1
