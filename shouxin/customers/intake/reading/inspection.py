"""Looking at a file before importing it, and reading it again by a layout."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from shouxin.customers.intake.guards import unguarded, unmarked
from shouxin.customers.intake.reading import delimited, encodings, header
from shouxin.customers.intake.reading.dialect import REASON_COLUMN, Dialect, measured, sniff
from shouxin.customers.intake.reading.encodings import Encoding
from shouxin.customers.intake.reading.kinds import recognise
from shouxin.customers.intake.reading.messages import finding, unreadable
from shouxin.customers.intake.reading.model import (
    DEFAULT_LIMITS,
    Choices,
    Finding,
    Inspection,
    Kind,
    Layout,
    Limits,
    Place,
    Row,
    SeekableBinary,
    SheetInfo,
)
from shouxin.customers.intake.reading.table import TableScan, is_blank, shaped

if TYPE_CHECKING:
    from shouxin.customers.intake.reading.workbook import Merged, SheetSize, Workbook

_WINDOW = 120
_EXTENSIONS = {
    "csv": Kind.CSV,
    "tsv": Kind.CSV,
    "txt": Kind.CSV,
    "xls": Kind.XLS,
    "xlsx": Kind.XLSX,
    "xlsm": Kind.XLSX,
}


def inspect(
    source: SeekableBinary, name: str, *, limits: Limits = DEFAULT_LIMITS, choices: Choices | None = None
) -> Inspection:
    """What the file is, its sheets with sizes, headings and samples, and everything worth saying about it. Reads
    the whole file once or twice in bounded memory; `name` is used for its extension alone.

    Raises:
        UnreadableFile: nothing of the file can be imported.
    """
    choices = choices or Choices()
    kind = recognise(source, limits)
    general = []
    extension = name.rpartition(".")[2].lower()
    if _EXTENSIONS.get(extension, kind) is not kind:
        general.append(finding("extension_differs", kind=kind.value.upper()))
    if kind is Kind.CSV:
        return _inspect_text(source, limits, choices, general)
    book = _open_workbook(source, kind, limits)
    sheets = tuple(_inspect_sheet(book, size, choices, kind) for size in book.sheets)
    if not any(sheet.columns for sheet in sheets):
        raise unreadable("no_rows")
    visible = [sheet for sheet in sheets if not sheet.hidden] or list(sheets)
    proposed = max(visible, key=lambda sheet: sheet.rows * sheet.columns)
    return Inspection(kind, sheets, findings=tuple(general), proposed_sheet=proposed.name)


def rows(
    source: SeekableBinary, layout: Layout, *, start_at_row: int = 0, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Row]:
    """The data rows of a layout's sheet with their numbers in the file, from row number `start_at_row` on. A row
    that cannot be taken as it is carries a problem; blank rows are left out.

    Raises:
        UnreadableFile: also while reading, when the file ends in the middle.
    """
    every = _every_row(source, layout, limits)
    for row in shaped(every, layout):
        if row.number >= start_at_row:
            yield _bare(row, layout.kind, guarded=layout.guarded)


def _every_row(source: SeekableBinary, layout: Layout, limits: Limits) -> Iterator[Row]:
    if layout.kind is Kind.CSV:
        dialect = Dialect(layout.delimiter or ",", layout.quote, layout.escape, layout.record_width)
        return delimited.records(source, encodings.known(layout.encoding or "utf-8"), dialect, limits)
    return _open_workbook(source, layout.kind, limits).rows(layout.sheet)


def _open_workbook(source: SeekableBinary, kind: Kind, limits: Limits) -> "Workbook":
    from shouxin.customers.intake.reading.workbook import (
        Workbook,
    )  # its libraries take memory that CSV need not pay

    return Workbook(source, kind, limits)


def _bare(row: Row, kind: Kind, *, guarded: bool) -> Row:
    """Without the apostrophes that are no part of a cell: ours before a formula, a spreadsheet's before a number."""
    if guarded:
        return Row(row.number, tuple(map(unguarded, row.cells)), row.flags, row.problem)
    if kind is not Kind.CSV or "'" not in "".join(row.cells):
        return row
    return Row(row.number, tuple(map(unmarked, row.cells)), row.flags, row.problem)


