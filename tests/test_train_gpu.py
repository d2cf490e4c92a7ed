"""The recipe for a GPU, on a CPU: packed, followed and unpacked; and each part against what it stands in for."""

import json
import random
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from embeddings.models import ModelFolder
from qa.errors import InputError
from qa.read.decode import best_span
from qa.train.batch import Batch
from qa.train.data import Example
from qa.train.features import Unit, collate, encode_example, passage_tokens
from qa.train.gather import Gathering, renumbered, until_group
from qa.train.gpu.__main__ import main, run
from qa.train.gpu.bert import WORDS, GpuReader
from qa.train.gpu.fit import mean_of_models
from qa.train.gpu.folder import DEV, PROGRAM, TRAIN, Plan, read_plan, read_reader, read_windows
from qa.train.gpu.results import read_state, write_state
from qa.train.gpu.scores import best_spans
from qa.train.gpu.windows import Loader, Marks, Windows, grouped
from qa.train.losses import TRIM_CLASSES, consistency_loss, distillation_loss, scores_of, whole_loss
from qa.train.model import TrainableReader
from qa.train.pack import pack
from qa.train.program import MODULES
from qa.train.recipe import Gpu
from qa.train.unpack import unpack
from tests.test_imports import imports, module_name
from tests.tiny_reader import SETTINGS, exact_matches, example, recipe, write_tiny

CPU = torch.device("cpu")
SILENT = scores_of(torch.zeros(1, 1, 2), torch.zeros(1, 1, 2), torch.zeros(1, 1, 2 * TRIM_CLASSES))
GPU = Gpu(tokens=512, learning_rate=3e-3, dropout=0.0, minutes=1.0, distil_minutes=0.2, distil_rate=0.2)
RECIPE = replace(recipe(SETTINGS, stages=2), gpu=GPU)
MANY = [example(number) for number in range(200)]
DEV_SETS = {"some": MANY[:12], "others": MANY[12:20]}


