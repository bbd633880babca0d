"""What reading a file yields: findings, rows, sheets, and the layout that lets the file be read again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from shouxin.core.text import Text


class SeekableBinary(Protocol):
    """The little of a binary file that reading needs; a sealed upload presents the same."""

    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


class Kind(StrEnum):
    """A family of files that can be read. TSV is CSV with another delimiter."""

    CSV = "csv"
    XLS = "xls"
    XLSX = "xlsx"


class Flag(StrEnum):
    """What must be known about a cell besides its text."""

    FORMULA = "formula"  # the text is the stored result of a formula; nothing was evaluated
    FORMULA_WITHOUT_RESULT = "formula_without_result"
    ERROR_VALUE = "error_value"  # #N/A, #REF! …
    PRECISION_LOST = "precision_lost"  # a number of more than 15 digits, whose last digits are already gone
    CONTROL_MENDED = (
        "control_mended"  # C1 controls, which stood for Windows-1252 characters, were turned into them
    )
    CONTROL_REMOVED = "control_removed"  # NUL characters stood in the cell and were left out


NO_FLAGS: Mapping[int, frozenset[Flag]] = {}
# Flags under which the text must not be taken for what its author meant.
UNTRUSTED: frozenset[Flag] = frozenset({Flag.FORMULA_WITHOUT_RESULT, Flag.ERROR_VALUE, Flag.PRECISION_LOST})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: rows and columns count from 1, as a spreadsheet program shows them."""

    sheet: str | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about a file, a sheet, a row or a cell. `blocks`: no import as it is."""

    code: str
    text: Text
    place: Place = Place()
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file. `cells` is as wide as the layout, unless `problem` says otherwise."""

    number: int
    cells: tuple[str, ...]
    flags: Mapping[int, frozenset[Flag]] = field(default_factory=dict)  # by 0-based column
    problem: Finding | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything needed to read one sheet of a file again in the same way; stored with an import batch."""

    kind: Kind
    sheet: str
    header: tuple[str, ...]
    header_row: int | None  # first row of the heading; None: the sheet has no heading
    header_rows: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    record_width: int = (
        0  # commonest number of cells in a record of a CSV file, its trailing empty ones included
    )
    pad_short_rows: bool = False  # take a row with too few cells as ending in empty ones
    guarded: bool = False  # our own download of refused rows: one leading apostrophe is taken off again

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.header)

    @property
    def first_data_row(self) -> int:
        """Number of the first row that can hold data."""
        return 1 if self.header_row is None else self.header_row + self.header_rows

    def changed(self, **changes: Any) -> "Layout":
        """A copy with other choices."""
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold; `from_json` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Layout":
        """The layout that `as_json` wrote."""
        return cls(**{**data, "kind": Kind(data["kind"]), "header": tuple(data["header"])})


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """One sheet (a CSV file is one sheet without a name): its size, its proposed heading, samples, findings."""

    name: str
    rows: int  # rows with data below the heading, blank ones not counted
    columns: int
    header_row: int | None
    header_rows: int
    header: tuple[str, ...]
    samples: tuple[Row, ...]
    blank_columns: frozenset[int]  # 0-based; no name and no value
    refused_rows: int = 0
    guarded: bool = False
    hidden: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and how it is proposed to be read; every proposal can be corrected through `Choices`."""

    kind: Kind
    sheets: tuple[SheetInfo, ...]
    encoding: str | None = None
    encoding_certain: bool = True
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    record_width: int = 0
    findings: tuple[Finding, ...] = ()
    proposed_sheet: str = ""

    def sheet(self, name: str) -> SheetInfo:
        """The sheet of this name.

        Raises:
            KeyError: there is none.
        """
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)

    def layout(self, sheet: str | None = None) -> Layout:
        """How to read `sheet` (default: the proposed one)."""
        info = self.sheet(self.proposed_sheet if sheet is None else sheet)
        return Layout(
            kind=self.kind,
            sheet=info.name,
            header=info.header,
            header_row=info.header_row,
            header_rows=info.header_rows,
            encoding=self.encoding,
            delimiter=self.delimiter,
            quote=self.quote,
            escape=self.escape,
            record_width=self.record_width,
            guarded=info.guarded,
        )


@dataclass(frozen=True, slots=True)
class HeaderChoice:
    """A person's word on the heading of a sheet; `row` None: there is no heading."""

    row: int | None
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Choices:
    """A person's corrections of what was proposed; what is None or absent is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    headers: Mapping[str, HeaderChoice] = field(default_factory=dict)


MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still read. Bytes are bytes, cells are positions of the used rectangle."""

    text_bytes: int = 1024 * MIB
    workbook_bytes: int = 200 * MIB
    xls_bytes: int = 64 * MIB
    parts: int = 10_000  # entries of a workbook's zip directory
    unpacked_bytes: int = 1024 * MIB
    ratio: int = 300  # unpacked to packed, looked at above `ratio_from` bytes
    ratio_from: int = 16 * MIB
    strings_bytes: int = 64 * MIB  # shared strings, unpacked: they are held in memory
    cells_at_once: int = 2_000_000  # up to here the whole workbook is held in memory, above it is streamed
    cells: int = 10_000_000
    columns: int = 2_000
    sheets: int = 200
    record_chars: int = 1 * MIB  # one CSV record
    record_lines: int = 1_000
    broken_rows: int = 100_000  # more rows than this with broken quotes or bytes: not this kind of file


DEFAULT_LIMITS = Limits()
