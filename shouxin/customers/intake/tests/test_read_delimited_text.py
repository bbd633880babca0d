"""CSV of any separator, quote, line end and encoding; broken rows are refused one by one."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouxin.customers.intake.reading import (
    Choices,
    HeaderChoice,
    Layout,
    Limits,
    UnreadableFile,
    inspect,
    rows,
)
from shouxin.customers.intake.reading.delimited import records
from shouxin.customers.intake.reading.dialect import Dialect, sniff
from shouxin.customers.intake.reading.model import DEFAULT_LIMITS, Kind, Row

CELL = st.text(alphabet=st.sampled_from("abc张三·𠮷 ,;\t|\"'\n\r=-0é\\"), max_size=8)


class Dribble(io.BytesIO):
    """A source that gives at most `step` bytes at a time."""

    step = 1

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.step if size is None or size < 0 else min(size, self.step))


def content(table: list[list[str]], delimiter: str, quote: str, end: str, encoding: str) -> bytes:
    out = io.StringIO(newline="")
    breaks = any(
        "\r" in cell or "\n" in cell for record in table for cell in record
    )  # csv.writer forgets some
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quotechar=quote,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if breaks else csv.QUOTE_MINIMAL,
    )
    writer.writerows(table)
    return out.getvalue().encode(encoding)


def read(data: bytes, **choices: str) -> tuple[list[Row], set[str]]:
    source = io.BytesIO(data)
    inspection = inspect(source, "x.csv", choices=Choices(**choices))  # type: ignore[arg-type]
    return list(rows(source, inspection.layout())), {finding.code for finding in inspection.findings}


@given(
    table=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    quote=st.sampled_from("\"'"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    step=st.integers(1, 64),
)
@settings(max_examples=150, deadline=None)
def test_what_was_written_is_read_back(
    table: list[list[str]], delimiter: str, quote: str, end: str, encoding: str, step: int
) -> None:
    source = Dribble(content(table, delimiter, quote, end, encoding))
    source.step = step
    got = list(records(source, encoding, Dialect(delimiter, quote), DEFAULT_LIMITS))
    assert [list(row.cells) for row in got] == table
    assert [row.number for row in got] == list(range(1, len(table) + 1))


@given(
    table=st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=12), start=st.integers(0, 16)
)
@settings(max_examples=60, deadline=None)
def test_reading_resumes_at_any_row(table: list[list[str]], start: int) -> None:
    source = io.BytesIO(content([["甲", "乙"], *table], ",", '"', "\r\n", "utf-8"))
    layout = Layout(Kind.CSV, "", ("甲", "乙"), 1, encoding="utf-8", delimiter=",", quote='"', record_width=2)
    layout = Layout.from_json(layout.as_json())
    whole = list(rows(source, layout))
    assert list(rows(source, layout, start_at_row=start)) == [row for row in whole if row.number >= start]


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        got, _ = read(data)
    except UnreadableFile:
        got = []
    assert all(row.problem is None or row.problem.text.zh for row in got)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_separator_and_encoding_are_found(delimiter: str, encoding: str) -> None:
    table = [
        ["客户名称", "电话", "备注"],
        ["欧阳娜娜", "13800138000", "说“好”"],
        ["阿卜杜拉·买买提", "010-1", "𠮷"],
    ]
    got, codes = read(content(table, delimiter, '"', "\r\n", encoding))
    assert [list(row.cells) for row in got] == table[1:]
    assert not codes


def test_separator_line_of_excel_decides() -> None:
    assert sniff(["sep=;\r\n", "a,b;c,d\r\n"]).delimiter == ";"
    got, _ = read("sep=;\r\n姓名;电话\r\n张,三;1\r\n".encode())
    assert got[0].cells == ("张,三", "1")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_broken_bytes_refuse_their_row_alone(encoding: str) -> None:
    lines = ["姓名,地址", *(f"张三,北京市朝阳区建国路{number}号" for number in range(40))]
    encoded = [line.encode(encoding) for line in lines]
    encoded[7] = "李四,".encode(encoding) + b"\xff\xff" + "路".encode(encoding)
    source = io.BytesIO(b"\r\n".join(encoded))
    inspection = inspect(source, "x.csv")
    assert inspection.encoding == encoding
    assert [finding.code for finding in inspection.findings] == ["encoding_broken"]
    got = list(rows(source, inspection.layout()))
    (bad,) = [row for row in got if row.problem]
    assert bad.problem is not None
    assert (bad.number, bad.problem.code, bad.problem.place.column) == (8, "undecodable", 2)
    assert "第 8 行第 2 列" in bad.problem.text.zh
    assert len(got) == 40


def test_the_apostrophe_by_which_spreadsheets_keep_numbers_is_no_part_of_them() -> None:
    """Exports of shops and of Excel have it before every phone and ID number; a name keeps its own."""
    lines = [f"'t Hart {n},'1380013800{n},'11010519491231002x,'0{n},'+86 1{n}\n" for n in range(10)]
    got, codes = read(("姓名,手机号码,证件号码,编号,电话\n" + "".join(lines)).encode())
    assert not codes
    assert [row.cells for row in got] == [
        (f"'t Hart {n}", f"1380013800{n}", "11010519491231002x", f"0{n}", f"+86 1{n}") for n in range(10)
    ]
    assert not [row.problem for row in got if row.problem]


def test_apostrophes_are_quotes_where_they_close_what_they_open() -> None:
    lines = [f"'名,{n}','说''好''',{n}\n" for n in range(10)]
    got, _ = read(("'姓名','备注','编号'\n" + "".join(lines)).encode())
    assert got[3].cells == ("名,3", "说'好'", "3")
    for odd in (
        ["'; DROP TABLE x;--", "=cmd|' /C calc'!A0"],
        ["'90后", "Jack'", "'甲", "'乙", "O'Brien"],
    ):
        got, _ = read(("姓名,编号\n" + "".join(f"{name},1\n" for name in odd)).encode())
        assert [row.cells[0] for row in got] == odd
        assert not [row.problem for row in got if row.problem]


def test_unclosed_quote_costs_one_row() -> None:
    body = "".join(f"{number},名{number}\n" for number in range(50))
    got, _ = read(('编号,名称\n7,"开了没关\n' + body).encode())
    assert got[0].problem is not None
    assert got[0].problem.code == "broken_quotes"
    assert [row.cells[1] for row in got[1:]] == [f"名{number}" for number in range(50)]


def test_escaped_and_doubled_quotes() -> None:
    got, _ = read('名,言\n甲,"说\\"好\\",走"\n乙,"写\\"不\\",留"\n'.encode())
    assert [row.cells[1] for row in got] == ['说"好",走', '写"不",留']
    got, _ = read('名,言\n甲,"说""好"",走"\n'.encode())
    assert got[0].cells[1] == '说"好",走'


def test_ragged_rows_are_refused_unless_told_to_pad() -> None:
    source = io.BytesIO("甲,乙,丙\n1,2\n1,2,3,\n1,2,3\n1,2,3,4\n9,9,9\n".encode())
    layout = inspect(source, "x.csv").layout()
    assert [row.problem and row.problem.code for row in rows(source, layout)] == [
        "too_few_cells",
        "surplus_cells",
        None,
        "surplus_cells",
        None,
    ]
    padded = next(rows(source, layout.changed(pad_short_rows=True)))
    assert (padded.cells, padded.problem) == (("1", "2", ""), None)


def test_nul_is_left_out_and_said() -> None:
    got, _ = read("名,言\n甲\0乙,好\n".encode())
    assert got[0].cells == ("甲乙", "好")
    assert got[0].flags


def test_forty_thousand_characters_come_through_and_a_megabyte_is_refused_alone() -> None:
    long, longer = "长" * 40_000, "x" * 1_200_000
    got, _ = read(f"名,言\n甲,{long}\n乙,{longer}\n丙,好\n".encode())
    assert got[0].cells[1] == long
    assert got[1].problem is not None
    assert got[1].problem.code == "record_too_long"
    assert got[2].cells == ("丙", "好")


def test_too_many_broken_rows_end_the_reading() -> None:
    source = io.BytesIO(b"a,b\n" + b'1,"x"y\n' * 50)
    with pytest.raises(UnreadableFile) as refused:
        inspect(source, "x.csv", limits=Limits(broken_rows=20))
    assert refused.value.code == "too_many_broken_rows"


def test_person_corrects_encoding_separator_and_heading() -> None:
    data = "x;y\n姓名;电话\n张三;1\n".encode("gb18030")
    source = io.BytesIO(data)
    choices = Choices(encoding="gbk", delimiter=";", headers={"": HeaderChoice(2)})
    inspection = inspect(source, "x.csv", choices=choices)
    assert (inspection.encoding, inspection.sheets[0].header) == ("gb18030", ("姓名", "电话"))
    with pytest.raises(UnreadableFile) as refused:
        inspect(source, "x.csv", choices=Choices(encoding="rot13"))
    assert refused.value.code == "unknown_encoding"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("姓名,数\n甲,1\n乙,2\n\n姓名,数\n丙,3\n", "several_tables"),
        ("姓名,数\n甲,1\n乙,2\n\n产品,价\n桌,3\n", "several_tables"),
        ("姓名,电话,,姓名,电话\n甲,1,,乙,2\n丙,3,,丁,4\n", "tables_side_by_side"),
    ],
)
def test_several_tables_block_the_sheet(text: str, code: str) -> None:
    (sheet,) = inspect(io.BytesIO(text.encode()), "x.csv").sheets
    assert [finding.code for finding in sheet.findings if finding.blocks] == [code]


@pytest.mark.parametrize("cell", ["长" * 60_000, "a" * 60_000, "a@" * 30_000, "1" * 60_000])
def test_a_very_long_cell_is_read_like_any_other(cell: str) -> None:
    table = f"客户编号,客户姓名,备注\nA1,王一,{cell}\nA2,王二,\n".encode()
    inspection = inspect(io.BytesIO(table), "x.csv")
    assert inspection.layout().header == ("客户编号", "客户姓名", "备注")
    assert [row.cells[2] for row in rows(io.BytesIO(table), inspection.layout())] == [cell, ""]
