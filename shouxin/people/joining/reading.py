"""A small table of staff out of a workbook or a CSV file: texts alone, nothing is evaluated."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator

from python_calamine import CalamineError, CalamineWorkbook

from shouxin.core.text import Text
from shouxin.people.joining import rules

LARGEST = 1 << 20  # bytes of a file
LARGEST_UNPACKED = 20 << 20  # of a workbook's parts together: a small file may swell
HEADING_WITHIN = 10  # rows
TOO_LARGE = Text("文件超过 1 MB。请分成几个表。", "The file is larger than 1 MB. Split it.")
ENCODINGS = ("utf-8-sig", "gb18030")


class UnreadableTable(Exception):
    """The file is not such a table; `text` says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def table(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows below the heading with their numbers in the sheet, cells in the order of `rules.COLUMNS`.

    Raises:
        UnreadableTable: too large, no table, no heading, no row or too many.
    """
    if len(content) > LARGEST:
        raise UnreadableTable(TOO_LARGE)
    every = list(_rows(content))
    places, below = _heading(every)
    found = []
    for number, cells in every[below:]:
        row = [cells[place] if place < len(cells) else "" for place in places]
        if any(cell.strip() for cell in row):
            found.append((number, row))
    if not found:
        raise UnreadableTable(Text("表中没有人员。请在标题行下填写。", "There is nobody below the heading."))
    if len(found) > rules.MOST_ROWS:
        raise UnreadableTable(
            Text(
                f"一次最多 {rules.MOST_ROWS} 人，表中有 {len(found)} 人。请分成几个表。",
                f"{rules.MOST_ROWS} people at once, here are {len(found)}. Split the table.",
            )
        )
    return found


def _heading(rows: list[tuple[int, list[str]]]) -> tuple[list[int], int]:
    for position, (_number, cells) in enumerate(rows[:HEADING_WITHIN]):
        places = rules.heading(cells)
        if places is not None:
            return places, position + 1
    names = "、".join(column.zh for column in rules.COLUMNS)
    raise UnreadableTable(
        Text(
            f"没有找到标题行（{names}）。请用下载的模板。",
            f"No heading ({', '.join(column.en for column in rules.COLUMNS)}). Use the template.",
        )
    )


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if content.startswith(b"PK"):
        yield from enumerate(_workbook(content), 1)
    else:
        yield from enumerate(csv.reader(io.StringIO(_decoded(content), newline="")), 1)


def _workbook(content: bytes) -> Iterable[list[str]]:
    """The first sheet. Formulas are read as the values that were saved with them."""
    unreadable = Text("不是可读的 XLSX 文件。请用下载的模板。", "Not a readable XLSX file. Use the template.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > LARGEST_UNPACKED:
                raise UnreadableTable(Text("文件展开后过大。", "The file is too large when unpacked."))
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(content))
            .get_sheet_by_index(0)
            .to_python(skip_empty_area=False)
        )
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError) as error:
        raise UnreadableTable(unreadable) from error
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableTable(
        Text("既不是 XLSX，也不是 UTF-8 或 GB18030 的 CSV。", "Neither XLSX nor CSV in UTF-8 or GB18030.")
    )