def draw(epoch: int, stage: int) -> list[Example]:
    return random.Random(10 * epoch + stage).sample(MANY, 100)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    return write_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def folder(tiny: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packed") / "gpu"
    pack(draw, recipe=RECIPE, encoder=tiny, out=out, dev=DEV_SETS, epochs=3)
    return out


def units(tiny: ModelFolder, count: int) -> tuple[list[Unit], Windows]:
    """Encode examples, also in windows that begin within the passage."""
    tokenizer, gathering, made = Tokenizer.from_file(str(tiny.tokenizer)), Gathering(), []
    for number, each in enumerate(MANY[:count]):
        made.append(encode_example(tokenizer, each, max_length=64 if number % 3 else 40, rng=random.Random(number)))
        gathering.add(made[-1], passage_tokens(tokenizer, each).ids, group=number)
    return made, gathering.windows()


def same(a: Batch, b: Batch) -> bool:
    names = ("ids", "mask", "candidates", "starts", "ends", "before", "after", "relevant")
    listed = torch.equal(a.listed.nan_to_num(-1), b.listed.nan_to_num(-1))
    return listed and a.twins == b.twins and all(torch.equal(getattr(a, n), getattr(b, n)) for n in names)


def test_batches_are_those_of_the_features(tiny: ModelFolder) -> None:
    made, windows = units(tiny, 60)
    assert any(feature.first for each in made for feature in each)
    assert any(len(feature.spans) == 0 for each in made for feature in each)
    loader = Loader(windows, Marks(0, 2, 1), CPU)
    for first in range(0, 60, 7):
        rows = np.flatnonzero((windows.group >= first) & (windows.group < first + 7))
        assert same(loader.batch(rows), collate(made[first : first + 7], pad=1))


def test_several_answers_and_sentences_are_marked_too(tiny: ModelFolder) -> None:
    (feature,) = units(tiny, 1)[0][0]
    at = feature.at
    listed = replace(
        feature,
        spans=((at, at), (at + 3, at + 4)),
        trimmed=((1, 2), (0, 1)),
        relevant=((at, at + 4), (at + 2, at + 6)),
        listed=True,
    )
    gathering = Gathering()
    gathering.add((feature,), feature.ids[at:-1], group=0)
    gathering.add((listed,), feature.ids[at:-1], group=1)
    loader = Loader(gathering.windows(), Marks(0, 2, 1), CPU)
    assert same(loader.batch(np.array([1, 0])), collate([(listed,), (feature,)], pad=1))


def test_a_part_of_the_windows_has_what_it_needs(tiny: ModelFolder) -> None:
    made, windows = units(tiny, 30)
    some = until_group(windows, 11)
    assert set(some.group.tolist()) == set(range(11))
    assert len(some.tokens) < len(windows.tokens)
    rows = np.arange(len(some.group))
    assert same(Loader(some, Marks(0, 2, 1), CPU).batch(rows), collate(made[:11], pad=1))


def reader_of(folder: Path, plan: Plan, tiny: ModelFolder) -> tuple[GpuReader, TrainableReader, list[int]]:
    """Return the packed reader, one to train with the same weights, and the packed token ids in the tokenizer's."""
    ours, theirs = read_reader(folder, plan.sizes, dropout=0.0), TrainableReader(tiny.path, dropout=0.0)
    words = theirs.body.embeddings.word_embeddings.weight
    theirs.load_state_dict(ours.trained_state(), strict=False)
    table = ours.state_dict()[WORDS]
    ids = [int((words - row).abs().sum(-1).argmin()) for row in table]
    words.data[ids] = table
    return ours, theirs, ids


def test_scores_losses_and_gradients_are_the_readers(folder: Path, tiny: ModelFolder) -> None:
    plan = read_plan(folder)
    ours, theirs, ids = reader_of(folder, plan, tiny)
    assert [ids[mark] for mark in (plan.marks.bos, plan.marks.eos, plan.marks.pad)] == [0, 2, 1]
    assert ours.trained_state().keys() == theirs.trained_state().keys()
    loader = Loader(read_windows(folder / TRAIN), plan.marks, CPU)
    batch = loader.batch(np.arange(40))
    assert len(batch.twins) > 5
    translated = replace(batch, ids=torch.tensor(ids)[batch.ids])
    here, there = ours(batch.ids, batch.mask), theirs(translated.ids, translated.mask)
    real = batch.mask > 0
    for name in ("start", "end", "relevant", "before", "after"):
        torch.testing.assert_close(getattr(here, name)[real], getattr(there, name)[real], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(here.listed, there.listed, atol=1e-5, rtol=1e-4)
    losses = [whole_loss(scores, batch, plan.training)[0] for scores in (here, there)]
    assert losses[0].item() == pytest.approx(losses[1].item(), abs=1e-5)
    for loss in losses:
        loss.backward()  # type: ignore[no-untyped-call]
    gradients = dict(theirs.named_parameters())
    for name, value in ours.named_parameters():
        if name != WORDS:
            torch.testing.assert_close(value.grad, gradients[name].grad, atol=1e-5, rtol=1e-3)


def test_the_packed_reader_is_the_body_up_to_rounding(folder: Path, tiny: ModelFolder) -> None:
    ours, body = read_reader(folder, read_plan(folder).sizes, dropout=0.0), TrainableReader(tiny.path, dropout=0.0)
    for name, value in body.trained_state().items():
        if name.startswith("body."):
            rounding = value.abs().amax(-1, keepdim=True) / 254 if value.dim() == 2 else torch.zeros(())
            assert ((ours.trained_state()[name] - value).abs() <= rounding + 1e-6).all(), name


def test_twins_diverge_as_the_definition_says() -> None:
    scores = torch.randn(5, 20, generator=torch.Generator().manual_seed(3))
    twins = ((0, 4, 1, 7, 9), (2, 5, 3, 3, 15))
    each = []
    for row, at, other, there, length in twins:
        said, told = (
            torch.cat((scores[r, :1], scores[r, a : a + length])).softmax(-1) for r, a in ((row, at), (other, there))
        )
        each.append((told * (told / said).log()).sum().item())
    assert consistency_loss(scores, twins).item() == pytest.approx(sum(each) / 2, rel=1e-4)


def test_distillation_is_the_divergence_over_threshold_and_candidates() -> None:
    said, told = torch.tensor([[0.5, 9.0, 1.0, -2.0]]), torch.tensor([[0.1, -9.0, 0.3, 2.0]])
    candidates = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    p, q = (values[0, [0, 2, 3]].softmax(-1) for values in (told, said))
    expected = (p * (p / q).log()).sum().item()
    assert distillation_loss(said, told, candidates).item() == pytest.approx(expected, rel=1e-5)
    assert distillation_loss(told, told, candidates).item() == pytest.approx(0.0, abs=1e-6)


def test_best_spans_are_those_of_the_decoder(tiny: ModelFolder) -> None:
    _, windows = units(tiny, 30)
    batch = Loader(windows, Marks(0, 2, 1), CPU).batch(np.arange(len(windows.group)))
    generator = torch.Generator().manual_seed(1)
    start, end = (torch.randn(batch.ids.shape, generator=generator) for _ in range(2))
    sides = (start + 3 * batch.starts, end + 3 * batch.ends)
    values, right = best_spans(replace(SILENT, start=sides[0], end=sides[1]), batch)
    hits = []
    for row in range(len(values)):
        span = best_span(sides[0][row].numpy(), sides[1][row].numpy(), batch.candidates[row].numpy() > 0)
        assert values[row].item() == pytest.approx(span.score, abs=1e-5)
        hits.append(bool(batch.starts[row, span.first] and batch.ends[row, span.last]))
    assert right.tolist() == hits
    assert 0 < sum(hits) < len(hits)


def test_groups_keep_to_the_tokens_and_have_every_row_once(tiny: ModelFolder) -> None:
    _, windows = units(tiny, 60)
    rows = np.arange(4, len(windows.group))
    rows = rows[np.flatnonzero(~windows.twin[rows])[0] :]
    groups = grouped(windows, rows, tokens=512, rng=np.random.default_rng(2))
    assert sorted(np.concatenate(groups).tolist()) == rows.tolist()
    assert len(groups) > 3
    for group in groups:
        assert len(group) * (-(-windows.sizes[group].max() // 16) * 16) <= 512
        assert all(group[place - 1] == row - 1 for place, row in enumerate(group) if windows.twin[row])
    other = grouped(windows, rows, tokens=512, rng=np.random.default_rng(3))
    assert [g.tolist() for g in groups] != [g.tolist() for g in other]


def test_token_ids_are_renumbered_by_those_that_occur(tiny: ModelFolder) -> None:
    _, windows = units(tiny, 5)
    ids = np.unique(np.append(windows.tokens, [0, 1, 2])).astype(np.int64)
    new = renumbered(windows, ids)
    assert new.tokens.dtype == np.uint16
    assert ids[new.tokens].tolist() == windows.tokens.tolist()


@pytest.mark.timeout(600)
def test_packed_followed_and_unpacked(folder: Path, tiny: ModelFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = folder / PROGRAM
    command = [sys.executable, "-I", str(program), str(folder), "--out", str(out), "--steps", "300", "--every", "4"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=560, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert done.stdout == (out / "log.jsonl").read_text()
    phases = [line["phase"] for line in lines]
    assert list(dict.fromkeys(phases)) == ["start", "main", "branch 1", "mean", "distillation"]
    last = {line["phase"]: line for line in lines}
    assert [last[phase]["steps"] for phase in ("main", "branch 1", "distillation")] == [300, 300, 60]
    assert last["mean"]["some"]["exact_match"] >= 0.75
    assert last["mean"]["others"]["declined"] >= 0.5
    assert sorted(file.name for file in out.iterdir()) == ["distilled-1.npz", "log.jsonl", "mean-1.npz"]

    assert unpack(out, tmp_path / "reader.pt") == "distilled"
    state = torch.load(tmp_path / "reader.pt", weights_only=True)
    assert state.keys() == TrainableReader(tiny.path, dropout=0.0).trained_state().keys()
    assert exact_matches(tiny, tmp_path / "reader.pt") >= 0.75
    assert unpack(out, tmp_path / "mean.pt", name="mean") == "mean"
    assert exact_matches(tiny, tmp_path / "mean.pt") >= 0.75


def test_a_clock_ends_a_run(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = read_plan(folder)
    gpu = replace(plan.gpu, minutes=0.02, distil_minutes=0.0, seeds=1)
    run(folder, tmp_path, replace(plan, gpu=gpu))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["phase"] for line in lines] == ["start", "main", "main", "mean"]
    assert lines[2]["seconds"] - lines[0]["seconds"] >= 1.2
    assert [file.name for file in tmp_path.glob("*.npz")] == ["mean-1.npz"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--steps", "2"], "error: .*: not a folder that qa.train.pack wrote"),
        (["--steps", "0"], "--steps is 1 or more"),
        (["--minutes", "0"], "above 0"),
    ],
)
def test_what_cannot_be_followed_is_an_error(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["run.pyz", str(tmp_path), "--out", str(tmp_path / "out"), *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert re.search(said, capsys.readouterr().err)


def test_the_program_imports_torch_numpy_and_itself() -> None:
    root = Path(__file__).parent.parent / "qa"
    packed = {module_name(root / name) for name in MODULES}
    allowed = {*sys.stdlib_module_names, "torch", "numpy"}
    for name in MODULES:
        source = (root / name).read_text(encoding="utf-8")
        found = imports(source, module_name(root / name), is_package=name.endswith("__init__.py"))
        targets = {target for target, _, _ in found if target.split(".")[0] not in allowed}
        assert all({target, target.rpartition(".")[0]} & (packed - {"qa", "qa.train"}) for target in targets), name


def test_the_program_is_one_file_with_every_module(folder: Path) -> None:
    with zipfile.ZipFile(folder / PROGRAM) as archive:
        assert sorted(archive.namelist()) == sorted(
            ["__main__.py", "qa/__init__.py", *(f"qa/{name}" for name in MODULES)]
        )


def test_as_many_epochs_as_there_is_room_for(folder: Path, tiny: ModelFolder, tmp_path: Path) -> None:
    assert read_plan(folder).epochs == 3
    assert set(read_windows(folder / TRAIN).group.tolist()) == set(range(6))
    size = sum(file.stat().st_size for file in folder.iterdir() if file.name != PROGRAM)
    made = pack(draw, recipe=RECIPE, encoder=tiny, out=tmp_path, dev=DEV_SETS, epochs=3, limit=size - 1)
    assert made.epochs == read_plan(tmp_path).epochs == 2
    assert made.size < size
    assert set(read_windows(tmp_path / TRAIN).group.tolist()) == set(range(4))
    with pytest.raises(InputError, match="one epoch takes"):
        pack(draw, recipe=RECIPE, encoder=tiny, out=tmp_path, dev={}, epochs=2, limit=1000)


def test_dev_questions_are_numbered_set_by_set(folder: Path) -> None:
    assert read_plan(folder).dev == (("some", 12), ("others", 20))
    assert set(read_windows(folder / DEV).group.tolist()) == set(range(20))


def test_weights_come_back_in_parts(tmp_path: Path) -> None:
    state = {f"m{number}": torch.randn(30, 40) for number in range(5)} | {"v": torch.randn(7)}
    write_state(state, tmp_path, "mean", part_bytes=3000)
    files = sorted(tmp_path.glob("*"))
    assert [file.name for file in files] == ["mean-1.npz", "mean-2.npz", "mean-3.npz"]
    back = read_state(tmp_path, "mean")
    assert back.keys() == state.keys()
    for name, value in state.items():
        rounding = value.abs().amax(-1, keepdim=True) / 254 if value.dim() == 2 else torch.zeros(())
        assert ((torch.from_numpy(back[name]) - value).abs() <= rounding + 1e-6).all()
    third = files[2].read_bytes()
    files[2].unlink()
    with pytest.raises(InputError, match="one is missing"):
        read_state(tmp_path, "mean")
    write_state(state, tmp_path, "mean", part_bytes=3000)
    files[2].write_bytes(third)
    with pytest.raises(InputError, match="not all of one time"):
        read_state(tmp_path, "mean")
    with pytest.raises(InputError, match="there is no distilled-1"):
        read_state(tmp_path, "distilled")
    files[0].write_bytes(b"PK")
    with pytest.raises(InputError, match="not a part"):
        read_state(tmp_path, "mean")


def test_a_mean_is_that_of_every_parameter(folder: Path) -> None:
    one, other = (read_reader(folder, read_plan(folder).sizes, dropout=0.0) for _ in range(2))
    with torch.no_grad():
        other.span.weight.add_(2.0)
    found = mean_of_models([one, other])
    torch.testing.assert_close(found["span.weight"], one.span.weight + 1.0)
    torch.testing.assert_close(found["judge.bias"], one.judge.bias)
