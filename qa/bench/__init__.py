"""How fast questions are answered and passages encoded, and what it takes: ``gazette doctor --bench``.

Each figure stands beside that of the plain code (``qa.bench.plain``) and the machine's floor (``qa.bench.floor``),
measured in the same run: a ratio means the same on every machine.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from statistics import median
from time import perf_counter
from typing import Final

from embeddings.joined import body_of, running
from embeddings.runtime import Runtime
from qa.addresses import MilvusAddress
from qa.bench.floor import Products, counted
from qa.bench.processes import (
    PROCESSES,
    cached_megabytes,
    process_seconds,
    python_seconds,
    resident,
    serving,
)
from qa.service import Models, Service, load_only_encoder
from qa.store import read_manifest

REPEATS: Final = 50
PASSAGES: Final = 128
"""Passages that are encoded, and a fourth of them by the plain code."""
AT_ONCE: Final = 2
"""Questions that ``gazette serve`` reads at a time, unless it is set otherwise."""
_BATCH: Final = 2048
"""Tokens that are encoded together."""
_QUESTIONS: Final = (
    "谁被任命为副市长?",
    "会议由谁主持?",
    "Who was appointed vice mayor?",
    "总投资达到多少?",
    "When was the meeting held?",
)


def compare_speed(service: Service) -> Iterator[str]:
    """Yield lines of a table, as they are measured."""
    for lines in (_processes, _questions, _passages):
        yield from (f"bench    {line}" for line in lines(service))


def _processes(service: Service) -> Iterator[str]:
    settings, question = service.settings, _QUESTIONS[0]
    alone = process_seconds(settings, question, "--in-process")
    python = python_seconds(settings)
    yield (
        f"gazette ask, whole process on an existing index: {alone:.2f} s (median of {PROCESSES}; Python that does "
        f"nothing {python:.2f} s)"
    )
    with serving(settings) as served:
        if served:
            asked = process_seconds(settings, question)
            yield f"gazette ask, where gazette serve runs: {asked:.2f} s, {alone / asked:.1f} times as fast"
    if memory := resident(settings, question):
        yield f"memory of gazette ask: {memory[0]} MB after the answer, at most {memory[1]} MB"
    if isinstance(settings.index, MilvusAddress):
        return
    manifest = read_manifest(settings.index)
    each = sum(part.size for part in manifest.parts.values()) / max(1, manifest.chunks) / 1e3
    yield f"disk: {cached_megabytes():.0f} MB of models, {each:.1f} kB of index for a passage"


def _questions(service: Service) -> Iterator[str]:
    from qa.bench.plain import plain_way  # it brings torch

    ours = _median_ms(service.ask)
    yield f"one question in a running process: {ours:.0f} ms (median of {REPEATS})"
    plain = _median_ms(plain_way(service)[0])
    yield f"baseline, same passages: {plain:.0f} ms (median of {REPEATS}), {plain / ours:.1f} times ours"
    floor = _floor_ms(service)
    yield f"floor, the matrix products of the same tokens: {floor:.0f} ms, ours {ours / floor:.1f} times as long"
    one, several = (_rate(service, threads) for threads in (1, AT_ONCE))
    yield f"one after the other {one:.1f} answers/s, {AT_ONCE} at a time {several:.1f}, {several / one:.2f} times that"


def _passages(service: Service) -> Iterator[str]:
    from qa.bench.plain import plain_way

    encoder, texts = load_only_encoder(service.settings.encoder), passages_of(service, PASSAGES)
    ours = len(texts) / _best(lambda: encoder.encode(texts, "passage"))
    yield f"passages encoded: {ours:.1f}/s"
    few, way = texts[: PASSAGES // 4], plain_way(service)[1]
    plain = len(few) / _best(lambda: way(few))
    yield f"baseline: {plain:.1f}/s, ours {ours / plain:.1f} times as fast"
    if body := body_of(encoder):
        runtime = body.runtime
        tokens = sum(len(body.tokenizer.encode(text).ids) for text in texts) / len(texts)
        streams = runtime.requests.streams
        products = Products(runtime.precision, streams=streams)
        with ThreadPoolExecutor(streams) as pool:
            batches = [_BATCH] * (4 * streams)
            seconds = _best(lambda: list(pool.map(products.run, batches)))
        floor = sum(batches) / tokens / seconds
        yield f"floor, the matrix products of as many tokens: {floor:.1f}/s, ours {ours / floor:.2f} of it"


def passages_of(service: Service, count: int) -> list[str]:
    """Return the words of so many passages of the index, some of them again where it has fewer."""
    vector = service.models.encoder.encode(_QUESTIONS[:1], "query")[0]
    passages = sorted((each.chunk for each in service.opened.candidates(vector, {}, count)), key=lambda chunk: chunk.id)
    return list(islice(cycle(chunk.embedded for chunk in passages), count))


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    started = perf_counter()
    call()
    return perf_counter() - started


def _best(call: Callable[[], object]) -> float:
    call()
    return min(timed(call) for _ in range(3))


def _median_ms(answer: Callable[[str], object]) -> float:
    for question in _QUESTIONS:
        answer(question)
    return 1000 * median(timed(partial(answer, question)) for question in _asked())


def _asked() -> Sequence[str]:
    return [_QUESTIONS[number % len(_QUESTIONS)] for number in range(REPEATS)]


def _rate(service: Service, threads: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        return REPEATS / timed(lambda: list(pool.map(service.ask, _asked())))


def _floor_ms(service: Service) -> float:
    """Return the milliseconds that the products of a question's tokens take, the median over the questions."""
    reader, encoder = service.models.reader, service.models.encoder
    reading = counted(reader.runtime)
    runs = [reading.ran]

    def encoding(runtime: Runtime) -> Runtime:
        kept = counted(runtime)
        runs.append(kept.ran)
        return kept

    models = Models(running(encoder, encoding), replace(reader, runtime=reading))
    products, asked = Products(reader.runtime.precision), replace(service, models=models)
    times = []
    for question in _QUESTIONS:
        asked.ask(question)
        tokens = [count for ran in runs for count in ran]
        for ran in runs:
            ran.clear()
        times.append(sum(_best(partial(products.run, count)) for count in tokens))
    return 1000 * median(times)
