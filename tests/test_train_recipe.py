"""The recipe as a file: complete, checked, and the one that the released reader names."""

from dataclasses import replace

import pytest

from qa.errors import InputError
from qa.train.recipe import RECIPE, Recipe, fingerprint, load_recipe

TEXT = RECIPE.read_text(encoding="utf-8")


def test_the_shipped_recipe_keeps_to_its_bounds() -> None:
    recipe = load_recipe()
    for stage in recipe.stages:
        assert stage.shares.get("notices", 0) <= 0.10
        assert stage.shares.get("far", 0) + stage.shares.get("beside", 0) <= 0.15
    assert recipe.variants.phrases <= 0.15
    assert fingerprint(recipe) == fingerprint(load_recipe())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed =", "sead =", "sead"),
        ("batch_size", "batchsize", "batchsize"),
        ("beside = 0.02638", "beside = 0.12638", r"stage 1 sum to 1\.100"),
        ("[variants]", "[variations]", "variants"),
        ("[[stage]]", "[stage]]", "line"),
        ("seed =", "seed = 'x' #", "seed is 'x', not a whole number"),
        ("batch_size =", "batch_size = 0 #", "batch_size is 0: too small"),
        ("relevance =", "relevance = nan #", "relevance is nan: a number from 0 on"),
        ("beside =", "beside = '0.1' #", r"shares\.beside is '0\.1', not a number"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=f"my.toml: .*{said}"):
        Recipe.from_toml(TEXT.replace(old, new, 1), source="my.toml")


def test_every_setting_decides_what_a_recipe_is() -> None:
    changed = TEXT.replace("relevance = 0.1", "relevance = 0.2")
    assert changed != TEXT
    assert fingerprint(Recipe.from_toml(changed, source="x")) != fingerprint(load_recipe())


def test_how_a_gpu_trains_does_not_end_a_run_elsewhere() -> None:
    changed = TEXT.replace("tokens = 49152", "tokens = 1000")
    other = Recipe.from_toml(changed, source="x")
    assert other.gpu.tokens == 1000
    assert fingerprint(other) == fingerprint(load_recipe())
    with pytest.raises(InputError, match="token_budget"):
        Recipe.from_toml(TEXT.replace("tokens = 49152", "token_budget = 1"), source="x")


def test_the_gpu_run_ends_within_ten_minutes() -> None:
    # A command there gets 590 seconds; the run of 2026-11-28 took 18 more than its minutes.
    assert load_recipe().gpu.total_minutes == pytest.approx(8.0 + 1.0)
    assert 60 * load_recipe().gpu.total_minutes + 18 < 590


def test_every_branch_takes_its_share_of_the_main_run() -> None:
    two = replace(load_recipe().gpu, minutes=4.5, seeds=2, branch=0.6, distil_minutes=1.5)
    assert two.total_minutes == pytest.approx(4.5 + 0.4 * 4.5 + 1.5)
