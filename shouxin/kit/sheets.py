"""A workbook of one sheet of text cells, some of them tinted; written here and not by a library, because the
libraries keep sheets in clear temporary files."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LIMIT, ROW_LIMIT = 32_767, 1_048_575  # Excel's own, the heading not counted
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"
SHEET_HEAD = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
SHEET_TAIL = "</sheetData></worksheet>"


def fixed_parts(name: str) -> Mapping[str, str]:
    """Everything in the package but the sheet itself, which is called `name`."""
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
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


def row_xml(number: int, record: Sequence[tuple[str, bool]]) -> str:
    """One row (numbered from 1) of (text, tinted) cells."""
    style = {True: ' s="1"', False: ""}
    cells = "".join(
        f'<c t="inlineStr"{style[marked]}><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for cell, marked in record
    )
    return f'<row r="{number}">{cells}</row>'


def _text(cell: str) -> str:
    return escape(cell.translate(_NOT_XML)[:CELL_LIMIT], {"\r": "&#13;"})


def workbook(name: str, records: Iterable[Sequence[tuple[str, bool]]]) -> bytes:
    """A small workbook as a whole, in memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in fixed_parts(name).items():
            package.writestr(path, content)
        rows = "".join(row_xml(number, record) for number, record in enumerate(records, 1))
        package.writestr(SHEET, (SHEET_HEAD + rows + SHEET_TAIL).encode(errors="replace"))
    return out.getvalue()
