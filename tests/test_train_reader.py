"""The training code on a body small enough to learn by heart in seconds."""

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from embeddings.models import ModelFolder
from qa.train.data import Example, held_out, simplified, split_items
from qa.train.dev_scores import dev_scores
from qa.train.features import batches, feature
from qa.train.model import Reader
from qa.train.reader import TrainingSettings, learning_rate, train

NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
SETTINGS = TrainingSettings(epochs=12, batch_size=8, learning_rate=3e-3, max_length=48, seed=5, average_decay=0.9)


def example(number: int) -> Example:
    """A line that appoints one and dismisses another; every fourth question has no answer."""
    rng = random.Random(number)
    appointed, dismissed, other = (rng.choice(NAMES) + rng.choice("甲乙丙丁") for _ in range(3))
    context = f"任命{appointed}为局长。免去{dismissed}的职务。{other}参加。"
    asked = ("任命了谁", "免去了谁", "谁参加", "谁主持")[number % 4]
    answer = (appointed, dismissed, other, "")[number % 4]
    start = (2, context.index("免去") + 2, context.index("。", context.index("职务")) + 1, 0)[number % 4]
    return Example(str(number), "made", "", context, asked, ((answer, start),) if answer else ())


EXAMPLES = [example(number) for number in range(64)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    folder = tmp_path_factory.mktemp("tiny")
    characters = sorted({c for e in EXAMPLES for c in e.context + e.question})
    vocabulary = {text: number for number, text in enumerate(["<s>", "<pad>", "</s>", "<unk>", *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=96,
        pad_token_id=1,
    )
    BertModel(config).save_pretrained(folder)
    return ModelFolder(folder, "0" * 64)


def exact_matches(folder: ModelFolder, weights: Path) -> float:
    """Return the share of answerable training questions whose best span is the answer."""
    model = Reader(folder.path, dropout=0.0)
    model.load_state_dict(torch.load(weights, weights_only=True), strict=False)
    found = dev_scores(model, Tokenizer.from_file(str(folder.tokenizer)), EXAMPLES, max_length=48)
    assert found.exact_match is not None
    return found.exact_match


def losses(folder: Path) -> list[float]:
    lines = (json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines())
    return [line["loss"] for line in lines if "loss" in line]


def test_it_learns(tiny: ModelFolder, tmp_path: Path) -> None:
    before = exact_matches(tiny, train(EXAMPLES, encoder=tiny, out=tmp_path / "none", settings=SETTINGS, stop_after=1))
    weights = train(EXAMPLES, encoder=tiny, out=tmp_path / "run", settings=SETTINGS, dev=EXAMPLES[:12])
    series = losses(tmp_path / "run")
    assert len(series) == 12 * 8
    assert sum(series[-8:]) < 0.5 * sum(series[:8])
    assert exact_matches(tiny, weights) >= max(0.75, 3 * before)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    scored = [line for line in lines if "exact_match" in line]
    assert [line["step"] for line in scored] == [8 * epoch for epoch in range(1, 13)]
    assert scored[-1]["exact_match"] > scored[0]["exact_match"]
    assert scored[-1]["declined"] == 1.0


def test_an_interrupted_run_goes_on_to_the_same_weights(tiny: ModelFolder, tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=2, batch_size=8, learning_rate=1e-3, max_length=48, checkpoint_every=3)
    straight = torch.load(train(EXAMPLES, encoder=tiny, out=tmp_path / "a", settings=settings), weights_only=True)
    for _ in range(3):
        weights = train(EXAMPLES, encoder=tiny, out=tmp_path / "b", settings=settings, stop_after=6)
    resumed = torch.load(weights, weights_only=True)
    assert losses(tmp_path / "a") == pytest.approx(losses(tmp_path / "b"), rel=1e-3)
    assert all(torch.allclose(straight[name], resumed[name], atol=1e-4) for name in straight)


def test_other_settings_do_not_go_on_from_a_checkpoint(tiny: ModelFolder, tmp_path: Path) -> None:
    train(EXAMPLES, encoder=tiny, out=tmp_path, settings=SETTINGS, stop_after=1)
    other = TrainingSettings(epochs=3, batch_size=8)
    with pytest.raises(ValueError, match="other settings"):
        train(EXAMPLES, encoder=tiny, out=tmp_path, settings=other)


def test_word_embeddings_stay_as_they_are(tiny: ModelFolder, tmp_path: Path) -> None:
    weights = torch.load(
        train(EXAMPLES, encoder=tiny, out=tmp_path, settings=SETTINGS, stop_after=2), weights_only=True
    )
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
        f = feature(tokenizer, e, max_length=48, rng=random.Random(0))
        said = [tokenizer.decode(list(f.ids[first : last + 1])).replace(" ", "") for first, last in f.spans]
        assert said == [text for text, _ in e.answers]


def test_every_feature_is_in_exactly_one_batch(tiny: ModelFolder) -> None:
    tokenizer = Tokenizer.from_file(str(tiny.tokenizer))
    features = [feature(tokenizer, e, max_length=48, rng=random.Random(0)) for e in EXAMPLES[:30]]
    groups = batches(features, size=8, rng=random.Random(2))
    assert sorted(number for group in groups for number in group) == list(range(30))


def test_an_enumeration_that_a_list_question_asks_for_becomes_items() -> None:
    context = "聚焦纺织、钢铁和造纸。"
    asked = Example("1", "made", "", context, "聚焦哪些产业?", (("纺织、钢铁和造纸", 2),))
    assert split_items(asked).answers == (("纺织", 2), ("钢铁", 5), ("造纸", 8))
    one = Example("2", "made", "", context, "聚焦什么?", (("纺织、钢铁和造纸", 2),))
    assert split_items(one).answers == one.answers


@pytest.mark.parametrize(
    ("answer", "items"),
    [("三沙、二连等地", ["三沙、二连等地"]), ("张一、李二等2人", ["张一", "李二"]), ("张一、李二", ["张一", "李二"])],
)
def test_an_enumeration_that_says_it_is_not_whole_stays_one(answer: str, items: list[str]) -> None:
    asked = Example("1", "made", "", f"去了{answer}。", "有哪些?", ((answer, 2),))
    assert [text for text, _ in split_items(asked).answers] == items
    cut = Example("1", "made", "", "去了北京、上海等地。", "有哪些?", (("北京、上海", 2),))
    assert split_items(cut).answers == cut.answers


def test_simplified_copies_keep_every_offset() -> None:
    e = Example("1", "made", "題", "歐洲語言學的發展,貢獻不少。", "貢獻?", (("語言學", 2),))
    (copy,) = simplified([e], share=1.0, rng=random.Random(0))
    assert copy.context == "欧洲语言学的发展,贡献不少。"
    assert copy.answers == (("语言学", 2),)


def test_articles_are_held_out_whole() -> None:
    examples = [Example(str(n), "s", f"题{n % 10}", "c", "q", ()) for n in range(100)]
    kept, aside = held_out(examples)
    assert len(aside) == 20
    assert not {e.title for e in kept} & {e.title for e in aside}
