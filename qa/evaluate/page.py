"""A report as one HTML file that needs nothing else: no script, no font, no image from anywhere."""

import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import pairwise
from typing import Final

from qa.evaluate.bootstrap import Estimate
from qa.evaluate.render import (
    GROUPED,
    TITLES,
    explain_measure,
    failure_reasons,
    format_value,
    gold_text,
    group_name,
    is_time,
    predicted_text,
)
from qa.evaluate.report import LOWER_IS_BETTER, Curves, Excerpt, Report, Row, curves
from qa.evaluate.svg import Plot, draw

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c1c1a; --paper: #fdfdfb; --soft: #66665f; --line: #d9d9d2; --curve: #1f5fa8;
  --gold: #cdebc5; --predicted: #ffd9b3; --both: #fff29a; --bad: #a32020; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e2; --paper: #191a1b; --soft: #a3a39b; --line: #3c3d3f;
  --curve: #7db4f0; --gold: #285c22; --predicted: #7a4413; --both: #6b6113; --bad: #ff8d80; } }
body { font: 15px/1.55 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: var(--ink);
  background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } p, dd { margin: .3rem 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .7rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child, td.words { text-align: left; } td.words { white-space: normal; color: var(--soft); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; }
figure { margin: 0; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; } svg text { fill: var(--soft); }
svg .title { fill: var(--ink); font-size: 13px; font-weight: 600; } .grid { stroke: var(--line); stroke-width: .6; }
.equal { stroke: var(--soft); stroke-dasharray: 4 4; } .curve { fill: none; stroke: var(--curve); stroke-width: 2; }
circle { fill: var(--curve); fill-opacity: .75; }
article { border-top: 1px solid var(--line); padding: .8rem 0; } article h3 { font-size: 1rem; margin: 0 0 .3rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .3rem 0; }
dt { color: var(--soft); }
.why { color: var(--bad); } blockquote { margin: .5rem 0; padding: .5rem .8rem; border-left: 3px solid var(--line);
  white-space: pre-wrap; overflow-wrap: anywhere; } cite { display: block; color: var(--soft); font-style: normal; }
mark { color: inherit; border-radius: 2px; } .gold { background: var(--gold); }
.predicted { background: var(--predicted); border-bottom: 2px solid; } .gold.predicted { background: var(--both); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
"""
_KEY: Final = (
    '<p>In the source: <mark class="gold">gold</mark>, <mark class="predicted">predicted</mark>, '
    '<mark class="gold predicted">both</mark>.</p>'
)


def report_page(report: Report) -> str:
    """Return the report as an HTML document; everything in it that is data is escaped."""
    title = f"{TITLES[report.task]}: {len(report.rows)} questions"
    failures = [row for row in report.rows if not row.right]
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
            # The browser is told as well that nothing is to be loaded or run.
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>",
            f"<h1>{escape(title)}</h1>",
            *_origin(report.run),
            "<h2>Measures</h2>",
            *_measures(report.overall),
            '<h2>Plots</h2><div class="plots">',
            *(f"<figure>{draw(plot)}</figure>" for plot in _plots(curves(report.rows))),
            "</div>",
            *_groups(report),
            f"<h2>Failures: {len(failures)} of {len(report.rows)}</h2>",
            _KEY,
            *(_failure(row) for row in failures),
            "<h2>How it was made</h2>",
            f"<pre>{escape(json.dumps(report.run, ensure_ascii=False, indent=1))}</pre>",
            "</main></body></html>",
            "",
        ]
    )


def _origin(run: Mapping[str, object]) -> Iterator[str]:
    gold = run.get("gold")
    if isinstance(gold, Mapping):
        yield f"<p>{escape(str(gold.get('path')))}, {escape(str(run.get('started')))}</p>"


def _measures(measures: Mapping[str, Estimate]) -> Iterator[str]:
    yield '<div class="scroll"><table><thead><tr><th>measure</th><th>value</th><th>95 % interval</th><th>questions</th>'
    yield "<th></th></tr></thead><tbody>"
    for name, estimate in measures.items():
        arrow = " ↓" if name in LOWER_IS_BETTER or is_time(name) else ""
        interval = f"{format_value(estimate.low, name)} – {format_value(estimate.high, name)}"
        cells = "".join(f"<td>{cell}</td>" for cell in (format_value(estimate.value, name), interval, estimate.n))
        yield f'<tr><td>{escape(name)}{arrow}</td>{cells}<td class="words">{escape(explain_measure(name))}</td></tr>'
    yield "</tbody></table></div>"


def _groups(report: Report) -> Iterator[str]:
    if len(report.groups) == 1:
        return
    names = [name for name in GROUPED if name in report.overall]
    head = "".join(f"<th>{escape(name)}</th>" for name in ("questions", *names))
    yield "<h2>By language, kind and answerability</h2>"
    yield f'<div class="scroll"><table><thead><tr><th></th>{head}</tr></thead>'
    for group, parts in report.groups.items():
        for key, measures in parts.items():
            size = max(estimate.n for estimate in measures.values())
            cells = "".join(
                f'<td title="{format_value(measures[name].low, name)} – {format_value(measures[name].high, name)}">'
                f"{format_value(measures[name].value, name)}</td>"
                if name in measures
                else "<td>–</td>"
                for name in names
            )
            yield f"<tr><td>{escape(group_name(group, key))}</td><td>{size}</td>{cells}</tr>"
    yield "</table></div>"


def _plots(found: Curves) -> Iterator[Plot]:
    yield Plot("Risk–coverage", "share of questions answered", "share of them wrong", found.risk_coverage, x_max=1.0)
    points = [(sure, right) for sure, right, _ in found.reliability]
    sizes = [float(size) for _, _, size in found.reliability]
    yield Plot("Reliability", "confidence", "share right", points, sizes, x_max=1.0, diagonal=True)
    slowest = found.latency[int(0.99 * (len(found.latency) - 1))][0]
    shown_part = [point for point in found.latency if point[0] <= slowest]
    yield Plot("Latency", "milliseconds (up to the 99th percentile)", "share answered within", shown_part, steps=True)
    if found.recall:
        recall = [(float(k), value) for k, value in found.recall]
        yield Plot("Recall@k", "passages (k)", "share of the evidence found", recall)


def _failure(row: Row) -> str:
    return "".join(
        [
            f"<article><h3>{escape(row.id)} · {escape(row.question)}</h3><dl>",
            f"<dt>kind</dt><dd>{escape(row.lang)}, {escape(row.kind)}</dd>",
            f"<dt>gold</dt><dd>{escape(gold_text(row))}</dd>",
            f"<dt>predicted</dt><dd>{escape(predicted_text(row))}</dd>",
            f'<dt>why</dt><dd class="why">{escape("; ".join(failure_reasons(row)))}</dd></dl>',
            *map(_quoted, row.excerpts),
            "</article>",
        ]
    )


def _quoted(excerpt: Excerpt) -> str:
    place = " · ".join(part for part in (excerpt.title, excerpt.source) if part)
    return f"<blockquote>{highlight(excerpt)}<cite>{escape(place)}</cite></blockquote>"


def highlight(excerpt: Excerpt) -> str:
    """Return the text of an excerpt with its spans in ``<mark>``, whatever overlaps, escaped.

    >>> highlight(Excerpt("", "", "a<b", ((0, 2),), ((1, 3),)))
    '<mark class="gold">a</mark><mark class="gold predicted">&lt;</mark><mark class="predicted">b</mark>'
    """
    spans = {"gold": excerpt.gold, "predicted": excerpt.predicted}
    cuts = sorted({0, len(excerpt.text), *(edge for part in spans.values() for span in part for edge in span)})
    return "".join(_piece(excerpt.text[start:end], _classes(spans, start, end)) for start, end in pairwise(cuts))


def _classes(spans: Mapping[str, Iterable[tuple[int, int]]], start: int, end: int) -> str:
    return " ".join(name for name, part in spans.items() if any(low <= start and end <= high for low, high in part))


def _piece(text: str, classes: str) -> str:
    return f'<mark class="{classes}">{escape(text)}</mark>' if classes else escape(text)
