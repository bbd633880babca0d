"""Every file of the messy-import set is read right or refused, whole or row by row, with a sentence."""

import ast
import csv
import os
from pathlib import Path

import pytest

from shouxin.customers.intake.reading import Inspection, UnreadableFile, inspect, rows

DATA = os.environ.get("SHOUXIN_TESTDATA")
MESSY = Path(DATA or "/nonexistent") / "messy-import"
FILES = sorted(str(p.relative_to(MESSY)) for p in MESSY.rglob("*.*") if p.suffix != ".md") if DATA else []
PARAMETERS = MESSY / "pollock_expected_parameters.csv"
TRUTH = (
    {row["file"]: row for row in csv.DictReader(PARAMETERS.read_text(encoding="utf-8").splitlines())}
    if DATA
    else {}
)
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="set SHOUXIN_TESTDATA to the public test sets"),
]

APPENDIX = "pollock-survey/mos-oct-dec-2014.csv"
REFUSED_WHOLE = {"csvkit/empty.csv": "empty_file"}
BLOCKED = {
    "pollock/file_multitable_same.csv": "several_tables",
    "pollock-survey/20170320-ePC_Data-Travel-Stationery.csv": "several_tables",
}
# rows, refused rows, header row, header rows, encoding; for files without a clean version
SHAPES: dict[str, tuple[int, int, int | None, int, str]] = {
    "csvkit/bad.csv": (3, 2, 1, 1, "utf-8"),
    "csvkit/blanks.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/date_like_number.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/dummy_col_shuffled_ragged.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/ks_1033_data.csv": (1575, 0, 1, 1, "utf-8"),
    "csvkit/mac_newlines.csv": (2, 0, 1, 1, "utf-8"),
    "csvkit/no_header_row.csv": (1, 0, None, 1, "utf-8"),
    "csvkit/null_byte.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/optional_quote_characters.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/test_empty_columns.csv": (2, 0, 1, 1, "utf-8"),
    "csvkit/test_header_newline.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/test_latin1.csv": (2, 0, 1, 1, "cp1252"),
    "csvkit/test_locale.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/test_no_leading_zeroes.csv": (1, 0, 1, 1, "utf-8"),
    "csvkit/test_skip_lines.csv": (1, 0, 4, 1, "utf-8"),
    "csvkit/test_utf16_big.csv": (2, 0, 1, 1, "utf-16"),
    "csvkit/test_utf8_bom.csv": (2, 0, 1, 1, "utf-8-sig"),
    "encodings/areas_gbk_crlf.csv": (2978, 0, 1, 1, "gb18030"),
    "encodings/cities_utf8_bom.csv": (342, 0, 1, 1, "utf-8-sig"),
    "encodings/northwind_customers_cp1252_semicolon.csv": (91, 24, 1, 1, "cp1252"),
    "encodings/provinces_utf16le_bom.csv": (31, 0, 1, 1, "utf-16"),
    "frictionless/accent.csv": (2, 0, 1, 1, "utf-8"),
    "frictionless/blank-rows-multiple.csv": (2, 0, 1, 1, "utf-8"),
    "frictionless/doublequote.csv": (5, 0, 1, 1, "utf-8"),
    "frictionless/duplicate-headers.csv": (2, 0, 1, 1, "utf-8"),
    "frictionless/encoding-issue-274.csv": (507, 0, 1, 1, "utf-8"),
    "frictionless/invalid.csv": (3, 3, 1, 1, "utf-8"),
    "frictionless/leading-zeros.csv": (3, 0, 1, 1, "utf-8"),
    "frictionless/long.csv": (6, 0, 1, 1, "utf-8"),
    "frictionless/skip-rows.csv": (3, 1, 2, 1, "utf-8"),
    "frictionless/structure-errors.csv": (3, 1, 1, 1, "utf-8"),
    "frictionless/table-infer-iso-8859-7.csv": (4, 0, 1, 1, ""),
    "frictionless/table-with-accents.csv": (638, 0, 1, 1, "cp1252"),
    "frictionless/without-headers.csv": (3, 0, None, 1, "utf-8"),
}


def check_findings_are_sentences(inspection: Inspection) -> None:
    found = [*inspection.findings, *(finding for sheet in inspection.sheets for finding in sheet.findings)]
    assert all(finding.text.zh.endswith("。") and finding.text.en.endswith(".") for finding in found)


def check_against_clean(name: str, inspection: Inspection, path: Path) -> None:
    """Every row equals the clean one, or is refused by name and number."""
    layout = inspection.layout()
    clean = MESSY / Path(name).parent / "clean" / path.name
    with clean.open(encoding="utf-8", newline="") as file:
        expected = [record for record in csv.reader(file) if any(cell.strip() for cell in record)]
    expected = expected[1 if layout.header_row else 0 :]
    with path.open("rb") as source:
        got = list(rows(source, layout))
    assert len(got) == len(expected)
    for row, record in zip(got, expected, strict=True):
        if row.problem:
            assert str(row.number) in row.problem.text.zh
            continue
        if name == "pollock/file_quotation_char_0x27.csv":
            # there the polluter left doubled double quotes inside single-quoted cells, which the file says literally
            assert [cell.replace('""', '"') for cell in row.cells] == record[: layout.width]
        else:
            assert list(row.cells) == record[: layout.width]


