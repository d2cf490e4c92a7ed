"""The examples of a stage: drawn from the sets by its shares, each varied again whenever it is drawn."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from embeddings.encoder import Encoder
from embeddings.home import DEFAULT_ENCODER, cache_folder
from embeddings.loading import load_encoder
from embeddings.models import provision
from embeddings.openvino_encoder import load_tokenizer
from qa.train import notices
from qa.train.contrasts import contrasts
from qa.train.data import Example, from_notice, training_set
from qa.train.passages import passage_search
from qa.train.recipe import BESIDE, CONTRASTS, FAR, NOTICES, Recipe, Variants
from qa.train.variants import as_phrase, chunked, headed, over_another_chunk, over_chunk, simplified, split_items
from qa.types import Progress

# Shares that are made of the examples of other sets, or generated.
MADE: Final = (FAR, BESIDE, NOTICES, CONTRASTS)


def stage_examples(
    recipe: Recipe,
    number: int,
    data: Path,
    *,
    encoder: Encoder | None = None,
    work: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> list[Example]:
    """Draw the examples of stage ``number`` of the recipe, shuffled; the same for the same recipe and data.

    ``encoder`` (the default one if not given) finds the far passages, ``work`` is where its vectors are kept between
    calls, and ``progress`` is told how many passages are encoded.
    """
    stage, rng = recipe.stages[number], random.Random(recipe.seed * 1000 + number)  # noqa: S311
    counts = stage.counts()
    sets = {name: training_set(data, name) for name in counts if name not in MADE}
    drawn = [e for name, examples in sets.items() for e in draw(examples, counts[name], rng)]
    examples = [varied(e, recipe.variants, rng) for e in drawn]
    if count := counts.get(NOTICES, 0):
        examples += map(from_notice, notices.generate(count, seed=recipe.seed + number, split="train"))
    examples += islice(_beside(sets, rng), counts.get(BESIDE, 0))
    chosen = encoder or (default_encoder() if counts.keys() & {CONTRASTS, FAR} else None)
    if chosen and (count := counts.get(CONTRASTS, 0)):
        examples += contrasts(examples, count, rng=rng, encoder=chosen)
    if chosen and (count := counts.get(FAR, 0)):
        examples += with_retrieved_passages(
            examples, count, rng=rng, encoder=chosen, work=work or cache_folder() / "training", progress=progress
        )
    rng.shuffle(examples)
    return examples


def draw(examples: Sequence[Example], count: int, rng: random.Random) -> Iterator[Example]:
    """Yield ``count`` examples: every one as often as any other, up to one. One with a twin counts as two."""
    left = count
    while left > 0:
        for example in rng.sample(examples, len(examples)):
            if left <= 0:
                return
            yield example
            left -= 2 if example.twin else 1


def varied(example: Example, variants: Variants, rng: random.Random) -> Example:
    """Apply each variant with its share of chance."""
    example = split_items(example)
    if rng.random() < variants.simplified:
        example = simplified(example)
    if rng.random() < variants.phrases:
        example = as_phrase(example)
    if rng.random() < variants.chunked:
        return chunked(example)
    example = headed(example)
    return example if rng.random() < variants.titled else replace(example, title="")


def default_encoder() -> Encoder:
    """Load the encoder that questions are encoded with."""
    model = provision()
    return load_encoder(DEFAULT_ENCODER, model, load_tokenizer(model))


def with_retrieved_passages(
    examples: Sequence[Example],
    count: int,
    *,
    rng: random.Random,
    encoder: Encoder,
    work: Path,
    progress: Progress = lambda done, total: None,
) -> list[Example]:
    """Pair ``count`` answerable questions, at most, with the best retrieved passage that does not hold the answer.

    At question time most of what is read is of this kind: near the subject, and silent on the question. A notice's
    question that names no place is left out, because another notice may answer it.
    """
    open_ended = [e for e in examples if e.answers and (e.subject or e.source != NOTICES)]
    asked = rng.sample(open_ended, min(count, len(open_ended)))
    if not asked:
        return []
    negatives: list[Example] = []
    passages = [e.context for e in examples]
    with passage_search(passages, encoder=encoder, folder=work, progress=progress) as search:
        for example, chunks in zip(asked, search([e.question for e in asked]), strict=True):
            held = [*filter(None, [example.subject]), *(text for text, _ in example.answers)]
            silent = next((c for c in chunks if not any(text in c.embedded for text in held)), None)
            if silent:
                far = replace(over_chunk(example, silent, ()), id=f"{example.id}:far", twin="")
                negatives.append(far)
    return negatives


def _beside(sets: dict[str, list[Example]], rng: random.Random) -> Iterator[Example]:
    """Yield questions over other parts of their own articles, of sets whose passages are articles."""
    articles = [
        e for name, examples in sets.items() if name.startswith(("gazette_authored", "written")) for e in examples
    ]
    while articles:
        for example in rng.sample(articles, len(articles)):
            if found := over_another_chunk(example, rng):
                yield found
