"""What was read, written out and read again is what was read: whatever the cells hold, in every way in and out."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouxin.customers.intake.export import RefusedRow, csv_pieces, xlsx_pieces
from shouxin.customers.intake.reading import inspect, rows

HEADER = ["客户编号", "姓名", "备注", "电话"]
WRITABLE = st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff\ufffe\uffff")
CELL = st.one_of(
    st.text(WRITABLE, max_size=12),
    st.text(alphabet="=+-@'\"0019.,;\n 张é", max_size=8),
    st.sampled_from(
        ["007", "1e5", "2026-11-21", "TRUE", "''", "'=", "13812345678", "11010519491231002X", "N/A"]
    ),
)
TABLE = st.lists(st.tuples(st.integers(1, 10**9).map(str), CELL, CELL, CELL), min_size=2, max_size=8)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gb18030"]


def written(table: list[tuple[str, ...]], encoding: str) -> io.BytesIO:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *table])
    return io.BytesIO(out.getvalue().encode(encoding))


def read(source: io.BytesIO) -> list[tuple[str, ...]]:
    layout = inspect(source, "x").layout()
    empty = ("",) * len(HEADER)  # a row with too few cells comes back with its missing ones
    return [(row.cells + empty)[: len(HEADER)] for row in rows(source, layout)]


def sent(pieces: Callable[..., Iterator[bytes]], cells: list[tuple[str, ...]]) -> io.BytesIO:
    out = io.BytesIO()
    out.writelines(pieces(HEADER, [RefusedRow(number, row) for number, row in enumerate(cells, 2)]))
    return out


@pytest.mark.parametrize("pieces", [csv_pieces, xlsx_pieces])
@given(TABLE, st.sampled_from(ENCODINGS))
@settings(max_examples=150, deadline=None)
def test_reading_what_was_exported_gives_what_was_read(
    pieces: Callable[..., Iterator[bytes]], table: list[tuple[str, ...]], encoding: str
) -> None:
    first = read(written(table, encoding))
    assert read(sent(pieces, first)) == first
