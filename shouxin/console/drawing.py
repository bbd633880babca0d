"""Charts as pictures of rectangles: positions worked out here, colours by class, the same numbers as a table.

No script and no inline style: a picture is as wide as its box (`preserveAspectRatio="none"`), its words stand outside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shouxin.kit.workbench import Bars, Chart, Column, Meters

WIDTH, HEIGHT = 600, 120
SHADES = 6  # sx-chart-0 … sx-chart-5; further series share the last
FILLED = 0.72  # of a column's room


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A piece of a column; `says` is read when pointed at."""

    x: str
    y: str
    width: str
    height: str
    shade: int
    says: str


@dataclass(frozen=True, slots=True)
class Shade:
    """A series in the legend."""

    name: str
    shade: int
    total: int


@dataclass(frozen=True, slots=True)
class Share:
    """A meter: its words and how far it is filled."""

    name: str
    percent: int
    part: int
    whole: int
    address: str
    tone: str  # ok | warn | bad


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart ready for the page."""

    chart: Chart
    address: str
    told: str  # the chart in one sentence
    top: str
    rectangles: tuple[Rectangle, ...]
    labels: tuple[str, ...]
    legend: tuple[Shade, ...]
    rows: tuple[tuple[str, tuple[int, ...], int], ...]  # the same as a table
    shares: tuple[Share, ...]
    as_of: datetime | None
    total: int = 0
    width: int = WIDTH
    height: int = HEIGHT


def draw(chart: Chart, data: Bars | Meters, now: datetime) -> Drawn:
    """`data` in rectangles and words."""
    address = data.address
    as_of = data.as_of if data.as_of and (now - data.as_of).total_seconds() >= 0 else None
    if isinstance(data, Meters):
        shares = tuple(
            Share(one.name, one.percent, one.part, one.whole, one.address, _tone(one.percent, good=one.good))
            for one in data.meters
        )
        told = _("、").join(f"{one.name} {one.percent}%" for one in shares)
        return Drawn(chart, address, told, "", (), (), (), (), shares, as_of)
    top = _rounded(max((column.total for column in data.columns), default=0))
    legend = tuple(
        Shade(name, min(number, SHADES - 1), sum(_of(column, key) for column in data.columns))
        for number, (key, name) in enumerate(data.series)
    )
    rows = tuple(
        (column.name, tuple(_of(column, key) for key, _name in data.series), column.total)
        for column in data.columns
    )
    most = max(data.columns, key=lambda column: column.total, default=None)
    told = _("合计 %(total)d，最多的是 %(name)s：%(most)d") % {
        "total": data.total,
        "name": most.name if most else "",
        "most": most.total if most else 0,
    }
    return Drawn(
        chart,
        address,
        told,
        str(top),
        tuple(_rectangles(data, top)),
        tuple(column.label for column in data.columns),
        legend,
        rows,
        (),
        as_of,
        data.total,
    )


def _rectangles(data: Bars, top: int) -> Iterable[Rectangle]:
    room = WIDTH / max(1, len(data.columns))
    for place, column in enumerate(data.columns):
        below = 0
        for number, (key, name) in enumerate(data.series):
            value = _of(column, key)
            if not value:
                continue
            height, base = HEIGHT * value / top, HEIGHT * below / top
            below += value
            yield Rectangle(
                f"{place * room + room * (1 - FILLED) / 2:.1f}",
                f"{HEIGHT - base - height:.1f}",
                f"{room * FILLED:.1f}",
                f"{height:.1f}",
                min(number, SHADES - 1),
                f"{column.name} · {name}: {value}",
            )


def _of(column: Column, series: str) -> int:
    return sum(mark.value for mark in column.marks if mark.series == series)


def _rounded(most: int) -> int:
    """The top of the scale: the next of 5, 10, 20, 50, 100 and so on."""
    top = 5
    while top < most:
        top = top * 2 if str(top)[0] in "15" else top * 5 // 2
    return top


def _tone(percent: int, *, good: bool) -> str:
    share = percent if good else 100 - percent
    return "ok" if share >= 90 else "warn" if share >= 70 else "bad"  # noqa: PLR2004
