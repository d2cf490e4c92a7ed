"""The verifier: built as it was trained, doubting and never believing, and what becomes of a reading that it doubts."""

import bz2
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from embeddings.graph import Weights
from embeddings.models import ModelFolder
from qa.errors import ReaderError, SourceError
from qa.read.model import CharSpan, Reader, Reading, TokenScores
from qa.read.told import Told
from qa.read.verifier import SHARED, Seen, Verifier, load_verifier
from qa.service import Models
from qa.train.gpu.bert import Sizes
from qa.train.pairs import PAIRS, Asked, load_pairs
from qa.train.verifier import Row, TrainableVerifier, judged, report, train
from tests.conftest import SEEDS

HIDDEN, LAYERS = 24, SHARED + 2
SIZES = Sizes(HIDDEN, LAYERS, 2, 48, 1, 1, 1, 1e-12)


def random_weights(seed: int) -> Weights:
    random = np.random.default_rng(seed)
    weights: dict[str, np.ndarray] = {}
    for number in range(SHARED, LAYERS):
        prefix = f"encoder.layer.{number}"
        shapes = {f"attention.self.{name}": (HIDDEN, HIDDEN) for name in ("query", "key", "value")}
        shapes |= {"attention.output.dense": (HIDDEN, HIDDEN), "intermediate.dense": (48, HIDDEN)}
        for name, (rows, columns) in {**shapes, "output.dense": (HIDDEN, 48)}.items():
            weights[f"{prefix}.{name}.weight"] = random.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)
            weights[f"{prefix}.{name}.bias"] = random.normal(0, 0.1, rows).astype(np.float32)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            weights[f"{prefix}.{name}.weight"] = np.ones(HIDDEN, np.float32)
            weights[f"{prefix}.{name}.bias"] = np.zeros(HIDDEN, np.float32)
    return weights


def random_rows(count: int, seed: int) -> list[Row]:
    """Rows of which those are right whose question's tokens all look alike; of others, one looks otherwise."""
    random, rows = np.random.default_rng(seed), []
    for number in range(count):
        length, asked = int(random.integers(12, 30)), int(random.integers(3, 7))
        states = random.normal(0, 1, (length, HIDDEN)).astype(np.float16)
        states[1 : 1 + asked] = 1
        changed = (int(random.integers(asked)),) if number % 2 else ()
        for at in changed:
            states[1 + at] = -1
        of = Asked(("zh", number), "near" if changed else "base", "问", "题", "文", () if changed else ("文",))
        scores = float(random.normal(1, 2)), float(random.normal(2, 2)), -1.0
        rows.append(Row(of, states, asked, changed, asked + 4, asked + 5, scores, 0.0 if changed else 1.0))
    return rows


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelFolder:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("embeddings.runtime.fastest", lambda core, in_bytes: "f32")
    config = {"num_attention_heads": 2, "num_hidden_layers": LAYERS, "layer_norm_eps": 1e-12}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    return ModelFolder(tmp_path, "sha")


def trained() -> TrainableVerifier:
    torch.manual_seed(3)
    model = TrainableVerifier(random_weights(1), SIZES)
    with torch.no_grad():  # as if it had learned: what is added begins as nothing
        for value in model.parameters():
            if value.requires_grad:
                value.add_(0.05 * torch.randn_like(value))
    return model


def written(model: TrainableVerifier, file: Path, metadata: dict[str, str]) -> Path:
    save_file(model.learned(), file, metadata)
    return file


def test_what_was_trained_is_what_runs(folder: ModelFolder, tmp_path: Path) -> None:
    model, rows = trained(), random_rows(9, 5)
    file = written(model, tmp_path / "v.safetensors", {"reader_sha256": "reader"})
    verifier = load_verifier(folder, lambda: random_weights(1), reader_sha256="reader", file=file)
    assert verifier
    seen = [Seen(row.states.astype(np.float32), row.asked, row.first, row.last, row.scores) for row in rows]
    expected = judged(model, rows)
    assert np.ptp(expected) > 0.5
    assert min(expected) < -1.5
    doubts = [verifier.doubt(one) for one in seen]
    assert [verifier.log_odds(one) for one in seen] == pytest.approx(list(expected), abs=0.05)
    assert doubts == pytest.approx([max(0, 2 * (-1.5 - odds)) for odds in expected], abs=0.1)
    assert min(doubts) >= 0


def test_the_verifier_of_another_reader_is_none(folder: ModelFolder, tmp_path: Path) -> None:
    file = written(trained(), tmp_path / "v.safetensors", {"reader_sha256": "reader"})
    assert load_verifier(folder, lambda: random_weights(1), reader_sha256="other", file=file) is None


@pytest.mark.parametrize("metadata", [{"of": "a reader"}, {"reader_sha256": "reader"}])
def test_a_damaged_file_is_named(folder: ModelFolder, tmp_path: Path, metadata: dict[str, str]) -> None:
    file = written(trained(), tmp_path / "v.safetensors", metadata)
    if "reader_sha256" in metadata:
        file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(ReaderError, match=r"v\.safetensors: not the weights of a verifier .*reinstall gazette"):
        load_verifier(folder, lambda: random_weights(1), reader_sha256="reader", file=file)


