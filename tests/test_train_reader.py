"""The training code on a body small enough to learn by heart in seconds."""

import json
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from embeddings.models import ModelFolder
from qa.errors import InputError
from qa.read.quantised import quantise
from qa.train.data import Example, held_out
from qa.train.features import batches, collate, encode_example
from qa.train.losses import consistency_loss
from qa.train.reader import learning_rate, train, write_mean
from qa.train.recipe import Training
from tests.tiny_reader import EXAMPLES, SETTINGS, exact_matches, recipe, write_tiny

RECIPE = recipe(SETTINGS, stages=20)


def draw(_: int) -> list[Example]:
    return EXAMPLES


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    return write_tiny(tmp_path_factory.mktemp("tiny"))


def losses(folder: Path) -> list[float]:
    lines = (json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines())
    return [line["loss"] for line in lines if "loss" in line]


def test_it_learns(tiny: ModelFolder, tmp_path: Path) -> None:
    before = exact_matches(tiny, train(draw, recipe=RECIPE, encoder=tiny, out=tmp_path / "none", stop_after=1))
    weights = train(draw, recipe=RECIPE, encoder=tiny, out=tmp_path / "run", dev=EXAMPLES[:12], dev_every=12)
    series = losses(tmp_path / "run")
    assert len(series) == 20 * 12  # 96 features, those of twins included, eight or nine to a step
    assert sum(series[-12:]) < 0.5 * sum(series[:12])
    assert exact_matches(tiny, weights) >= max(0.75, 3 * before)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    scored = [line for line in lines if "exact_match" in line]
    assert [line["step"] for line in scored] == [12 * epoch for epoch in range(1, 21)]
    assert scored[-1]["exact_match"] > scored[0]["exact_match"]
    assert scored[-1]["declined"] == 1.0


def test_an_interrupted_run_goes_on_to_the_same_weights(tiny: ModelFolder, tmp_path: Path) -> None:
    chosen = recipe(Training(batch_size=8, learning_rate=1e-3, max_length=64, checkpoint_every=3), stages=2)
    straight = torch.load(train(draw, recipe=chosen, encoder=tiny, out=tmp_path / "a"), weights_only=True)
    for _ in range(4):
        weights = train(draw, recipe=chosen, encoder=tiny, out=tmp_path / "b", stop_after=7)
    resumed = torch.load(weights, weights_only=True)
    assert losses(tmp_path / "a") == pytest.approx(losses(tmp_path / "b"), rel=1e-3)
    assert all(torch.allclose(straight[name], resumed[name], atol=1e-4) for name in straight)


def test_another_recipe_does_not_go_on_from_a_checkpoint(tiny: ModelFolder, tmp_path: Path) -> None:
    train(draw, recipe=RECIPE, encoder=tiny, out=tmp_path, stop_after=1)
    with pytest.raises(InputError, match="another recipe"):
        train(draw, recipe=recipe(SETTINGS, stages=3), encoder=tiny, out=tmp_path)


def test_a_run_begins_with_the_reader_that_the_recipe_names(tiny: ModelFolder, tmp_path: Path) -> None:
    named = replace(RECIPE, start="0" * 64)
    with pytest.raises(InputError, match="--start"):
        train(draw, recipe=named, encoder=tiny, out=tmp_path)
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"another reader")
    with pytest.raises(InputError, match="000000000000"):
        train(draw, recipe=named, encoder=tiny, out=tmp_path, start=other)


def test_word_embeddings_stay_as_they_are(tiny: ModelFolder, tmp_path: Path) -> None:
    weights = torch.load(train(draw, recipe=RECIPE, encoder=tiny, out=tmp_path, stop_after=2), weights_only=True)
    assert not any("word_embeddings" in name for name in weights)


def test_learning_rate_warms_up_and_decays_to_nothing() -> None:
    rates = [learning_rate(step, 100, SETTINGS) for step in range(100)]
    assert max(rates) == pytest.approx(SETTINGS.learning_rate)
    assert rates[0] < rates[3] < rates[5]
    assert all(a > b for a, b in pairwise(rates[7:]))
    assert 0 < rates[-1] < 0.02 * SETTINGS.learning_rate


