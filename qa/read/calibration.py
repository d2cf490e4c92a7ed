"""From scores to probabilities: Platt scaling, fitted on held-out questions."""

from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True, slots=True)
class Calibration:
    """``probability = 1 / (1 + exp(-(slope * score + offset)))``, and the probability from which an answer is given."""

    slope: float
    offset: float
    threshold: float

    def probability(self, score: float) -> float:
        """Return how likely a span of this score is right.

        >>> Calibration(1.0, 0.0, 0.5).probability(0.0)
        0.5
        """
        exponent = -(self.slope * score + self.offset)
        return 1 / (1 + exp(min(exponent, 700.0)))

    @property
    def boundary(self) -> float:
        """The score from which an answer is given.

        >>> Calibration(2.0, 1.0, 0.5).boundary
        -0.5
        """
        return (log(self.threshold / (1 - self.threshold)) - self.offset) / self.slope
