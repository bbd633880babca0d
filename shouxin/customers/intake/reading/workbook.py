"""Rows of xls and xlsx workbooks: small ones through calamine, large ones streamed by openpyxl."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import IO, Any, cast

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from shouxin.customers.intake.reading import biff, sheetxml
from shouxin.customers.intake.reading.compound import CompoundFile
from shouxin.customers.intake.reading.messages import UnreadableFile, unreadable
from shouxin.customers.intake.reading.model import NO_FLAGS, Flag, Kind, Limits, Place, Row, SeekableBinary
from shouxin.customers.intake.reading.package import DAMAGED, Package
from shouxin.customers.intake.reading.values import as_text

Merged = tuple[
    int, int, int, int
]  # first row, first column, last row, last column; rows from 1, columns from 0
_DAMAGED = (*DAMAGED, InvalidFileException, TypeError, AttributeError, IndexError, zipfile.BadZipFile)
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}
_ERROR = frozenset({Flag.ERROR_VALUE})


@dataclass(frozen=True, slots=True)
class SheetSize:
    """A sheet's used rectangle, measured and not believed from the file's own word."""

    name: str
    rows: int
    columns: int
    hidden: bool
    merged: tuple[Merged, ...]


class Workbook:
    """A workbook opened for reading.

    Raises:
        UnreadableFile: every code of packages and compound files, too_many_cells, too_many_columns.
    """

    def __init__(self, source: SeekableBinary, kind: Kind, limits: Limits) -> None:
        self._source, self._kind, self._limits = source, kind, limits
        self._package: Package | None = None
        self._scans: Sequence[biff.SheetScan] = ()
        self._calamine: CalamineWorkbook | None = None
        if kind is Kind.XLS:
            self._scans = biff.scan(CompoundFile(source))
            boxes = [(scan.rows, scan.columns) for scan in self._scans]
            self._refuse_more_than(limits.cells_at_once * 2, boxes)
        else:
            self._package = Package(source, limits)
            boxes = [self._measure(part.path) for part in self._package.sheets]
            self._refuse_more_than(limits.cells, boxes)
        if kind is Kind.XLS or sum(rows * columns for rows, columns in boxes) <= limits.cells_at_once:
            self._calamine = self._open_calamine()
        self.sheets = self._sizes(boxes)

    def _refuse_more_than(self, limit: int, boxes: Sequence[tuple[int, int]]) -> None:
        count = sum(rows * columns for rows, columns in boxes)
        if count > limit:
            raise unreadable("too_many_cells", count=f"{count:,}", limit=f"{limit:,}")
        widest = max((columns for _, columns in boxes), default=0)
        if widest > self._limits.columns:
            raise unreadable("too_many_columns", count=widest, limit=self._limits.columns)

    def _measure(self, path: str) -> tuple[int, int]:
        assert self._package is not None  # noqa: S101 - called for xlsx alone
        rows = columns = 0
        for mark in sheetxml.marks(self._package.pieces(path)):
            if mark.columns:
                rows, columns = mark.number, max(columns, mark.columns)
        return rows, columns

    def _open_calamine(self) -> CalamineWorkbook | None:
        """None when calamine is stricter than the package deserves; openpyxl then has its say."""
        if self._package is not None:
            self._package.verify()
        self._source.seek(0)
        try:
            return CalamineWorkbook.from_filelike(cast("IO[bytes]", self._source))
        except PasswordError as error:
            raise unreadable("encrypted_workbook") from error
        except (CalamineError, *_DAMAGED) as error:
            if self._kind is Kind.XLSX:
                return None
            raise unreadable("damaged_file") from error

    def _sizes(self, boxes: Sequence[tuple[int, int]]) -> tuple[SheetSize, ...]:
        if self._package is not None:
            names = [(part.name, part.hidden) for part in self._package.sheets]
        else:
            assert self._calamine is not None  # noqa: S101 - an xls is always opened by calamine
            names = [
                (meta.name, "visible" not in str(meta.visible).lower())
                for meta in self._calamine.sheets_metadata
            ]
        sizes = []
        for index, (name, hidden) in enumerate(names):
            rows, columns = boxes[index] if index < len(boxes) else (0, 0)
            if rows:
                sizes.append(SheetSize(name, rows, columns, hidden, self._merged(name)))
            else:
                sizes.append(SheetSize(name, 0, 0, hidden, ()))
        return tuple(sizes)

    def _merged(self, name: str) -> tuple[Merged, ...]:
        if self._calamine is None:
            return ()
        ranges = self._calamine.get_sheet_by_name(name).merged_cell_ranges or ()
        return tuple((top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges)

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row of the sheet's used rectangle from row 1, blank ones too.

        Raises:
            UnreadableFile: no_such_sheet, damaged_file.
        """
        index = next((i for i, size in enumerate(self.sheets) if size.name == sheet), None)
        if index is None:
            raise unreadable("no_such_sheet", Place(sheet))
        size = self.sheets[index]
        if not size.rows:
            return
        try:
            values = self._streamed(sheet) if self._calamine is None else self._loaded(sheet)
            yield from _marked(values, self._marks(index), size)
        except UnreadableFile:
            raise
        except (CalamineError, *_DAMAGED) as error:
            raise unreadable("damaged_file", Place(sheet)) from error

    def _loaded(self, sheet: str) -> Iterator[Sequence[object]]:
        assert self._calamine is not None  # noqa: S101 - asked before
        return iter(self._calamine.get_sheet_by_name(sheet).to_python(skip_empty_area=False))

    def _streamed(self, sheet: str) -> Iterator[Sequence[object]]:
        self._source.seek(0)
        book = openpyxl.load_workbook(cast("IO[bytes]", self._source), read_only=True, data_only=True)
        try:
            worksheet: Any = book[sheet]
            worksheet.reset_dimensions()
            yield from worksheet.iter_rows(values_only=True)
        finally:
            book.close()

    def _marks(self, index: int) -> Iterator[sheetxml.RowMarks]:
        if self._package is not None:
            yield from sheetxml.marks(self._package.pieces(self._package.sheets[index].path))
        else:
            for number, flags in sorted(self._scans[index].flags.items()):
                yield sheetxml.RowMarks(number + 1, flags)