def test_gold_positions_spell_the_answer(tiny: ModelFolder) -> None:
    tokenizer = Tokenizer.from_file(str(tiny.tokenizer))
    for e in EXAMPLES[:16]:
        for f in encode_example(tokenizer, e, max_length=64, rng=random.Random(0)):
            said = [tokenizer.decode(list(f.ids[first : last + 1])).replace(" ", "") for first, last in f.spans]
            assert said == [text for text, _ in e.answers]
            around = [tokenizer.decode(list(f.ids[first : last + 1])).replace(" ", "") for first, last in f.relevant]
            assert all(text in sentence and sentence in e.context for text, sentence in zip(said, around, strict=True))
            assert all(sentence.endswith("。") for sentence in around)


def test_heads_are_read_and_are_no_part_of_an_answer(tiny: ModelFolder) -> None:
    tokenizer = Tokenizer.from_file(str(tiny.tokenizer))
    bare = Example("1", "x", "", "a b c d", "b c", (("c", 4),))
    ((plain,), (under,)) = (
        encode_example(tokenizer, each, max_length=60, rng=random.Random(1))
        for each in (bare, replace(bare, heads=((4, "d a"),)))
    )
    added = tokenizer.encode("d a：", add_special_tokens=False).ids
    assert len(under.ids) == len(plain.ids) + len(added)
    ((first, last),), ((first_under, last_under),) = plain.spans, under.spans
    assert (first_under, last_under) == (first + len(added), last + len(added))
    assert under.ids[first_under - len(added) : first_under] == tuple(added)


def test_every_unit_is_in_exactly_one_batch(tiny: ModelFolder) -> None:
    tokenizer = Tokenizer.from_file(str(tiny.tokenizer))
    units = [encode_example(tokenizer, e, max_length=64, rng=random.Random(0)) for e in EXAMPLES[:30]]
    groups = batches(units, size=8, rng=random.Random(2))
    assert sorted(number for group in groups for number in group) == list(range(30))
    assert {sum(len(units[number]) for number in group) for group in groups[:-1]} <= set(range(3, 10))


def test_twins_read_over_the_same_tokens(tiny: ModelFolder) -> None:
    tokenizer = Tokenizer.from_file(str(tiny.tokenizer))
    units = [encode_example(tokenizer, e, max_length=64, rng=random.Random(0)) for e in EXAMPLES[2:8]]
    batch = collate(units, pad=1)
    assert len(batch.twins) == sum(bool(e.twin) for e in EXAMPLES[2:8]) == 4
    for row, at, other, there, length in batch.twins:
        assert torch.equal(batch.ids[row, at : at + length], batch.ids[other, there : there + length])
        assert torch.equal(batch.starts[row, at : at + length], batch.starts[other, there : there + length])
    scores = torch.zeros(len(batch.ids), batch.ids.shape[1])
    assert consistency_loss(scores, batch.twins).item() == pytest.approx(0.0, abs=1e-6)
    row, at, *_ = batch.twins[0]
    scores[row, at] = 9.0
    assert consistency_loss(scores, batch.twins).item() > 0.5
    assert consistency_loss(scores, ()).item() == 0.0


def test_articles_are_held_out_whole() -> None:
    examples = [Example(str(n), "s", f"题{n % 10}", "c", "q", ()) for n in range(100)]
    kept, aside = held_out(examples)
    assert len(aside) == 20
    assert not {e.title for e in kept} & {e.title for e in aside}


def test_the_mean_of_a_release_and_of_trained_weights(tmp_path: Path) -> None:
    released = {"layer.bias": torch.tensor([1.0, 3.0]), "span.weight": torch.tensor([[127.0, -127.0], [0.0, 127.0]])}
    save_file(quantise({name: value.numpy() for name, value in released.items()}), tmp_path / "r.safetensors")
    trained = {"body.layer.bias": torch.tensor([3.0, 4.0]), "span.weight": torch.tensor([[1.0, 1.0], [2.0, 3.0]])}
    torch.save(trained, tmp_path / "t.pt")
    write_mean([tmp_path / "r.safetensors", tmp_path / "t.pt"], tmp_path / "mean.pt")
    mean = torch.load(tmp_path / "mean.pt", weights_only=True)
    assert {name: value.tolist() for name, value in mean.items()} == {
        "body.layer.bias": [2.0, 3.5],
        "span.weight": [[64.0, -63.0], [1.0, 65.0]],
    }
