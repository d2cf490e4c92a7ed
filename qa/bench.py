"""How fast questions are answered, beside a baseline: ``gazette doctor --bench``.

The baseline is what one would write first: sentence-transformers in fp32 for the question, transformers' model for
question answering in fp32 over the same weights, passage by passage, decoded as transformers 4's pipeline did.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import numpy as np
import torch
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer
from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

from embeddings.encoder import Vectors
from embeddings.models import ModelFolder, provision_torch, torch_weights
from qa.read.quantised import unquantise
from qa.read.released import RELEASED
from qa.retrieve import retrieve
from qa.service import Service

REPEATS: Final = 50
PROCESSES: Final = 5
_LONGEST_ANSWER: Final = 80
_QUESTIONS: Final = (
    "谁被任命为副市长?",
    "会议由谁主持?",
    "Who was appointed vice mayor?",
    "总投资达到多少?",
    "When was the meeting held?",
)


def compare_speed(service: Service) -> Iterator[str]:
    """Yield lines of a table, as they are measured."""
    command = [sys.executable, "-c", "from qa.cli import main; main()", "ask", _QUESTIONS[0]]
    command += ["--index", str(service.settings.index)]
    environment = {**os.environ, "GAZETTE_ENCODER": service.settings.encoder}
    whole = median(
        timed(lambda: subprocess.run(command, env=environment, capture_output=True, check=False))  # noqa: S603
        for _ in range(PROCESSES)
    )
    yield f"bench    gazette ask, whole process on an existing index: {whole:.2f} s (median of {PROCESSES})"
    ours = _median_ms(lambda question: service.ask(question))
    yield f"bench    one question in a running process: {ours:.0f} ms (median of {REPEATS})"
    plain = _median_ms(_plain_way(service))
    yield f"bench    baseline, same passages: {plain:.0f} ms (median of {REPEATS}), {plain / ours:.1f} times ours"


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    started = perf_counter()
    call()
    return perf_counter() - started


def _median_ms(answer: Callable[[str], object]) -> float:
    for question in _QUESTIONS:
        answer(question)
    asked = [_QUESTIONS[number % len(_QUESTIONS)] for number in range(REPEATS)]
    return 1000 * median(timed(partial(answer, question)) for question in asked)


def _plain_way(service: Service) -> Callable[[str], object]:
    folder = provision_torch()
    model = question_answering_model(folder)  # first: it says what is wrong with a damaged file
    tokenizer = AutoTokenizer.from_pretrained(folder.path, local_files_only=True)
    encoder = SentenceTransformer(str(folder.path), device="cpu", local_files_only=True)

    def answer(question: str) -> list[tuple[float, str]]:
        vector: Vectors = np.asarray(encoder.encode_query([question], normalize_embeddings=True)[0], np.float32)
        hits = retrieve(question, vector, index=service.opened, k=service.settings.top_k)
        return sorted(best_span(model, tokenizer, question, hit.chunk.embedded) for hit in hits)

    return answer


def question_answering_model(folder: ModelFolder, weights: Path = RELEASED) -> BertForQuestionAnswering:
    """Return reader weights as transformers' own model for question answering, in fp32."""
    model: BertForQuestionAnswering = BertForQuestionAnswering(BertConfig.from_pretrained(folder.path))
    named = unquantise(load_file(weights))
    words = torch_weights(folder)["embeddings.word_embeddings.weight"]
    heads = {name.replace("span.", "qa_outputs."): value for name, value in named.items() if name.startswith("span.")}
    body = {f"bert.{name}": value for name, value in named.items() if not name.startswith(("span.", "judge.", "trim."))}
    state = {**heads, **body, "bert.embeddings.word_embeddings.weight": words}
    model.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    model.eval()  # type: ignore[no-untyped-call]
    return model


@torch.inference_mode()
def best_span(model: BertForQuestionAnswering, tokenizer: object, question: str, passage: str) -> tuple[float, str]:
    """Read one passage as transformers 4's pipeline did: (probability, words)."""
    encoded = tokenizer(
        question,
        passage,
        truncation=True,
        max_length=512,
        return_tensors="pt",  # type: ignore[operator]
        return_offsets_mapping=True,
    )
    offsets = encoded.pop("offset_mapping")[0]
    output = model(**encoded)
    start, end = output.start_logits[0].softmax(-1), output.end_logits[0].softmax(-1)
    joint = torch.outer(start, end).triu().tril(_LONGEST_ANSWER - 1)
    first, last = divmod(int(joint.argmax()), joint.shape[1])
    return float(joint.max()), passage[int(offsets[first][0]) : int(offsets[last][1])]
