import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertConfig, BertModel

from embeddings.graph import STEP, ZERO
from qa.train.input_steps import input_steps, steps_of

NUMBERS = st.floats(-50, 50, width=32)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.floats(0, 3, width=32)), min_size=1, max_size=8))
def test_every_input_seen_comes_back_to_half_a_step(channels: list[tuple[float, float, float]]) -> None:
    low = np.array([min(a, b) for a, b, _ in channels], np.float32)
    high = np.array([max(a, b) for a, b, _ in channels], np.float32)
    step, (zero,) = steps_of(low, high, np.array([c for *_, c in channels], np.float32))
    assert 0 <= zero <= 255
    for values in (low, high):
        integers = np.clip(np.round(values / step), -zero, 255 - zero)
        assert np.all(np.abs(integers * step - values) <= 0.51 * step + 1e-6)


def test_inputs_after_gelu_spend_few_integers_on_negatives() -> None:
    high, columns = np.array([3.0, 2.0], np.float32), np.ones(2, np.float32)
    _, (zero,) = steps_of(np.array([-0.17, -0.1], np.float32), high, columns)
    assert 10 <= zero <= 30
    _, (zero,) = steps_of(np.array([-2.0, -0.1], np.float32), high, columns)
    assert zero == 128


def test_the_inputs_of_every_layer_are_measured() -> None:
    torch.manual_seed(2)
    config = BertConfig(vocab_size=20, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32)
    body = BertModel(config, add_pooling_layer=False)
    body.eval()  # type: ignore[no-untyped-call]
    texts = [(1, 2, 3), (4, 5, 6, 7, 8)]
    steps = input_steps(body, texts)
    sites = ["attention.self", "attention.output.dense", "intermediate.dense", "output.dense"]
    names = {f"encoder.layer.{n}.{site}" for n in range(2) for site in sites}
    assert set(steps) == {name + end for name in names for end in (STEP, ZERO)}
    assert steps["encoder.layer.1.output.dense" + STEP].shape == (32,)
    with torch.inference_mode():
        first = torch.cat([body.embeddings(torch.tensor([ids]))[0] for ids in texts]).numpy()
    own = "encoder.layer.0.attention.self"
    matrices = [body.get_parameter(f"{own}.{part}.weight") for part in ("query", "key", "value")]
    columns = torch.cat(tuple(matrices)).abs().amax(0).detach().numpy()
    expected, zero = steps_of(first.min(axis=0), first.max(axis=0), columns)
    np.testing.assert_allclose(steps[own + STEP], expected, rtol=1e-5)
    assert steps[own + ZERO] == zero
