"""What one would write first: sentence-transformers and transformers in fp32, passage by passage.

A passage is decoded as transformers 4's pipeline did, over the same weights as the released reader's.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
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

_LONGEST_ANSWER: Final = 80


def plain_way(service: Service) -> tuple[Callable[[str], object], Callable[[Sequence[str]], object]]:
    """Return what answers a question over the passages of ``service``, and what encodes passages."""
    folder = provision_torch()
    model = question_answering_model(folder)  # first: it says what is wrong with a damaged file
    tokenizer = AutoTokenizer.from_pretrained(folder.path, local_files_only=True)
    encoder = SentenceTransformer(str(folder.path), device="cpu", local_files_only=True)

    def answer(question: str) -> list[tuple[float, str]]:
        vector: Vectors = np.asarray(encoder.encode_query([question], normalize_embeddings=True)[0], np.float32)
        # The first encoder alone: where the index has vectors of both, the components of the second are left out.
        vector = np.pad(vector, (0, service.models.encoder.dimension - len(vector)))
        hits = retrieve(question, vector, index=service.opened, k=service.settings.top_k)
        return sorted(best_span(model, tokenizer, question, hit.chunk.embedded) for hit in hits)

    return answer, lambda passages: encoder.encode_document(list(passages), batch_size=32)


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
