"""The weights that tell complete questions from follow-ups, from dialogues written for it.

Run ``python -m qa.train.completeness`` and commit the file that it writes. A turn counts where the decision is asked
for: not where a name, a pronoun or a question word alone already tells what is meant.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from qa.chat.completeness import BIAS, WEIGHTS
from qa.chat.followup import LANGUAGES
from qa.text.script import language

DIALOGUES: Final = Path(__file__).parent / "written" / "dialogues.jsonl"
PENALTY: Final = 0.3
"""Of the square of each weight, against the log-likelihood of all turns."""
STEPS: Final = 50


def examples(name: str) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield the signs of each question of a language, and whether it is complete."""
    part = LANGUAGES[name]
    for line in DIALOGUES.read_text("utf-8").splitlines():
        for turn in json.loads(line)["turns"]:
            asked = part.bare(turn["question"])
            if language(turn["question"]) != name or turn["kind"] == "small-talk" or not part.ASKING.search(asked):
                continue
            alone = part.WHEN_ALONE.fullmatch(asked) or part.MORE.fullmatch(asked)
            pronoun = any(each.search(asked) for each in part.PRONOUNS.values())
            if not (alone or pronoun or part.is_named(asked)):
                yield part.signs(asked), turn["kind"] != "follow-up"


def fitted(signs: NDArray[np.float64], complete: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights (n,) of a logistic regression over ``signs`` (m, n), both classes as heavy."""
    weights = np.zeros(signs.shape[1])
    heavy = np.where(complete > 0, 0.5 / complete.mean(), 0.5 / (1 - complete.mean()))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-signs @ weights))
        gradient = signs.T @ (heavy * (chance - complete)) + PENALTY * weights
        curvature = (signs * (heavy * chance * (1 - chance))[:, None]).T @ signs + PENALTY * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def main() -> None:
    """Write the weights and print how they do on what they were made of."""
    argparse.ArgumentParser(prog="python -m qa.train.completeness", description=__doc__).parse_args()
    written = {}
    for name in LANGUAGES:
        signs, complete = zip(*examples(name), strict=True)
        names = [*signs[0], BIAS]
        rows = np.array([[*row.values(), 1.0] for row in signs])
        weights = fitted(rows, np.array(complete, float))
        right = ((rows @ weights > 0) == np.array(complete)).mean()
        print(f"{name}: {right:.3f} of {len(rows)} questions, {sum(complete)} of them complete")  # noqa: T201
        written[name] = dict(zip(names, np.round(weights, 3).tolist(), strict=True))
    WEIGHTS.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
