from qa.train.notices import Example, generate


def _sample(split: str = "train") -> list[Example]:
    return list(generate(400, seed=5, split="train" if split == "train" else "dev"))


def test_every_answer_stands_where_it_says() -> None:
    for example in [*_sample(), *_sample("dev")]:
        for text, start in example.answers:
            assert example.context[start : start + len(text)] == text
        assert bool(example.answers) == (example.kind != "none")


def test_the_same_seed_makes_the_same_examples() -> None:
    assert _sample() == _sample()
    assert list(generate(50, seed=6, split="train")) != _sample()[:50]
