"""A large archive, end to end: ``python -m tests.benchmarks.scale FILE…`` (JSON Lines, plain or compressed).

Prints passages encoded a second, the rate beside plain ``SentenceTransformer.encode`` at fp32 over some of the same
passages in the same run, peak memory, size on disk, how long an ingestion without and with one change takes, and the
time of questions against the archive and against the starter archive alone.
"""

import gzip
import json
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Annotated, Any

import typer

from embeddings.encoder import Encoder
from embeddings.home import DEFAULT_ENCODER
from embeddings.models import provision_torch
from qa.cli.output import stages
from qa.config import Settings
from qa.indexing import IngestReport, ingest, starter_archive
from qa.service import Models, load_models, open_service
from qa.store import open_index

PLAIN = 200
"""Passages that the plain way encodes: it takes long, and its rate needs no more."""
QUESTIONS = 100


def main(
    files: Annotated[list[Path], typer.Argument(help="Articles, as JSON Lines.", exists=True)],
    limit: Annotated[int | None, typer.Option(help="Articles of each file.", min=1)] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Folder for archive and index, kept; a temporary one if none.")
    ] = None,
) -> None:
    """Ingest each record as a file of its own, measure, and print."""
    folder = keep or Path(tempfile.mkdtemp())
    archive, index = folder / "archive", folder / "index"
    models = load_models(DEFAULT_ENCODER)
    write_archive(archive, files, limit)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report, seconds = timed(archive, index, models.encoder)
    rate = report.update.encoded / seconds
    say("articles", report.articles)
    say("passages", report.chunks)
    say("skipped", len(report.skipped))
    say("ingestion", f"{seconds:.1f} s, {rate:.1f} passages/s, all steps included")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say("memory", f"{peak / 1024:,.0f} MiB at its peak, of which {before / 1024:,.0f} with the models before")
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    say("disk", f"{size / 1e6:,.1f} MB, {size / max(1, report.articles) / 1e3:.1f} kB an article")
    say("vectors", str(report.vectors))
    plain, ours = encoding_rates(index, models.encoder)
    say(
        "encoding",
        f"{ours:.1f} passages/s, plain SentenceTransformer.encode fp32 {plain:.1f}, ratio {ours / plain:.2f}",
    )
    say("whole run", f"ratio {rate / plain:.2f} to the plain encoding alone")
    say("unchanged", changes(archive, index, models.encoder))
    changed = min(archive.rglob("*.jsonl"))
    record = json.loads(changed.read_text("utf-8"))
    changed.write_text(json.dumps(record | {"text": record["text"] + "编者按。"}, ensure_ascii=False), "utf-8")
    say("one changed", changes(archive, index, models.encoder))
    changed.unlink()
    say("one removed", changes(archive, index, models.encoder))
    questions = titles(files, limit)
    say("questions", latencies(index, models, questions))
    seeds = folder / "seeds"
    ingest([starter_archive()], directory=seeds, encoder=models.encoder)
    say("on the page", latencies(seeds, models, questions))
    if keep is None:
        shutil.rmtree(folder)


def write_archive(archive: Path, files: Sequence[Path], limit: int | None) -> None:
    """Write each record to a file of its own, a thousand to a folder."""
    for file in files:
        for number, record in enumerate(records(file, limit)):
            target = archive / file.name.split(".")[0] / f"{number // 1000:03d}" / f"{number:06d}.jsonl"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")


def records(file: Path, limit: int | None) -> Iterator[dict[str, Any]]:
    """Yield the first records of a file."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        for _, line in zip(range(limit) if limit else iter(int, 1), lines, strict=False):
            yield json.loads(line)


def timed(archive: Path, index: Path, encoder: Encoder) -> tuple[IngestReport, float]:
    """Ingest; return the report and the seconds."""
    began = perf_counter()
    with stages("files", "passages") as progress:
        report = ingest([archive], directory=index, encoder=encoder, progress=progress)
    return report, perf_counter() - began


def changes(archive: Path, index: Path, encoder: Encoder) -> str:
    """Ingest again; return how long it took and what it encoded."""
    report, seconds = timed(archive, index, encoder)
    update = report.update
    counts = f"{update.added} new, {update.replaced} changed, {update.removed} removed, {update.unchanged} unchanged"
    return f"{seconds:.1f} s, {update.encoded} passages encoded; {counts}"


def encoding_rates(index: Path, encoder: Encoder) -> tuple[float, float]:
    """Return passages a second of the plain way and of ours, over the same passages."""
    from sentence_transformers import SentenceTransformer

    with open_index(index, encoder) as opened:
        found = opened.candidates(encoder.encode(["新闻"], "query")[0], {}, PLAIN)
        passages = [each.chunk.embedded for each in found]
    model = SentenceTransformer(str(provision_torch().path), device="cpu")
    model.encode(passages[:8])
    began = perf_counter()
    model.encode([f"passage: {passage}" for passage in passages], batch_size=32)
    plain = len(passages) / (perf_counter() - began)
    began = perf_counter()
    encoder.encode(passages, "passage")
    return plain, len(passages) / (perf_counter() - began)


def titles(files: Sequence[Path], limit: int | None) -> list[str]:
    """Return questions of a sort: titles, or first sentences, from all over the archive."""
    found = [
        words
        for file in files
        for record in records(file, limit)
        if any(map(str.isalnum, words := (record.get("title") or record["text"].split("。")[0])[:60]))
    ]
    step = max(1, len(found) // QUESTIONS)
    return found[::step][:QUESTIONS]


def latencies(index: Path, models: Models, questions: Sequence[str]) -> str:
    """Ask every question; return median and 95th percentile."""
    with open_service(Settings(index), models) as service:
        service.ask(questions[0])
        times = sorted(service.ask(question).timings_ms["total"] for question in questions)
        searches = sorted(_milliseconds(lambda each=question: service.search(each)) for question in questions)
    return (
        f"{len(times)} asked: median {median(times):.0f} ms, 95th percentile {_p95(times):.0f} ms; "
        f"retrieval alone {median(searches):.1f} and {_p95(searches):.1f} ms"
    )


def _milliseconds(call: Any) -> float:
    began = perf_counter()
    call()
    return (perf_counter() - began) * 1000


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def say(what: str, value: object) -> None:
    """Print one measure."""
    sys.stdout.write(f"{what:12} {value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)
