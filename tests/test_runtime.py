"""How inputs of a runtime are grouped."""

from hypothesis import given
from hypothesis import strategies as st

from embeddings.runtime import groups


@given(st.lists(st.integers(1, 512), max_size=60))
def test_groups_hold_every_text_once_with_little_padding(lengths: list[int]) -> None:
    found = list(groups(lengths))
    assert sorted(number for group in found for number in group) == list(range(len(lengths)))
    for group in found:
        longest = max(lengths[number] for number in group)
        assert sum(longest - lengths[number] for number in group) <= 48
        assert len(group) * longest <= 2048