def test_training_learns_what_makes_a_question_near() -> None:
    torch.manual_seed(0)
    model, lines = TrainableVerifier(random_weights(1), SIZES), list[str]()
    aside = random_rows(60, 8)
    before = judged(model, aside)
    train(random_rows(160, 7), model, epochs=20, say=lines.append)
    after = judged(model, aside)
    right = np.array([row.right for row in aside])
    assert after[right].min() > np.median(after[~right])
    assert after[right].mean() - after[~right].mean() > before[right].mean() - before[~right].mean() + 2
    assert lines[0].startswith("step 50 of 100, loss ")
    assert "AUROC 1.000, near that pass 0 %" in report("all", aside, after)


def test_a_doubted_reading_is_less_sure_of_everything() -> None:
    scores = np.array([2.0, 3.0]), np.array([4.0, 1.0])
    window = TokenScores(np.array([[0, 2], [2, 4]]), *scores)
    reading = Reading(CharSpan(0, 2, 6.0), (CharSpan(0, 2, 6.0), CharSpan(2, 4, 4.0)), 1.5, (window,))
    less = reading.less(3.0)
    assert less == Reading(CharSpan(0, 2, 3.0), (CharSpan(0, 2, 3.0), CharSpan(2, 4, 1.0)), 1.5)
    assert less.whole == pytest.approx(reading.whole - 3.0)
    assert less.score_within(2, 4) == pytest.approx(reading.score_within(2, 4) - 3.0)
    assert reading.less(0.0) == reading


PASSAGES = [
    (
        "市轻工局调整领导班子",
        "本报讯 市委组织部日前宣布，柳叔平任市轻工业局局长，原局长鲍振川调任市经委副主任。局党委书记仍由田家驹担任。",
        "谁当上了轻工局局长？",
        ["谁当上了轻工局副局长？", "谁当上了纺织局局长？"],
    ),
    (
        "Harbour Trust lets dredging contract",
        "On Tuesday the Trust let the contract for dredging the inner basin to Messrs. Corrigan and Hale for £4,300.",
        "Which firm was given the contract for dredging the inner basin?",
        ["Which firm was given the contract for lighting the inner basin?"],
    ),
]


@pytest.mark.parametrize(("title", "text", "question", "near"), PASSAGES)
def test_one_changed_word_is_doubted(models: Models, title: str, text: str, question: str, near: list[str]) -> None:
    reader = models.reader
    assert isinstance(reader.verifier, Verifier)
    plain: Reader = replace(reader, verifier=None)

    def doubt(asked: str) -> float:
        (sure,), (judged_,) = (each.read(asked, [Told(title, text)]) for each in (plain, reader))
        assert sure
        assert judged_
        assert judged_.best.score <= sure.best.score
        return sure.best.score - judged_.best.score if sure.answers(reader.calibration) >= 0.4 else 99.0

    assert all(doubt(question) < doubt(other) for other in near)


def test_pairs_are_read_as_they_are_written(tmp_path: Path) -> None:
    articles = [["甲", "张三当选会长。"], ["乙", "李四当选理事。"]]
    near = [["会长", "秘书长"], ["", "落选", "谁落选了会长？"]]
    record = {"articles": articles, "questions": [[0, "谁当选会长？", ["张三"], near, ["会长由谁当选？"]]]}
    file = tmp_path / "zh9.jsonl.bz2"
    file.write_bytes(bz2.compress(json.dumps(record).encode()))
    base, same, *others = load_pairs(tmp_path)
    group = ("zh9", 0)
    assert base == Asked(group, "base", "谁当选会长？", "甲", "张三当选会长。", ("张三",))
    assert same == replace(base, kind="same", question="会长由谁当选？")
    assert others == [
        Asked(group, "near", "谁当选秘书长？", "甲", "张三当选会长。", (), (3, 6)),
        Asked(group, "near", "谁落选了会长？", "甲", "张三当选会长。"),
        Asked(group, "other", "谁当选会长？", "乙", "李四当选理事。"),
    ]
    file.write_bytes(bz2.compress(b'{"articles": []}'))
    with pytest.raises(SourceError, match=r"zh9\.jsonl\.bz2: cannot be read as pairs of questions"):
        load_pairs(tmp_path)


def test_pairs_hold_their_answers_and_nothing_of_the_starter_page() -> None:
    asked = load_pairs()
    assert sum(path.stat().st_size for path in PAIRS.iterdir()) < 1_200_000
    assert len({one.group[0] for one in asked}) >= 6
    assert all(answer in one.text for one in asked for answer in one.answers)
    near = [one for one in asked if one.kind == "near"]
    assert sum(one.changed != (0, 0) for one in near) > len(near) / 2
    page = "".join(path.read_text("utf-8") for path in SEEDS.glob("*.txt"))
    runs = {page[at : at + 16] for at in range(len(page) - 16) if "\n" not in page[at : at + 16]}
    assert not [one.text for one in asked if any(one.text[at : at + 16] in runs for at in range(len(one.text) - 16))]