def check_text(name: str) -> None:
    """A delimited file: refused by name, or read as its clean version or its known shape says."""
    path = MESSY / name
    with path.open("rb") as source:
        if name in REFUSED_WHOLE:
            with pytest.raises(UnreadableFile) as refused:
                inspect(source, name)
            assert refused.value.code == REFUSED_WHOLE[name]
            assert refused.value.text.zh
            return
        inspection = inspect(source, name)
        check_findings_are_sentences(inspection)
        (sheet,) = inspection.sheets
        if name in BLOCKED:
            assert any(finding.code == BLOCKED[name] and finding.blocks for finding in sheet.findings)
            return
        assert not any(finding.blocks for finding in sheet.findings)
        if name in SHAPES:
            shape = (sheet.rows, sheet.refused_rows, sheet.header_row, sheet.header_rows)
            assert shape == SHAPES[name][:4]
            assert SHAPES[name][4] in {"", inspection.encoding}
            assert inspection.encoding_certain == (SHAPES[name][4] not in {"", "cp1252"})
    if name in TRUTH and name != APPENDIX:
        truth = TRUTH[name]
        assert inspection.delimiter == ast.literal_eval(truth["delimiter"])
        assert (sheet.header_row is None) == (truth["header_lines"] == "0")
        if (MESSY / Path(name).parent / "clean" / path.name).exists():
            check_against_clean(name, inspection, path)
        assert sheet.refused_rows <= 1


def check_clean(name: str) -> None:
    """A tidy file is read as it stands, cell by cell."""
    path = MESSY / name
    with path.open(encoding="utf-8", newline="") as file:
        expected = [record for record in csv.reader(file) if any(cell.strip() for cell in record)]
    with path.open("rb") as source:
        inspection = inspect(source, name)
        assert not any(finding.blocks for finding in inspection.sheets[0].findings)
        layout = inspection.layout()
        got = list(rows(source, layout))
    expected = expected[1:] if layout.header_row else expected
    assert len(got) == len(expected)
    for row, record in zip(got, expected, strict=True):
        if row.problem:  # an appendix with more columns than the table above it
            assert path.name == Path(APPENDIX).name
            assert str(row.number) in row.problem.text.zh
        else:
            assert list(row.cells) == record[: layout.width]


def check_workbook(name: str) -> None:
    """Every sheet of a workbook: as many rows as it says, none wider than its heading."""
    with (MESSY / name).open("rb") as source:
        inspection = inspect(source, name)
        check_findings_are_sentences(inspection)
        for sheet in inspection.sheets:
            layout = inspection.layout(sheet.name)
            assert sum(1 for _ in rows(source, layout)) == sheet.rows


def test_the_set_is_whole() -> None:
    assert len(FILES) == 102


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_read_right_or_refused_with_a_sentence(name: str) -> None:
    if not name.endswith(".csv"):
        check_workbook(name)
    elif "/clean/" in name or "/" not in name:
        check_clean(name)
    else:
        check_text(name)


def test_meetings_with_appendix_refuses_its_wider_rows() -> None:
    path = MESSY / APPENDIX
    with path.open("rb") as source:
        inspection = inspect(source, path.name)
        got = list(rows(source, inspection.layout()))
    assert got[0].cells[2] == "Tearfund"
    assert {row.problem.code for row in got if row.problem} == {"surplus_cells"}
    assert all(row.problem is None for row in got if row.number < 41)


@pytest.mark.parametrize(
    ("name", "sheet", "count", "header", "first"),
    [
        ("csvkit/sheets.xlsx", "data", 5, "datetime", ("Chicago Reader", "1971-01-01", "40", "TRUE", "1")),
        ("csvkit/sheets.xlsx", "ʤ", 1, "a", ("1", "2", "3")),
        (
            "csvkit/test.xls",
            "testfixed_converted.csv",
            5,
            "datetime",
            ("Chicago Reader", "1971-01-01", "40", "TRUE"),
        ),
        (
            "csvkit/test_skip_lines.xlsx",
            "Sheet1",
            5,
            "datetime",
            ("Chicago Reader", "1971-01-01", "40", "TRUE"),
        ),
        ("frictionless/table-with-booleans.xls", "Лист1", 2, "boolean", ("1", "TRUE")),
        ("frictionless/skip-rows.xlsx", "Sheet 1", 2, "B", ("8", "9")),
        ("frictionless/multiline-headers.xlsx", "Лист1", 1, "Caloric contribution (%)", ("A", "B", "C", "D")),
        ("frictionless/merged-cells.xlsx", "Лист1", 0, "data", ()),
        ("frictionless/preserve-formatting.xlsx", "Sheet1", 2, "", ("empty", "0", "0.00")),
    ],
)
def test_workbooks_are_read_right(
    name: str, sheet: str, count: int, header: str, first: tuple[str, ...]
) -> None:
    with (MESSY / name).open("rb") as source:
        inspection = inspect(source, name)
        check_findings_are_sentences(inspection)
        got = list(rows(source, inspection.layout(sheet)))
    assert header in inspection.sheet(sheet).header
    assert len(got) == inspection.sheet(sheet).rows == count
    assert not got or got[0].cells[: len(first)] == first


def test_old_mac_line_ends_stay_inside_quoted_cells() -> None:
    with (MESSY / "csvkit/mac_newlines.csv").open("rb") as source:
        got = [row.cells for row in rows(source, inspect(source, "x.csv").layout())]
    assert got == [("1", "2", "3"), ("Once upon\ra time", "5", "6")]
