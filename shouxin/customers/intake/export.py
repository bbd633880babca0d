"""Refused rows as a file to mend and upload again: the same columns, the reasons at the end, nothing evaluable.

The workbook is written here and not by a library, because the libraries keep sheets in clear temporary files.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from shouxin.core.text import Text
from shouxin.customers.intake.guards import guarded
from shouxin.customers.intake.reading import REASON_COLUMN

ROW_COLUMN = "原行号 / Row"
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])
_CELL_LIMIT, XLSX_ROWS = 32_767, 1_048_575  # Excel's own
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
        for path, content in _FIXED_PARTS.items():
            package.writestr(path, content)
        with package.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_SHEET_HEAD.encode())
            for number, record in enumerate(_records(header, rows, language), 1):
                sheet.write(_xml_row(number, record).encode(errors="replace"))
                if out.waiting >= PIECE:
                    yield out.taken()
            sheet.write(_SHEET_TAIL.encode())
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


def _xml_row(number: int, record: Sequence[tuple[str, bool]]) -> str:
    style = {True: ' s="1"', False: ""}
    cells = "".join(
        f'<c t="inlineStr"{style[marked]}><is><t xml:space="preserve">{_xml_text(cell)}</t></is></c>'
        for cell, marked in record
    )
    return f'<row r="{number}">{cells}</row>'


def _xml_text(cell: str) -> str:
    return escape(cell.translate(_NOT_XML)[:_CELL_LIMIT], {"\r": "&#13;"})


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIXED_PARTS = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="拒绝的行" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="3">'
    '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFE3E0"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
    '<xf numFmtId="49" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fillId="2" xfId="0" applyNumberFormat="1" applyFill="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_SHEET_HEAD = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
_SHEET_TAIL = "</sheetData></worksheet>"
