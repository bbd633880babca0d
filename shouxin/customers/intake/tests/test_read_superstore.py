"""The superstore workbook and its English sister: sheets, headings, sizes, dates in ISO."""

import os
import re
from pathlib import Path

import pytest

from shouxin.customers.intake.reading import Kind, inspect, rows

DATA = os.environ.get("SHOUXIN_TESTDATA")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="set SHOUXIN_TESTDATA to the public test sets"),
]
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def test_chinese_workbook_is_read_whole() -> None:
    with (Path(DATA or "") / "superstore-zh" / "superstore_zh.xls").open("rb") as source:
        inspection = inspect(source, "superstore_zh.xls")
        assert inspection.kind is Kind.XLS
        assert inspection.proposed_sheet == "订单"
        sizes = {sheet.name: (sheet.rows, sheet.columns, sheet.header_row) for sheet in inspection.sheets}
        assert sizes == {"订单": (10_000, 20, 1), "退货": (296, 2, 1), "销售人员": (6, 2, 1)}
        got = list(rows(source, inspection.layout("订单")))
    assert [row.number for row in got] == list(range(2, 10_002))
    assert not any(row.problem or row.flags for row in got)
    assert all(ISO.fullmatch(row.cells[2]) and ISO.fullmatch(row.cells[3]) for row in got)
    assert got[0].cells[:7] == (
        "1",
        "US-2017-1357144",
        "2017-04-27",
        "2017-04-29",
        "二级",
        "曾惠-14485",
        "曾惠",
    )
    assert got[0].cells[16:] == ("129.696", "2", "0.4", "-60.704")
    assert len({row.cells[5] for row in got}) == 790
    assert len({row.cells[6] for row in got}) == 771
    assert len({(row.cells[5], row.cells[1]) for row in got}) == 4_979


def test_english_file_is_read_as_windows_1252_to_be_confirmed() -> None:
    with (Path(DATA or "") / "superstore-en" / "superstore_orders.csv").open("rb") as source:
        inspection = inspect(source, "superstore_orders.csv")
        got = list(rows(source, inspection.layout()))
    assert (inspection.encoding, inspection.encoding_certain) == ("cp1252", False)
    assert len(got) == 9_994
    assert not any(row.problem for row in got)
    assert len({row.cells[5] for row in got}) == 793
    assert len({row.cells[1] for row in got}) == 5_009


def test_naughty_strings_come_through_unharmed() -> None:
    import base64

    with (Path(DATA or "") / "naughty-strings" / "blns.csv").open("rb") as source:
        inspection = inspect(source, "blns.csv")
        got = list(rows(source, inspection.layout()))
    assert len(got) > 500
    mended = 0
    for row in got:
        assert row.problem is None
        original = base64.b64decode(row.cells[3]).decode()
        if row.flags:
            mended += 1  # NUL and C1 control characters are the only ones touched, and said
        else:
            assert row.cells[2] == original
    assert mended <= 3
