"""One pass over the rows of a sheet: how many, which columns are blank, whether a second table begins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shouxin.customers.intake.reading.header import is_value
from shouxin.customers.intake.reading.messages import finding
from shouxin.customers.intake.reading.model import Finding, Flag, Layout, Place, Row

SAMPLES = 20
_PROFILE_ROWS = 200
_SHOWN_COLUMNS = 12


def shaped(rows: Iterator[Row], layout: Layout) -> Iterator[Row]:
    """Data rows below the heading, blank ones left out, each as wide as the heading or refused with its reason."""
    first, width = layout.first_data_row, layout.width
    ragged = layout.encoding is not None
    for row in rows:
        if row.number < first or (row.problem is None and is_blank(row.cells)):
            continue
        if row.problem is None and row.cells == layout.header and layout.header_row is not None:
            problem = finding("repeated_header", Place(layout.sheet, row.number), row=row.number)
            yield Row(row.number, row.cells, row.flags, problem)
        elif len(row.cells) == width or row.problem:
            yield row
        else:
            yield _fit(row, layout, ragged=ragged)


def is_blank(cells: Sequence[str]) -> bool:
    """Nothing but white space."""
    if cells and cells[0] and not cells[0].isspace():
        return False
    return not any(cells) or not "".join(cells).strip()


def _fit(row: Row, layout: Layout, *, ragged: bool) -> Row:
    count, width = len(row.cells), layout.width
    place = Place(layout.sheet or None, row.number)
    if count > width:
        if is_blank(row.cells[width:]) and count <= max(width, layout.record_width):
            return Row(row.number, row.cells[:width], row.flags)
        problem = finding("surplus_cells", place, row=row.number, count=count, width=width)
        return Row(row.number, row.cells, row.flags, problem)
    if ragged and not layout.pad_short_rows:
        problem = finding("too_few_cells", place, row=row.number, count=count, width=width)
        return Row(row.number, row.cells, row.flags, problem)
    return Row(row.number, row.cells + ("",) * (width - count), row.flags)


@dataclass(slots=True)
class TableScan:
    """What one pass over the shaped rows of a sheet finds; feed it every row."""

    layout: Layout
    rows: int = 0
    refused: int = 0
    undecodable: int = 0
    formulas: int = 0
    without_result: int = 0
    samples: list[Row] = field(default_factory=list)
    blank: set[int] = field(default_factory=set)
    second_table: int | None = None
    first_refused: int | None = None
    _values: list[int] = field(default_factory=list)
    _profiled: int = 0
    _last: int = 0

    def __post_init__(self) -> None:
        self.blank = set(range(self.layout.width))
        self._values = [0] * self.layout.width
        self._last = self.layout.first_data_row - 1

    def see(self, row: Row) -> None:
        """Count one row."""
        self.rows += 1
        if len(self.samples) < SAMPLES:
            self.samples.append(row)
        if row.problem is not None:
            self._refuse(row)
        elif self.second_table is None:
            self._look_for_second_table(row)
        if self.blank:
            self.blank = {c for c in self.blank if c >= len(row.cells) or not row.cells[c].strip()}
        for flags in row.flags.values():
            self.formulas += Flag.FORMULA in flags
            self.without_result += Flag.FORMULA_WITHOUT_RESULT in flags
        self._last = row.number

    def _refuse(self, row: Row) -> None:
        assert row.problem is not None  # noqa: S101 - the caller looked
        self.refused += 1
        self.undecodable += row.problem.code == "undecodable"
        self.first_refused = self.first_refused or row.number
        if row.problem.code == "repeated_header":
            self.second_table = self.second_table or row.number

    def _look_for_second_table(self, row: Row) -> None:
        """After a gap of blank rows: a full line of distinct names over columns that hold values."""
        if row.number > self._last + 1 and self.rows > 1 and self._profiled >= 2:  # noqa: PLR2004 - rows to judge by
            numeric = [i for i, count in enumerate(self._values) if count * 2 > self._profiled]
            full = all(cell.strip() for i, cell in enumerate(row.cells) if i not in self.blank)
            names = len(set(row.cells)) == len(row.cells) and not any(is_value(cell) for cell in row.cells)
            if numeric and full and names and self.layout.width > 1:
                self.second_table = row.number
        if self._profiled < _PROFILE_ROWS:
            self._profiled += 1
            for i, cell in enumerate(row.cells):
                self._values[i] += is_value(cell)

    def blank_columns(self) -> frozenset[int]:
        """Columns with neither name nor value."""
        return frozenset(c for c in self.blank if not self.layout.header[c])

    def findings(self, preamble: int) -> list[Finding]:
        """Everything to be said about the sheet."""
        layout, place, out = self.layout, Place(self.layout.sheet or None), list[Finding]()
        if layout.header_row is None:
            out.append(finding("no_header", place))
        elif not self.rows:
            out.append(finding("header_only", place))
        if preamble:
            out.append(finding("preamble", place, count=preamble))
        if layout.header_rows > 1:
            out.append(finding("header_merged", place, count=layout.header_rows))
        out += self._header_findings(place)
        if self.second_table:
            where = Place(layout.sheet or None, self.second_table)
            out.append(finding("several_tables", where, blocks=True, row=self.second_table))
        if self.refused:
            where = Place(layout.sheet or None, self.first_refused)
            out.append(finding("rows_refused", where, count=self.refused, row=self.first_refused))
        if self.formulas:
            out.append(finding("formulas", place, count=self.formulas))
        if self.without_result:
            out.append(finding("formulas_without_result", place, count=self.without_result))
        return out

    def _header_findings(self, place: Place) -> Iterator[Finding]:
        header = self.layout.header
        if self.layout.header_row is None:
            return
        named = [name for name in header if name]
        doubles = sorted({name for name in named if named.count(name) > 1})
        if doubles:
            yield finding("duplicate_headers", place, columns="、".join(doubles[:_SHOWN_COLUMNS]))
        unnamed = [c + 1 for c, name in enumerate(header) if not name and c not in self.blank]
        if unnamed:
            shown = "、".join(map(str, unnamed[:_SHOWN_COLUMNS]))
            yield finding("unnamed_columns", place, count=len(unnamed), columns=shown)
        if start := side_by_side(header):
            yield finding("tables_side_by_side", place, blocks=True, column=start + 1)


def side_by_side(header: Sequence[str]) -> int | None:
    """First column of a second table with the same names, set apart by unnamed columns."""
    groups: dict[int, list[str]] = {}
    start = 0
    for column, name in enumerate(header):
        if not name:
            start = column + 1
        else:
            groups.setdefault(start, []).append(name)
    first = next(iter(groups.values()), [])
    for at, names in list(groups.items())[1:]:
        if names == first:
            return at
    return None
