"""The template to fill in, and the table handed back with its problems marked."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from shouxin.kit import sheets
from shouxin.people.joining import rules
from shouxin.people.joining.rules import Line
from shouxin.people.rules import ROLE_NAMES

_EVALUATED = ("=", "+", "-", "@", "\t", "\r")


def template(departments: Sequence[str], language: str) -> bytes:
    """Headings with lists to choose from; departments and roles stand on a second sheet. No person is in it."""
    book = Workbook()
    sheet, choices = book.active, book.create_sheet("可填的值" if language.startswith("zh") else "Choices")
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = "人员" if language.startswith("zh") else "Staff"
    roles = [name.in_(language) for name in ROLE_NAMES.values()]
    for place, column in enumerate(rules.COLUMNS, 1):
        sheet.cell(1, place, column.in_(language)).font = Font(bold=True)
        sheet.column_dimensions["ABCD"[place - 1]].width = 24
    offered = ((rules.COLUMNS[rules.DEPARTMENT], departments), (rules.COLUMNS[rules.ROLE], roles))
    for place, (head, values) in enumerate(offered, 1):
        choices.cell(1, place, head.in_(language)).font = Font(bold=True)
        choices.column_dimensions["AB"[place - 1]].width = 32
        for row, text in enumerate(values, 2):
            choices.cell(row, place, text)
    for letter, source, count in (("C", "A", len(departments)), ("D", "B", len(roles))):
        chosen = DataValidation(
            type="list", formula1=f"='{choices.title}'!${source}$2:${source}${count + 1}", allow_blank=True
        )
        chosen.showErrorMessage = False  # several roles may stand in one cell
        chosen.add(f"{letter}2:{letter}{rules.MOST_ROWS + 1}")
        sheet.add_data_validation(chosen)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def marked(lines: Iterable[Line], language: str) -> bytes:
    """The same table with its bad cells tinted and what is the matter in a last column."""
    records: list[list[tuple[str, bool]]] = [
        [(column.in_(language), False) for column in (*rules.COLUMNS, rules.REASON)]
    ]
    for line in lines:
        cells = [(_inert(cell), place in line.problems) for place, cell in enumerate(line.cells)]
        records.append([*cells, (line.sentence(language), False)])
    return sheets.workbook("人员" if language.startswith("zh") else "Staff", records)


def _inert(text: str) -> str:
    """Never to be taken for a formula (OWASP, CSV injection)."""
    return "'" + text if text.startswith(_EVALUATED) else text
