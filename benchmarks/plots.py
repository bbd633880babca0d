"""A plot of cost against size as SVG: both axes in powers of ten, one curve a series. No library is needed for that."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 40, 50
COLOURS = ("#1f5fa8", "#b3541e", "#2e7d32", "#8e24aa", "#c62828", "#00838f", "#5d4037", "#455a64")


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: milliseconds by number of customers."""

    name: str
    points: Mapping[int, float]


def plot(title: str, series: Sequence[Series]) -> str:
    """The drawing, on white, so that it can be read in the dark as well."""
    sizes = sorted({size for one in series for size in one.points})
    costs = [cost for one in series for cost in one.points.values()]
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    span, first, last = max(1, high - low), math.log10(sizes[0]), math.log10(sizes[-1])

    def across(size: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(size) - first) / max(last - first, 1e-9)

    def up(cost: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(cost) - low) / span

    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="15">{escape(title)} (ms)</text>',
    ]
    for power in range(low, low + span + 1):
        y = up(10.0**power)
        drawn.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for size in sizes:
        x = across(size)
        drawn.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        drawn.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,}</text>')
    drawn.append(f'<text x="{LEFT}" y="{HEIGHT - 10}">customers</text>')
    for number, one in enumerate(series):
        drawn += _curve(number, one, [(across(size), up(cost)) for size, cost in sorted(one.points.items())])
    return "\n".join((*drawn, "</svg>\n"))


def _curve(number: int, one: Series, points: Sequence[tuple[float, float]]) -> list[str]:
    colour = COLOURS[number % len(COLOURS)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    beside, row = WIDTH - RIGHT + 20, TOP + 20 * number + 10
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points),
        f'<path d="M{beside} {row}h18" stroke="{colour}" stroke-width="2"/>',
        f'<text x="{beside + 24}" y="{row + 4}">{escape(one.name)}</text>',
    ]