def _inspect_text(
    source: SeekableBinary, limits: Limits, choices: Choices, general: list[Finding]
) -> Inspection:
    encoding = Encoding(encodings.known(choices.encoding)) if choices.encoding else encodings.detect(source)
    dialect = _dialect(delimited.sample(source, encoding.codec, limits), choices)
    every = delimited.records(source, encoding.codec, dialect, limits)
    window = list(islice(every, _WINDOW))
    if not any(not is_blank(row.cells) for row in window):
        raise unreadable("no_rows" if window else "empty_file")
    heading = _heading(window, choices, "", ())
    layout = Layout(
        kind=Kind.CSV,
        sheet="",
        header=heading.names,
        header_row=heading.row,
        header_rows=heading.rows,
        encoding=encoding.codec,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        record_width=dialect.width,
    )
    if layout.width > limits.columns:
        raise unreadable("too_many_columns", count=layout.width, limit=limits.columns)
    info, scan = _scan(layout, chain(window, every), window)
    general += _encoding_findings(encoding, scan)
    return Inspection(
        Kind.CSV,
        (info,),
        encoding=encoding.codec,
        encoding_certain=encoding.certain,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        record_width=dialect.width,
        findings=tuple(general),
    )


def _dialect(sample: list[str], choices: Choices) -> Dialect:
    found = sniff(sample)
    chosen = Dialect(
        choices.delimiter or found.delimiter,
        found.quote if choices.quote is None else (choices.quote or None),
        found.escape if choices.escape is None else (choices.escape or None),
    )
    return measured(sample, chosen)


def _encoding_findings(encoding: Encoding, scan: TableScan) -> Iterator[Finding]:
    name = encodings.display_name(encoding.codec)
    if not encoding.certain:
        yield finding("encoding_guessed", encoding=name)
    if scan.undecodable:
        yield finding("encoding_broken", encoding=name, count=scan.undecodable)


def _heading(window: list[Row], choices: Choices, sheet: str, merged: "tuple[Merged, ...]") -> header.Heading:
    numbered = [
        (row.number, row.cells) for row in window if row.problem is None or row.problem.code == "undecodable"
    ]
    if sheet in choices.headers:
        return header.named(numbered, choices.headers[sheet], merged)
    return header.find(numbered, merged)


def _inspect_sheet(book: "Workbook", size: "SheetSize", choices: Choices, kind: Kind) -> SheetInfo:
    hidden = [finding("hidden_sheet", Place(size.name))] if size.hidden else []
    if not size.rows:
        empty = (finding("empty_sheet", Place(size.name)), *hidden)
        return SheetInfo(size.name, 0, 0, None, 1, (), (), frozenset(), hidden=size.hidden, findings=empty)
    every = book.rows(size.name)
    window = list(islice(every, _WINDOW))
    heading = _heading(window, choices, size.name, size.merged)
    names = heading.names + ("",) * (size.columns - len(heading.names))
    layout = Layout(kind, size.name, names[: size.columns], heading.row, heading.rows)
    info, _ = _scan(layout, chain(window, every), window, hidden=size.hidden)
    return info


def _scan(
    layout: Layout, every: Iterable[Row], window: list[Row], *, hidden: bool = False
) -> tuple[SheetInfo, TableScan]:
    guarded = REASON_COLUMN in layout.header
    scan = TableScan(layout)
    for row in shaped(iter(every), layout):
        scan.see(_bare(row, layout.kind, guarded=guarded))
    above = [
        r for r in window if layout.header_row and r.number < layout.header_row and not is_blank(r.cells)
    ]
    findings = scan.findings(len(above))
    if hidden:
        findings.append(finding("hidden_sheet", Place(layout.sheet)))
    info = SheetInfo(
        name=layout.sheet,
        rows=scan.rows,
        columns=layout.width,
        header_row=layout.header_row,
        header_rows=layout.header_rows,
        header=layout.header,
        samples=tuple(scan.samples),
        blank_columns=scan.blank_columns(),
        refused_rows=scan.refused,
        guarded=guarded,
        hidden=hidden,
        findings=tuple(findings),
    )
    return info, scan
