"""From scores to probabilities, and from which probability on an answer is given."""

from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling, fitted on held-out questions: ``probability = 1 / (1 + exp(-(slope * score + offset)))``.

    That of a span is fitted on those from whose passages an answer is given, which are more often right than others of
    the same score.
    ``threshold`` is the probability that a passage answers from which an answer is given, ``item_threshold`` that of
    further spans of it to be items as well: a list is less likely to hold a stranger than a passage to hold no answer.
    ``listed`` is the log-odds from which a question is taken to want a list.
    ``settled`` is the probability of an answer from which no further passage is read, since reading is most of what a
    question costs; weights whose metadata does not say were measured with its default. ``sentence_slope`` and
    ``sentence_offset`` scale the score of a whole sentence; by their defaults none is ever likely. The ``passage_``
    numbers scale the scores of a passage's best span and of all of it: that it answers, whatever the words, is likelier
    than that a span is right, and tells better what can be answered.
    """

    slope: float
    offset: float
    threshold: float
    item_threshold: float
    listed: float = 0.0
    settled: float = 0.42
    sentence_slope: float = 0.0
    sentence_offset: float = -9.0
    passage_best: float = 1.0
    passage_whole: float = 0.0
    passage_offset: float = 0.0

    def probability(self, score: float) -> float:
        """Return how likely a span of this score is right.

        >>> Calibration(1.0, 0.0, 0.5, 0.5).probability(0.0)
        0.5
        """
        return _logistic(self.slope * score + self.offset)

    def sentence_probability(self, score: float) -> float:
        """Return how likely a sentence of this score (``Reading.score_within``) holds the answer."""
        return _logistic(self.sentence_slope * score + self.sentence_offset)

    def passage_probability(self, best: float, whole: float) -> float:
        """Return how likely a passage answers whose best span and all of which (``Reading.whole``) have these scores.

        >>> fitted = Calibration(1.0, 0.0, 0.5, 0.5, passage_best=-0.5, passage_whole=1.0, passage_offset=-1.0)
        >>> fitted.passage_probability(2.0, 2.0)
        0.5
        """
        return _logistic(self.passage_best * best + self.passage_whole * whole + self.passage_offset)

    def score(self, probability: float) -> float:
        """Return the score that has this probability, which is above 0 and below 1.

        >>> Calibration(2.0, 1.0, 0.5, 0.5).score(0.5)
        -0.5
        """
        return (log(probability / (1 - probability)) - self.offset) / self.slope


def _logistic(log_odds: float) -> float:
    return 1 / (1 + exp(min(-log_odds, 700.0)))
