"""The records of an xls workbook (MS-XLS), walked without evaluating them: which cells are formulas or errors,
how large each sheet is, whether a password protects it. The values themselves are read by calamine."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from shouxin.customers.intake.reading.compound import CompoundFile
from shouxin.customers.intake.reading.messages import unreadable
from shouxin.customers.intake.reading.model import Flag

# Record numbers of MS-XLS 2.3
_BOF, _EOF, _BOUNDSHEET, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
_FORMULA, _NUMBER, _LABEL, _BOOLERR = 0x0006, 0x0203, 0x0204, 0x0205
_RK, _LABELSST, _MULRK, _RSTRING = 0x027E, 0x00FD, 0x00BD, 0x00D6
_CELLS = frozenset({_FORMULA, _NUMBER, _LABEL, _BOOLERR, _RK, _LABELSST, _MULRK, _RSTRING})
_KEPT = _CELLS | {_BOF, _EOF, _BOUNDSHEET, _FILEPASS}
_RESULT_IS_ERROR = 2
_HEAD = struct.Struct("<HH")
FORMULA = frozenset({Flag.FORMULA})
_ERROR = frozenset({Flag.ERROR_VALUE})


@dataclass(slots=True)
class SheetScan:
    """What the walk found on one sheet; rows and columns count from 0."""

    rows: int = 0
    columns: int = 0
    flags: dict[int, dict[int, frozenset[Flag]]] = field(default_factory=dict)


def scan(file: CompoundFile) -> list[SheetScan]:
    """One entry per sheet, in the order of the workbook.

    Raises:
        UnreadableFile: encrypted_workbook, damaged_file.
    """
    name = "Workbook" if "Workbook" in file.names else "Book"
    starts: list[int] = []
    sheets: dict[int, SheetScan] = {}
    current: SheetScan | None = None
    depth = 0
    for position, number, body in _records(file.stream(name)):
        if number == _FILEPASS:
            raise unreadable("encrypted_workbook")
        if number == _BOUNDSHEET:
            starts.append(struct.unpack_from("<I", body)[0])
        elif number == _BOF:
            depth += 1
            current = sheets.setdefault(position, SheetScan()) if depth == 1 else current
        elif number == _EOF:
            depth -= 1
            current = None if depth <= 0 else current
        elif current is not None and depth == 1 and len(body) >= 6:  # noqa: PLR2004 - row, column, format
            _see_cell(current, number, body)
    return [sheets.get(start, SheetScan()) for start in starts]


def _see_cell(sheet: SheetScan, number: int, body: bytes) -> None:
    row, column = _HEAD.unpack_from(body)
    last = struct.unpack_from("<H", body, len(body) - 2)[0] if number == _MULRK else column
    sheet.rows = max(sheet.rows, row + 1)
    sheet.columns = max(sheet.columns, last + 1)
    flags: frozenset[Flag] = frozenset()
    if number == _FORMULA and len(body) >= 14:  # noqa: PLR2004 - FormulaValue stands in bytes 6 to 13
        flags = FORMULA
        if body[12:14] == b"\xff\xff" and body[6] == _RESULT_IS_ERROR:
            flags |= _ERROR
    elif number == _BOOLERR and len(body) >= 8 and body[7]:  # noqa: PLR2004 - fError is the last byte
        flags = _ERROR
    if flags:
        sheet.flags.setdefault(row, {})[column] = flags


def _records(pieces: Iterator[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """(position in the stream, record number, body) of the records that matter here; a stream that ends within a
    record is damaged, one padded with zeros after the last EOF is not."""
    buffer, base = b"", 0
    for piece in pieces:
        buffer += piece
        at = 0
        while len(buffer) - at >= 4:  # noqa: PLR2004 - the record header
            number, size = _HEAD.unpack_from(buffer, at)
            if len(buffer) - at < 4 + size:
                break
            if number in _KEPT:
                yield base + at, number, buffer[at + 4 : at + 4 + size]
            at += 4 + size
        base += at
        buffer = buffer[at:]
    if buffer.strip(b"\0"):
        raise unreadable("damaged_file")
