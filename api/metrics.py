"""Metrics for Prometheus. Every application has a registry of its own."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from qa.types import Answer

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters, histograms in seconds, and gauges that are read when asked for."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "gazette_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self._latency = Histogram(
            "gazette_request_seconds",
            "From a request's first byte to its answer's last",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "gazette_stage_seconds",
            "Stages of answering a question",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter("gazette_answers", "Questions by outcome", ["outcome"], registry=self.registry)
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
        Gauge(name, description, registry=self.registry).set_function(value)

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)
