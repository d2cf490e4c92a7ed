"""Line plots as SVG elements: no script, no file beside them; colours come from the page's style sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Final

WIDTH: Final = 360
HEIGHT: Final = 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 30, 42
_TICKS: Final = 5

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot: ``points`` are joined by a line; ``sizes``, one a point, draws them as discs of that relative area.

    ``diagonal`` adds the line of equals, and ``steps`` joins by level lines, as a distribution is drawn.
    """

    title: str
    x: str
    y: str
    points: Points
    sizes: Sequence[float] = ()
    x_max: float | None = None
    y_max: float | None = 1.0
    diagonal: bool = False
    steps: bool = False


def draw(plot: Plot) -> str:
    """Return an ``<svg>`` element; a plot without points says that there is nothing to show."""
    x_max = plot.x_max if plot.x_max is not None else _ceiling(x for x, _ in plot.points)
    y_max = plot.y_max if plot.y_max is not None else _ceiling(y for _, y in plot.points)

    def place(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + min(x / x_max, 1) * (WIDTH - _LEFT - _RIGHT)
        return across, HEIGHT - _BOTTOM - min(y / y_max, 1) * (HEIGHT - _TOP - _BOTTOM)

    placed = [place(*point) for point in plot.points]
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(plot.title)}">',
        f'<text class="title" x="{_LEFT}" y="18">{escape(plot.title)}</text>',
    ]
    for number in range(_TICKS + 1):
        share = number / _TICKS
        (x, bottom), (left, y) = place(share * x_max, 0), place(0, share * y_max)
        parts += [
            f'<line class="grid" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom:.1f}"/>',
            f'<line class="grid" x1="{left:.1f}" y1="{y:.1f}" x2="{WIDTH - _RIGHT}" y2="{y:.1f}"/>',
            f'<text x="{x:.1f}" y="{bottom + 14:.1f}" text-anchor="middle">{_number(share * x_max)}</text>',
            f'<text x="{left - 5:.1f}" y="{y + 3:.1f}" text-anchor="end">{_number(share * y_max)}</text>',
        ]
    middle = (HEIGHT - _BOTTOM + _TOP) / 2
    parts += [
        f'<text x="{(WIDTH + _LEFT - _RIGHT) / 2:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(plot.x)}</text>',
        f'<text text-anchor="middle" transform="translate(12 {middle:.1f}) rotate(-90)">{escape(plot.y)}</text>',
    ]
    if plot.diagonal:
        (x1, y1), (x2, y2) = place(0, 0), place(x_max, y_max)
        parts.append(f'<line class="equal" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    if placed:
        parts.append(f'<path class="curve" d="{_path(placed, steps=plot.steps)}"/>')
    else:
        parts.append(f'<text x="{WIDTH / 2}" y="{middle:.1f}" text-anchor="middle">nothing to show</text>')
    largest = max(plot.sizes, default=1)
    radii = [3 + 7 * (size / largest) ** 0.5 for size in plot.sizes] or [2.5] * (len(placed) if len(placed) < 20 else 0)
    for (x, y), radius in zip(placed, radii, strict=False):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    return "".join([*parts, "</svg>"])


def _path(placed: Points, *, steps: bool) -> str:
    first, *rest = placed
    moves = [f"M{first[0]:.1f} {first[1]:.1f}"]
    moves += [f"H{x:.1f}V{y:.1f}" if steps else f"L{x:.1f} {y:.1f}" for x, y in rest]
    return "".join(moves)


def _ceiling(values: Iterable[float]) -> float:
    """Return the next of 1, 2, 5, 10, 20, … at or above all values.

    >>> _ceiling([3.2]), _ceiling([0.11]), _ceiling([])
    (5.0, 0.2, 1.0)
    """
    most = max(values, default=0.0)
    if most <= 0:
        return 1.0
    unit = 10.0 ** floor(log10(most))
    step = next(step for step in (1, 2, 5, 10) if step >= ceil(most / unit * 1e6) / 1e6)
    return float(f"{step * unit:.6g}")


def _number(value: float) -> str:
    return f"{value:.6g}"
