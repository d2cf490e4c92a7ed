"""Whether a question says by itself what it is about: a logistic regression over a few signs of its form.

``completeness.json`` has the weight of each sign, by language; ``python -m qa.train.completeness`` makes it.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

WEIGHTS: Final = Path(__file__).with_suffix(".json")
BIAS: Final = "bias"


def is_complete(signs: Mapping[str, float], language: str) -> bool:
    """Whether a question with these signs is more likely complete than not.

    >>> from qa.chat import chinese
    >>> [is_complete(chinese.signs(asked), "zh") for asked in ("望海大桥什么时候通车", "什么时候通车")]
    [True, False]
    """
    weights = _weights()[language]
    return sum(weights[name] * value for name, value in {**signs, BIAS: 1.0}.items()) > 0


@cache
def _weights() -> dict[str, dict[str, float]]:
    return dict(json.loads(WEIGHTS.read_text("utf-8")))
