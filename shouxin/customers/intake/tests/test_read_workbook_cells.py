"""Cells of workbooks: stored results of formulas, errors, numbers, dates, merged headings; both ways of reading."""

import io
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from shouxin.customers.intake.reading import Flag, Limits, Row, inspect, rows
from shouxin.customers.intake.reading.values import as_text
from shouxin.customers.intake.tests.workbooks import text_row, xlsx

# the second pair sends the same file through openpyxl's streaming reader
WAYS = [Limits(), Limits(cells_at_once=0)]


def read(source: io.BytesIO, limits: Limits) -> list[Row]:
    inspection = inspect(source, "x.xlsx", limits=limits)
    return list(rows(source, inspection.layout(), limits=limits))


@pytest.mark.parametrize("limits", WAYS, ids=["loaded", "streamed"])
def test_formulas_give_their_stored_result_and_are_never_evaluated(limits: Limits) -> None:
    source = xlsx(
        text_row(1, "名称", "数量", "结果", "错误")
        + '<row r="2"><c t="inlineStr"><is><t>桌</t></is></c><c><v>3</v></c><c><f>B2*2</f><v>6</v></c>'
        '<c t="e"><v>#N/A</v></c></row>'
        '<row r="4"><c t="inlineStr"><is><t>椅</t></is></c><c><v>4</v></c><c><f>HYPERLINK("http://x")</f></c>'
        '<c t="str"><f>""</f></c></row>'
    )
    first, second = read(source, limits)
    assert (first.number, first.cells) == (2, ("桌", "3", "6", "#N/A"))
    assert first.flags == {2: {Flag.FORMULA}, 3: {Flag.ERROR_VALUE}}
    assert (second.number, second.cells) == (4, ("椅", "4", "", ""))
    assert second.flags == {2: {Flag.FORMULA, Flag.FORMULA_WITHOUT_RESULT}, 3: {Flag.FORMULA}}
    codes = {finding.code for finding in inspect(source, "x.xlsx", limits=limits).sheets[0].findings}
    assert {"formulas", "formulas_without_result"} <= codes


@pytest.mark.parametrize("limits", WAYS, ids=["loaded", "streamed"])
def test_numbers_and_dates_are_what_people_see(limits: Limits) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["整数", "小数", "电话", "身份证", "日期", "时刻", "真假"])
    moment = datetime(2024, 2, 29, 14, 5)  # noqa: DTZ001 - Excel knows no zones
    sheet.append([1.0, 0.1 + 0.2, 13800138000, 110101199003071234, date(2024, 1, 5), moment, True])
    source = io.BytesIO()
    book.save(source)
    (row,) = read(source, limits)
    assert row.cells[:3] == ("1", "0.3", "13800138000")
    assert row.cells[3].startswith("110101199003071")
    assert row.cells[4:] == ("2024-01-05", "2024-02-29 14:05:00", "TRUE")
    assert row.flags == {3: {Flag.PRECISION_LOST}}


def test_merged_cells_give_their_value_once() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for record in (
        ["客户", "联系方式", None],
        [None, "电话", "邮箱"],
        ["张三", "13800138000", "a@b.cn"],
        ["李四", 1, 2],
    ):
        sheet.append(record)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("A3:A4")
    source = io.BytesIO()
    book.save(source)
    inspection = inspect(source, "x.xlsx")
    assert inspection.sheets[0].header == ("客户", "联系方式 电话", "联系方式 邮箱")
    assert [row.cells[0] for row in rows(source, inspection.layout())] == ["张三", ""]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (-0.0, "0"),
        (1e-7, "0.0000001"),
        (1e14, "100000000000000"),
        (float("nan"), ""),
        (datetime(2024, 1, 1, 23, 59, 59, 999_999), "2024-01-02"),  # noqa: DTZ001
        (datetime(9999, 12, 31, 23, 59, 59, 999_999), "9999-12-31 23:59:59"),  # noqa: DTZ001
        (time(8, 30), "08:30:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
    ],
)
def test_odd_values_become_plain_text(value: object, text: str) -> None:
    assert as_text(value)[0] == text


def test_sheets_are_listed_and_the_largest_visible_one_proposed() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("客户").append(["姓名", "电话"])
    book["客户"].append(["张三", "13800138000"])
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    for number in range(9):
        hidden.append([f"名{number}", "x", "y"])
    source = io.BytesIO()
    book.save(source)
    inspection = inspect(source, "x.xlsx")
    assert [(sheet.name, sheet.rows, sheet.hidden) for sheet in inspection.sheets] == [
        ("Sheet", 0, False),
        ("客户", 1, False),
        ("隐藏", 8, True),
    ]
    assert inspection.proposed_sheet == "客户"
