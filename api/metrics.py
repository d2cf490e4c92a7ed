"""Metrics for Prometheus. Every application has a registry of its own."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MutexValue, ValueClass

from qa.types import Answer

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters, histograms in seconds, and gauges that are read when asked for.

    Processes that answer on one port count together, in the folder that the library's own variable names; gauges are of
    the process that is asked.
    """

    def __init__(self) -> None:
        self._counted, self._gauges = CollectorRegistry(), CollectorRegistry()
        self._requests = Counter(
            "gazette_requests", "Requests answered", ["method", "route", "status"], registry=self._counted
        )
        self._latency = Histogram(
            "gazette_request_seconds",
            "From a request's first byte to its answer's last",
            ["route"],
            buckets=_SECONDS,
            registry=self._counted,
        )
        self._stages = Histogram(
            "gazette_stage_seconds",
            "Stages of answering a question",
            ["stage"],
            buckets=_SECONDS,
            registry=self._counted,
        )
        self._answers = Counter("gazette_answers", "Questions by outcome", ["outcome"], registry=self._counted)
        for outcome in ("answered", "abstained"):
            self._answers.labels(outcome)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count one question, with the time that each stage took."""
        self._answers.labels("answered" if answer.answered else "abstained").inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def gauge(self, name: str, description: str, value: Callable[[], float]) -> None:
        """Have ``value`` read whenever the metrics are."""
        Gauge(name, description, registry=self._gauges).set_function(value)

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        counted = self._counted
        if ValueClass is not MutexValue:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        return generate_latest(counted) + generate_latest(self._gauges)
