"""Refused rows come back in the same shape, with reasons, safe to open, and can be uploaded again."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouxin.core.text import Text
from shouxin.customers.intake.export import RefusedRow, csv_pieces, xlsx_pieces
from shouxin.customers.intake.guards import guarded, unguarded
from shouxin.customers.intake.reading import inspect, rows

HEADER = ("客户编号", "=名称", "电话")
REASON = Text("电话位数不对。", "The phone number has the wrong length.")
ROWS = [
    RefusedRow(7, ("=1+1", "张三", "138"), cell_reasons={2: (REASON,)}),
    RefusedRow(9, ("@SUM(A1)", "'=已有撇号", "\t-5", "多出"), (Text("多了一格。", "A cell too many."),)),
    RefusedRow(12, ("+86", "a\x01b<&>\r\nc"), cell_reasons={}),
]
DANGEROUS = re.compile(r"[=+\-@\t\r]")


@given(st.text())
@settings(max_examples=300)
def test_guard_is_safe_and_reversible(text: str) -> None:
    assert not DANGEROUS.match(guarded(text))
    assert unguarded(guarded(text)) == text


def test_csv_is_safe_and_opens_in_excel() -> None:
    out = io.BytesIO()
    out.writelines(csv_pieces(HEADER, ROWS))
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    assert "电话: 电话位数不对。" in out.getvalue().decode()
    import csv

    records = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert len(records) == 4
    for record in records:
        assert len(record) == 5
        assert not any(DANGEROUS.match(cell) for cell in record)


def test_workbook_is_safe_tinted_and_readable() -> None:
    out = io.BytesIO()
    out.writelines(xlsx_pieces(HEADER, ROWS, language="en"))
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    cells = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    assert len(cells) == 4
    assert all(len(row) == 5 for row in cells)
    assert not any(DANGEROUS.match(str(cell)) for row in cells for cell in row)
    assert sheet["C2"].fill.fgColor.rgb == "FFFFE3E0"
    assert sheet["A2"].fill.fill_type is None
    assert sheet["E2"].value == "电话: The phone number has the wrong length."
    assert b"<f>" not in zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("pieces", [csv_pieces, xlsx_pieces])
def test_mended_download_is_read_without_its_guards(pieces: Callable[..., Iterator[bytes]]) -> None:
    out = io.BytesIO()
    out.writelines(pieces(("客户编号", "名称", "电话"), ROWS))
    inspection = inspect(out, "x")
    assert inspection.sheets[0].guarded
    got = [row.cells[:3] for row in rows(out, inspection.layout())]
    assert got[0] == ("=1+1", "张三", "138")
    assert got[1][:2] == ("@SUM(A1)", "'=已有撇号")
    assert got[2][0] == "+86"


def test_a_long_download_is_sent_in_pieces() -> None:
    many = (RefusedRow(n, (f"{n}", f"客户{n * 7919}", "138"), (REASON,)) for n in range(20_000))
    sent = list(xlsx_pieces(HEADER, many))
    assert len(sent) > 3
    assert max(map(len, sent)) < 1 << 18
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(sent)), read_only=True).active
    assert sheet is not None
    assert sum(1 for _ in sheet.iter_rows()) == 20_001
