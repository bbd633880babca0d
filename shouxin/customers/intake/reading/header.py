"""Which row of a sheet is its heading, and how a heading over several rows becomes one."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shouxin.customers.intake.reading.model import HeaderChoice

Numbered = tuple[int, Sequence[str]]  # row number, cells
_VALUE = re.compile(
    r"""^[\s'$£€¥￥(+\-]*\d[\d\s.,:/\\%()\-年月日TZ]*(?:元|万元|个|件|AM|PM)?$ # numbers, money, dates, times, phones
    | \S+@\S+\.\S+ | ^https?:// | ^www\. | ^(?:TRUE|FALSE)$ | \d{6} """,
    re.VERBOSE | re.IGNORECASE,
)
_YEARS = re.compile(r"^\d{4}(?:年(?:\d{1,2}月)?|-\d{2,4}|/\d{2})?$")
_MAX_NAME = 80
_TELLING = (
    200  # what a cell is shows in its beginning; the pattern's time grows with the square of the length
)
_DEPTH = 40  # nonblank rows looked at
_MAX_ROWS = 5
_TEXTUAL = 0.8
_SPARSE = 0.5


@dataclass(frozen=True, slots=True)
class Heading:
    """First row (None: no heading), number of rows, names of the columns."""

    row: int | None
    rows: int
    names: tuple[str, ...]


def is_value(text: str) -> bool:
    """Looks like data rather than the name of a column."""
    return bool(_VALUE.search(text[:_TELLING].strip()))


def find(window: Sequence[Numbered], merged: Sequence[tuple[int, int, int, int]] = ()) -> Heading:
    """The heading of a sheet, from its first rows. `merged`: (first row, first column, last row, last column),
    rows from 1, columns from 0."""
    rows = [(number, cells) for number, cells in window if _filled(cells)]
    width = _common_width(rows)
    best, best_score = -1, 0.0
    for index, (_, cells) in enumerate(rows[:_DEPTH]):
        score = _score(cells, [c for _, c in rows[index + 1 : index + 21]], width)
        if score > best_score + 1e-9:
            best, best_score = index, score
        if _filled(cells) > width * _SPARSE:
            break  # a heading stands above the first full row or is it
    best = _lower_if_fuller(rows, best, width)
    if best < 0:
        extents = Counter(_extent(cells) for _, cells in rows)
        return Heading(None, 1, ("",) * max(extents, key=lambda extent: (extents[extent], extent), default=0))
    first, last = _grow(rows, best, width, merged)
    return named(window, HeaderChoice(rows[first][0], rows[last][0] - rows[first][0] + 1), merged)


def named(
    window: Sequence[Numbered], choice: HeaderChoice, merged: Sequence[tuple[int, int, int, int]] = ()
) -> Heading:
    """The heading a person chose, with its names joined; cells merged downwards count once."""
    if choice.row is None:
        columns = max((_extent(cells) for _, cells in window), default=0)
        return Heading(None, 1, ("",) * columns)
    reach = choice.row + choice.rows - 1
    if choice.rows == 1:
        reach = max([reach, *(r2 for r1, _, r2, _ in merged if r1 == choice.row)])
    chosen = [list(cells) for number, cells in window if choice.row <= number <= reach and _filled(cells)]
    names = tuple(_join(chosen))
    return Heading(choice.row, reach - choice.row + 1, names[: _extent(names)])


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell and not cell.isspace())


def _extent(cells: Sequence[str]) -> int:
    """Columns up to the last one that is filled."""
    for index in range(len(cells), 0, -1):
        if cells[index - 1] and not cells[index - 1].isspace():
            return index
    return 0


