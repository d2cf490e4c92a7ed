"""A made-up task that a tiny reader learns in seconds: who was appointed, dismissed, or took part."""

import random
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from embeddings.models import ModelFolder
from qa.train.data import Example
from qa.train.dev_scores import dev_scores
from qa.train.model import TrainableReader
from qa.train.recipe import BODY, Recipe, Stage, Training, Variants

NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
SETTINGS = Training(
    batch_size=8, learning_rate=3e-3, max_length=64, average_decay=0.9, relevance=0.1, listing=0.1, consistency=0.3
)


def recipe(training: Training, *, stages: int) -> Recipe:
    return Recipe(5, BODY, training, Variants(), (Stage(64, {"made": 1.0}),) * stages)


def example(number: int) -> Example:
    """A line that appoints one and dismisses another; every fourth question has no answer."""
    rng = random.Random(number)
    appointed, dismissed, other = (rng.choice(NAMES) + rng.choice("甲乙丙丁") for _ in range(3))
    context = f"任命{appointed}为局长。免去{dismissed}的职务。{other}参加。"
    asked = ("任命了谁", "免去了谁", "谁参加", "谁主持")[number % 4]
    english = ("Who was appointed", "Who was dismissed", "Who took part", "Who chaired")[number % 4]
    answer = (appointed, dismissed, other, "")[number % 4]
    start = (2, context.index("免去") + 2, context.index("。", context.index("职务")) + 1, 0)[number % 4]
    answers = ((answer, start),) if answer else ()
    if number % 8 > 3:
        return Example(str(number), "made", "", context, english, answers, twin=asked)
    return Example(str(number), "made", "", context, asked, answers)


EXAMPLES = [example(number) for number in range(64)]


def write_tiny(folder: Path) -> ModelFolder:
    """Write a body of two layers with random weights, and a tokenizer of single characters."""
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
    model = TrainableReader(folder.path, dropout=0.0)
    model.load_state_dict(torch.load(weights, weights_only=True), strict=False)
    found = dev_scores(model, Tokenizer.from_file(str(folder.tokenizer)), EXAMPLES, max_length=64)
    assert found.exact_match is not None
    return found.exact_match
