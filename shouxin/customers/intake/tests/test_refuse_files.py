"""Files that are no tables, or could do harm, are refused with a stable code and a sentence in both languages."""

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from shouxin.customers.intake.reading import FILE_TEXTS, Limits, UnreadableFile, inspect
from shouxin.customers.intake.tests.workbooks import HEAD, compound, text_row, xlsx


def refusal(content: bytes | io.BytesIO, name: str = "x.xlsx", limits: Limits | None = None) -> str:
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    with pytest.raises(UnreadableFile) as refused:
        inspect(source, name, limits=limits or Limits())
    assert "{" not in refused.value.text.zh + refused.value.text.en
    assert refused.value.text.zh.endswith("。")
    assert refused.value.text.en.endswith(".")
    return refused.value.code


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\r\n \t\r\n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b" , ,\r\n,,\r\n", "no_rows"),
        (b"\0" * 20_000, "other_kind"),
        (b"%PDF-1.7\n1 0 obj", "other_kind"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "other_kind"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "other_kind"),
        (b"MZ\x90\0" + bytes(60) + b"This program cannot be run in DOS mode", "other_kind"),
        (bytes(range(256)) * 40, "other_kind"),
        (b'{"customers": [1, 2]}', "other_kind"),
        (b'<?xml version="1.0"?><a/>', "other_kind"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "unsupported_workbook"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "unsupported_workbook"),
        (archive(readme_txt=b"hello"), "other_kind"),
        (archive(word__document_xml=b"<a/>"), "other_kind"),
        (archive(xl__workbook_bin=b"x"), "unsupported_workbook"),
        (archive(content_xml=b"<a/>", mimetype=b"application/vnd.oasis"), "unsupported_workbook"),
        (archive(xl__workbook_xml=b"<broken"), "damaged_file"),
        (b"PK\x03\x04" + bytes(200), "damaged_file"),
    ],
)
def test_other_kinds_are_named(content: bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize(
    ("streams", "code"),
    [
        (("EncryptionInfo", "EncryptedPackage"), "encrypted_workbook"),
        (("WordDocument",), "other_kind"),
        (("PowerPoint Document",), "other_kind"),
        (("Something",), "other_kind"),
    ],
)
def test_compound_files_are_told_apart(streams: tuple[str, ...], code: str) -> None:
    assert refusal(compound(*streams), "x.xlsx") == code


def test_circular_compound_file_ends() -> None:
    broken = bytearray(compound("Workbook").getvalue())
    struct.pack_into("<I", broken, 512 + 4, 1)  # the directory's chain points at itself
    assert refusal(bytes(broken), "x.xls") == "damaged_file"


def test_zip_bomb_is_refused_before_unpacking() -> None:
    bomb = xlsx(text_row(1, "a"), extra={"xl/media/zeros.bin": bytes(60 << 20)}, level=9)
    assert len(bomb.getvalue()) < 1 << 20
    assert refusal(bomb) == "suspicious_packing"
    assert refusal(bomb, limits=Limits(unpacked_bytes=1 << 20)) == "unpacks_too_large"


def test_directory_that_lies_about_sizes_is_damaged() -> None:
    honest = xlsx(text_row(1, "客户名称") + text_row(2, "a" * 5000)).getvalue()
    at = honest.rindex(b"PK\x01\x02", 0, honest.rindex(b"xl/worksheets/sheet1.xml"))
    lying = honest[: at + 24] + struct.pack("<I", 300) + honest[at + 28 :]
    assert refusal(lying) == "damaged_file"


def test_directory_of_many_entries_is_not_loaded() -> None:
    content = bytearray(xlsx(text_row(1, "a")).getvalue())
    at = content.rindex(b"PK\x05\x06")
    struct.pack_into("<HH", content, at + 8, 60_000, 60_000)
    assert refusal(bytes(content)) == "suspicious_packing"


def test_doctype_is_refused() -> None:
    entities = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + HEAD.partition("?>")[2]
    assert refusal(xlsx(text_row(1, "&a;"), head=entities)) == "unsafe_xml"


def test_far_away_cell_is_counted_not_allocated() -> None:
    assert refusal(xlsx('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')) == "too_many_cells"
    assert refusal(xlsx('<row r="99999999999"><c><v>1</v></c></row>')) == "damaged_file"
    assert refusal(xlsx('<row r="1"><c r="XFD1"><v>1</v></c></row>')) == "too_many_columns"


def test_large_shared_strings_are_refused() -> None:
    book = xlsx(text_row(1, "a"), extra={"xl/sharedStrings.xml": os.urandom(4096).hex().encode()})
    assert refusal(book, limits=Limits(strings_bytes=1024)) == "too_many_strings"


def test_sizes_beyond_the_limit_are_refused_unread(tmp_path: Path) -> None:
    sparse = tmp_path / "big.csv"
    with sparse.open("wb") as file:
        file.write("客户编号,姓名\n".encode())
        file.truncate(2 << 30)
    with sparse.open("rb") as source, pytest.raises(UnreadableFile) as refused:
        inspect(source, "big.csv")
    assert refused.value.code == "too_large"
    assert "2048" in refused.value.text.zh
    assert refusal(xlsx(text_row(1, "a")), limits=Limits(workbook_bytes=10)) == "workbook_too_large"


def test_password_and_truncation_of_xls_are_found() -> None:
    data = os.environ.get("SHOUXIN_TESTDATA")
    if not data:
        pytest.skip("set SHOUXIN_TESTDATA to the public test sets")
    content = (Path(data) / "messy-import/csvkit/test.xls").read_bytes()
    for size in (600, 3_000, len(content) // 2):
        assert refusal(content[:size], "x.xls") == "damaged_file"
    package = (Path(data) / "messy-import/csvkit/sheets.xlsx").read_bytes()
    for size in (200, len(package) // 2, len(package) - 10):
        assert refusal(package[:size]) == "damaged_file"


def test_every_sentence_exists_in_both_languages() -> None:
    assert all(text.zh.endswith("。") and text.en.endswith(".") for text in FILE_TEXTS.values())
