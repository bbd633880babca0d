"""Refused rows as a file to mend and upload again: the same columns, the reasons at the end, nothing evaluable."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from shouxin.core.text import Text
from shouxin.customers.intake.guards import guarded
from shouxin.customers.intake.reading import REASON_COLUMN, ROW_COLUMN
from shouxin.kit import sheets

XLSX_ROWS = sheets.ROW_LIMIT
PIECE = 1 << 16  # bytes, about, that are sent at once


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row with its number in the file, its cells as they stood, and why: by 0-based column, or for the whole row."""

    number: int
    cells: tuple[str, ...]
    reasons: tuple[Text, ...] = ()
    cell_reasons: dict[int, tuple[Text, ...]] = field(default_factory=dict)
    sheet: int = 0  # its place in the plan; each sheet has columns of its own

    def sentence(self, header: Sequence[str], language: str) -> str:
        """All reasons of the row, each with the name of its column."""
        parts = [reason.in_(language) for reason in self.reasons]
        for column, reasons in sorted(self.cell_reasons.items()):
            name = (header[column] if column < len(header) else "") or str(column + 1)
            parts += [f"{name}: {reason.in_(language)}" for reason in reasons]
        return "；".join(parts) if not language.lower().startswith("en") else "; ".join(parts)


def csv_pieces(header: Sequence[str], rows: Iterable[RefusedRow], *, language: str = "zh") -> Iterator[bytes]:
    """UTF-8 with a byte-order mark, as Excel needs it to show Chinese; piece by piece."""
    held = io.StringIO(newline="")
    held.write("\ufeff")
    writer = csv.writer(held, lineterminator="\r\n")
    for record in _records(header, rows, language):
        writer.writerow([cell for cell, _ in record])
        if held.tell() >= PIECE:
            yield _taken(held)
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    text = held.getvalue()
    held.seek(0)
    held.truncate()
    return text.encode(errors="replace")


def xlsx_pieces(
    header: Sequence[str], rows: Iterable[RefusedRow], *, language: str = "zh"
) -> Iterator[bytes]:
    """One sheet of text cells, the cells to be mended tinted; piece by piece. Up to `XLSX_ROWS` rows."""
    out = _Outgoing()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in sheets.fixed_parts("拒绝的行").items():
            package.writestr(path, content)
        with package.open(sheets.SHEET, "w") as sheet:
            sheet.write(sheets.SHEET_HEAD.encode())
            for number, record in enumerate(_records(header, rows, language), 1):
                sheet.write(sheets.row_xml(number, record).encode(errors="replace"))
                if out.waiting >= PIECE:
                    yield out.taken()
            sheet.write(sheets.SHEET_TAIL.encode())
    yield out.taken()


class _Outgoing(io.RawIOBase):
    """What was written and not yet sent. Nobody can go back in it: the zip file writes lengths behind its parts."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def taken(self) -> bytes:
        """What waits, and nothing twice."""
        sent = b"".join(self._parts)
        self._parts, self.waiting = [], 0
        return sent


def _records(
    header: Sequence[str], rows: Iterable[RefusedRow], language: str
) -> Iterable[Sequence[tuple[str, bool]]]:
    """The heading, then the rows: (guarded text, to be mended)."""
    yield [(guarded(name), False) for name in (*header, ROW_COLUMN, REASON_COLUMN)]
    for row in rows:
        cells = [*row.cells[: len(header)], *[""] * (len(header) - len(row.cells))]
        if len(row.cells) > len(header):  # surplus cells stay visible in the last column
            cells[-1:] = [" | ".join(row.cells[len(header) - 1 :])]
        marked = [(guarded(cell), column in row.cell_reasons) for column, cell in enumerate(cells)]
        yield [*marked, (str(row.number), False), (guarded(row.sentence(header, language)), False)]