def _marked(
    values: Iterable[Sequence[object]], marks: Iterator[sheetxml.RowMarks], size: SheetSize
) -> Iterator[Row]:
    """Values and marks of the same rows put together, every row as wide as the sheet."""
    mark = next(marks, None)
    rows = chain(values, repeat(()))  # a reader may leave out last rows without a value
    for number, row in zip(range(1, size.rows + 1), rows, strict=False):
        while mark is not None and mark.number < number:
            mark = next(marks, None)
        special = mark if mark is not None and mark.number == number else None
        yield _row(number, row, special, size.columns)


def _row(number: int, values: Sequence[object], mark: sheetxml.RowMarks | None, width: int) -> Row:
    cells: list[str] = []
    flags: dict[int, frozenset[Flag]] = {}
    for column, value in enumerate(values[:width]):
        text, found = as_text(value)
        cells.append(text)
        if found:
            flags[column] = found
    cells += [""] * (width - len(cells))
    for column, found in (mark.flags if mark else {}).items():
        if column < width:
            flags[column] = flags.get(column, frozenset()) | found
            if Flag.FORMULA_WITHOUT_RESULT in found:
                cells[column] = ""
            elif Flag.ERROR_VALUE in found:
                cells[column] = _error_name(cells[column], mark.errors if mark else {}, column)
    return Row(number, tuple(cells), flags or NO_FLAGS)


def _error_name(text: str, errors: Mapping[int, str], column: int) -> str:
    return errors.get(column) or (text if text in _ERRORS else "#ERROR")
