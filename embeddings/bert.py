"""The packed model in the terms of transformers and sentence-transformers: names, shapes and descriptions."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embeddings.packed import Architecture, PackedModel
from embeddings.tokenizer import BOS, EOS, MASK, PAD, UNK

PREFIXES: Final = {"query": "query: ", "passage": "passage: "}
_LAYER_NAMES: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def bert_name(packed_name: str) -> str:
    """Translate a tensor's name in the packed file to its name in transformers' ``BertModel``.

    >>> bert_name("l3.fi.w"), bert_name("emb.ln.b")
    ('encoder.layer.3.intermediate.dense.weight', 'embeddings.LayerNorm.bias')
    """
    embeddings = {"pos": "position_embeddings.weight", "type": "token_type_embeddings.weight"}
    head, *rest = packed_name.split(".")
    kind = {"w": "weight", "b": "bias"}.get(rest[-1], "")
    if head == "emb":
        return "embeddings." + (embeddings[rest[0]] if len(rest) == 1 else f"LayerNorm.{kind}")
    return f"encoder.layer.{head.removeprefix('l')}.{_LAYER_NAMES[rest[0]]}.{kind}"


def bert_weights(model: PackedModel) -> dict[str, NDArray[np.float32]]:
    """Return the weights by transformers' names, each in its shape, without the word embeddings."""
    sizes = model.architecture
    weights = {}
    for packed_name, flat in model.tensors.items():
        name = bert_name(packed_name)
        width = {"intermediate.dense.weight": sizes.hidden}.get(".".join(name.split(".")[-3:]), sizes.hidden)
        if name.endswith(".output.dense.weight") and ".attention." not in name:
            width = sizes.feed_forward
        matrix = name.endswith(("dense.weight", "query.weight", "key.weight", "value.weight", "embeddings.weight"))
        weights[name] = np.ascontiguousarray(flat.reshape(-1, width) if matrix else flat)
    return weights


def config(sizes: Architecture) -> Mapping[str, object]:
    """Return the ``config.json`` of transformers' ``BertModel``."""
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": sizes.hidden,
        "intermediate_size": sizes.feed_forward,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "vocab_size": sizes.vocabulary,
        "layer_norm_eps": round(sizes.epsilon, 15),
        "pad_token_id": 1,
        "torch_dtype": "float32",
    }


def descriptions(sizes: Architecture) -> Mapping[str, object]:
    """Return the other small JSON files, by name, of a sentence-transformers model."""
    module = "sentence_transformers.models"
    specials = {"bos_token": BOS, "eos_token": EOS, "sep_token": EOS, "cls_token": BOS, "pad_token": PAD}
    return {
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **specials,
            "unk_token": UNK,
            "mask_token": MASK,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": sizes.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            # sentence-transformers calls passages documents.
            "prompts": {**PREFIXES, "document": PREFIXES["passage"]},
            "similarity_fn_name": "cosine",
        },
    }
