"""Which arithmetic the models' products are done in: what this machine is fastest with, measured once for a home."""

import json
import os
import time
from contextlib import suppress
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.graph import Body, Linear, Weights, body, linear, linear_in_bytes
from embeddings.home import cache_folder
from embeddings.inference import ov

Arithmetic = Literal["int8", "bf16", "f32"]

_FILE: Final = "arithmetic.json"
_HIDDEN: Final = 384
_INNER: Final = 1536
_HEADS: Final = 12
_TEXTS: Final = 2, 256
_RUNS: Final = 15
# Bytes round the values more than half precision does; for less than this they are not worth it.
_GAIN: Final = 1.1
# Processors that add up pairs of products in 16 bits lose what does not fit: their results are far off.
_MOST_OFF: Final = 0.03


def fastest(core: ov.Core, *, in_bytes: bool) -> Arithmetic:
    """Return what products of this processor are fastest in; products of bytes only where they are allowed.

    Whether bytes are faster depends on the processor (VNNI, AMX, neither) and is measured, half a second; the
    result stays in the cache folder, for this processor.
    """
    half = half_precision(core)
    if not in_bytes:
        return half
    processor = f"{core.get_property('CPU', 'FULL_DEVICE_NAME')}, {usable_cores()} cores"
    kept = cache_folder() / _FILE
    known = None
    with suppress(ValueError, RecursionError), suppress(OSError, AttributeError):
        known = json.loads(kept.read_text(encoding="utf-8")).get(processor)
    if isinstance(known, bool):
        return "int8" if known else half
    bytes_are = _bytes_are_faster(core, half)
    with suppress(OSError):  # a home that cannot be written is measured for each time
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_name(f"{_FILE}.{os.getpid()}")
        aside.write_text(json.dumps({processor: bytes_are}), encoding="utf-8")
        aside.replace(kept)
    return "int8" if bytes_are else half


def half_precision(core: ov.Core) -> Arithmetic:
    """Return ``"bf16"`` where the processor has products of it, else ``"f32"``."""
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _bytes_are_faster(core: ov.Core, half: Arithmetic) -> bool:
    weights = _random_layer()
    inputs = [np.random.default_rng(1).normal(0, 1, (*_TEXTS, _HIDDEN)).astype(np.float32), np.ones(_TEXTS, np.float32)]
    requests = [_layer(core, weights, product, half) for product in (linear, linear_in_bytes)]
    plain, rounded = (request.infer(inputs)[0].astype(np.float64) for request in requests)
    if np.abs(plain - rounded).mean() > _MOST_OFF * np.abs(plain).mean():
        return False
    # In turns, by one thread, and the best of each: whatever else runs here is then left out as far as can be.
    turns = [[_seconds(request, inputs) for request in requests] for _ in range(_RUNS)]
    of_plain, of_bytes = np.min(turns, axis=0)
    return bool(of_plain > _GAIN * of_bytes)


def _random_layer() -> Weights:
    random = np.random.default_rng(0)
    layer = "encoder.layer.0"
    weights: dict[str, NDArray[np.float32]] = {
        "embeddings.position_embeddings.weight": np.zeros((_TEXTS[1], _HIDDEN), np.float32),
        "embeddings.token_type_embeddings.weight": np.zeros((1, _HIDDEN), np.float32),
    }
    products = {f"{layer}.attention.self.{name}": (_HIDDEN, _HIDDEN) for name in ("query", "key", "value")}
    products[f"{layer}.attention.output.dense"] = _HIDDEN, _HIDDEN
    products[f"{layer}.intermediate.dense"] = _INNER, _HIDDEN
    products[f"{layer}.output.dense"] = _HIDDEN, _INNER
    for name, (rows, columns) in products.items():
        weights[f"{name}.weight"] = random.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)
        weights[f"{name}.bias"] = np.zeros(rows, np.float32)
    for name in ("embeddings.LayerNorm", f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"):
        weights[f"{name}.weight"], weights[f"{name}.bias"] = np.ones(_HIDDEN, np.float32), np.zeros(_HIDDEN, np.float32)
    return weights


def _layer(core: ov.Core, weights: Weights, product: Linear, half: str) -> ov.InferRequest:
    inputs, states, _ = body(weights, Body(_HEADS, 1, 1e-12, product))
    settings = {"INFERENCE_PRECISION_HINT": half, "INFERENCE_NUM_THREADS": "1", "ENABLE_CPU_PINNING": "NO"}
    return core.compile_model(ov.Model(states, inputs), "CPU", settings).create_infer_request()


def _seconds(request: ov.InferRequest, inputs: list[NDArray[np.float32]]) -> float:
    """Return the processor's time, which other processes do not add to."""
    before = time.process_time()
    request.infer(inputs)
    return time.process_time() - before