def _common_width(rows: Sequence[Numbered]) -> int:
    """The commonest number of filled cells, the larger on a draw; a body of gaps counts by its fullest rows."""
    counts = Counter(_filled(cells) for _, cells in rows)
    if not counts:
        return 0
    common = max(counts, key=lambda width: (counts[width], width))
    fullest = sorted((_filled(cells) for _, cells in rows), reverse=True)
    return max(common, fullest[min(2, len(fullest) - 1)] // 2 + 1 if len(fullest) > 3 else common)  # noqa: PLR2004


def _textual(cells: Sequence[str]) -> float:
    filled = [cell for cell in cells if cell.strip()]
    names = [
        cell
        for cell in filled
        if len(cell) <= _MAX_NAME * 3 and (not is_value(cell) or _YEARS.match(cell.strip()))
    ]
    return len(names) / len(filled) if filled else 0.0


def _score(cells: Sequence[str], body: Sequence[Sequence[str]], width: int) -> float:
    """0 when it cannot be a heading; otherwise fuller, more textual, more distinct and less like the rows below is
    better."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    coverage = min(1.0, len(filled) / width)
    textual = _textual(cells)
    if textual < _TEXTUAL or (coverage < _SPARSE and body) or all(_YEARS.match(cell) for cell in filled):
        return 0.0
    distinct = len(set(filled)) / len(filled)
    return coverage * 2 + textual * 2 + distinct + _contrast(cells, body)


def _contrast(cells: Sequence[str], body: Sequence[Sequence[str]]) -> float:
    """Share of columns in which the rows below are mostly values and this cell is a name."""
    different = 0
    for column, cell in enumerate(cells):
        if cell.strip() and not is_value(cell):
            below = [row[column] for row in body if column < len(row) and row[column].strip()]
            different += bool(below) and sum(map(is_value, below)) * 2 > len(below)
    return different / max(1, len(cells))


def _lower_if_fuller(rows: Sequence[Numbered], best: int, width: int) -> int:
    """A half-empty line above a full line of names is a title, or the upper part of the heading."""
    if 0 <= best < len(rows) - 1 and _filled(rows[best][1]) <= width * _SPARSE:
        below = rows[best + 1][1]
        if _textual(below) >= _TEXTUAL and _filled(below) > _filled(rows[best][1]):
            return best + 1
    return best


def _grow(
    rows: Sequence[Numbered], at: int, width: int, merged: Sequence[tuple[int, int, int, int]]
) -> tuple[int, int]:
    """First and last index of the heading around row `at`."""
    first = last = at
    reach = max((r2 for r1, _, r2, _ in merged if r1 == rows[at][0]), default=0)
    while last + 1 < len(rows) and last + 1 - first < _MAX_ROWS:
        following = rows[last + 1][1]
        body = [cells for _, cells in rows[last + 2 : last + 22]]
        if rows[last + 1][0] <= reach or _continues(rows[last][1], following, body, width):
            last += 1
        else:
            break
    if at and rows[at][0] - rows[at - 1][0] == 1 and _groups(rows[at - 1][1], rows[at][1]):
        first = at - 1
    return first, last


def _continues(upper: Sequence[str], lower: Sequence[str], body: Sequence[Sequence[str]], width: int) -> bool:
    """`lower` is a second line of the heading: the same again, or names filling what `upper` leaves open, over
    columns of values."""
    if list(upper) == list(lower):
        return True
    if not body or _textual(lower) < 1.0:
        return False
    gaps = [i for i, cell in enumerate(lower) if cell.strip() and (i >= len(upper) or not upper[i].strip())]
    complementary = bool(gaps) and _filled(lower) < width and _filled(upper) + len(gaps) >= width
    sparse = _filled(lower) <= width * _SPARSE
    return (complementary or sparse) and _contrast(lower, body) * len(lower) >= max(1, _filled(lower) / 2)


def _groups(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """`upper` names groups of the columns in `lower`: at least two, none over an empty column, not the first row
    of a title block."""
    filled = [i for i, cell in enumerate(upper) if cell.strip()]
    return (
        1 < len(filled) <= _filled(lower)
        and all(i < len(lower) and lower[i].strip() for i in filled)
        and _textual(upper) >= _TEXTUAL
    )


def _join(lines: Sequence[Sequence[str]]) -> list[str]:
    """Names of the columns: from top to bottom, a group's name carried to the right, repetitions said once."""
    columns = max((len(line) for line in lines), default=0)
    names: list[str] = []
    carried = [""] * len(lines)
    for column in range(columns):
        parts: list[str] = []
        for depth, line in enumerate(lines):
            cell = " ".join(line[column].split()) if column < len(line) else ""
            below = any(column < len(other) and other[column].strip() for other in lines[depth + 1 :])
            carried[depth] = cell or (carried[depth] if below else "")
            if cell or (below and carried[depth]):
                part = cell or carried[depth]
                if part not in parts:
                    parts.append(part)
        names.append(" ".join(parts)[: _MAX_NAME * 3])
    return names
