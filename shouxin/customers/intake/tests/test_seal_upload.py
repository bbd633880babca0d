"""Uploads stand sealed, read back as a seekable file, and every tampering is found."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouxin.core.crypto.suites import SUITES, Suite
from shouxin.customers.intake.reading import UnreadableFile, inspect, rows
from shouxin.customers.intake.sealed_upload import StoredUpload, destroy, open_sealed, path_of, store

MIB = 1 << 20
FINGERPRINT_KEY = bytes(32)


def put(data: bytes, folder: Path, suite: Suite = SUITES[1], step: int = 300_000) -> StoredUpload:
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    return store(pieces, folder=folder, suite=suite, fingerprint_key=FINGERPRINT_KEY)


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
@pytest.mark.parametrize("size", [1, MIB - 1, MIB, MIB + 1, 2 * MIB])
def test_bytes_come_back_and_nothing_stands_in_clear(suite: Suite, size: int, tmp_path: Path) -> None:
    data = (b"planted-13800138000-" * (size // 20 + 1))[:size]
    upload = put(data, tmp_path, suite)
    assert (upload.size, len(upload.key)) == (size, suite.key_bytes)
    sealed = path_of(upload.id, tmp_path)
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert b"13800138000" not in sealed.read_bytes()
    assert repr(upload.key) not in repr(upload)
    with open_sealed(upload.id, upload.key, folder=tmp_path) as reader:
        assert reader.read() == data
        assert reader.seek(0, 2) == size


@given(st.lists(st.tuples(st.integers(0, 2 * MIB + 50), st.integers(0, MIB + 10)), max_size=6))
@settings(max_examples=25, deadline=None)
def test_reads_at_any_place_equal_the_original(places: list[tuple[int, int]]) -> None:
    data = bytes(range(251)) * (2 * MIB // 251 + 1)
    with __import__("tempfile").TemporaryDirectory() as name:
        folder = Path(name)
        upload = put(data, folder)
        with open_sealed(upload.id, upload.key, folder=folder) as reader:
            plain = io.BytesIO(data)
            for offset, size in places:
                assert reader.seek(offset) == plain.seek(offset)
                assert reader.read(size) == plain.read(size)


@pytest.mark.parametrize(
    "how", ["altered", "cut", "cut at a chunk", "reordered", "prolonged", "header", "other"]
)
def test_tampering_is_found(how: str, tmp_path: Path) -> None:
    data = b"x" * (3 * MIB)
    upload, other = put(data, tmp_path), put(data, tmp_path)
    path, chunk = path_of(upload.id, tmp_path), MIB + 28
    sealed = path.read_bytes()
    changed = {
        "altered": sealed[:500] + bytes([sealed[500] ^ 1]) + sealed[501:],
        "cut": sealed[:-1],
        "cut at a chunk": sealed[: 6 + 2 * chunk],
        "reordered": sealed[:6]
        + sealed[6 + chunk : 6 + 2 * chunk]
        + sealed[6 : 6 + chunk]
        + sealed[6 + 2 * chunk :],
        "prolonged": sealed + sealed[-chunk:],
        "header": b"SXUQ" + sealed[4:],
        "other": path_of(other.id, tmp_path).read_bytes(),
    }[how]
    path.write_bytes(changed)
    with (
        pytest.raises(UnreadableFile) as refused,
        open_sealed(upload.id, upload.key, folder=tmp_path) as reader,
    ):
        reader.read()
    assert refused.value.code == "stored_file_altered"


def test_same_file_twice_has_the_same_fingerprint(tmp_path: Path) -> None:
    first, second = put(b"abc" * MIB, tmp_path), put(b"abc" * MIB, tmp_path, step=77_777)
    assert first.fingerprint == second.fingerprint
    assert first.key != second.key
    assert put(b"abd" * MIB, tmp_path).fingerprint != first.fingerprint


def test_refused_and_destroyed_uploads_leave_nothing(tmp_path: Path) -> None:
    for data, code in ((b"", "empty_file"), (b"x" * 100, "too_large")):
        with pytest.raises(UnreadableFile) as refused:
            store([data], folder=tmp_path, suite=SUITES[1], fingerprint_key=FINGERPRINT_KEY, limit=50)
        assert refused.value.code == code
    upload = put(b"data", tmp_path)
    destroy(upload.id, folder=tmp_path)
    destroy(upload.id, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        open_sealed(upload.id, upload.key, folder=tmp_path)


def test_tables_are_read_out_of_sealed_uploads(tmp_path: Path) -> None:
    import openpyxl

    table = [["客户名称", "电话"], *([f"张{number}", f"138{number:08}"] for number in range(3_000))]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    book, workbook = openpyxl.Workbook(), io.BytesIO()
    for record in table:
        book.active.append(record)  # type: ignore[union-attr]
    book.save(workbook)
    for data, name in ((text.getvalue().encode("gb18030"), "x.csv"), (workbook.getvalue(), "x.xlsx")):
        upload = put(data, tmp_path)
        with open_sealed(upload.id, upload.key, folder=tmp_path) as reader:
            got = [list(row.cells) for row in rows(reader, inspect(reader, name).layout())]
        assert got == table[1:]
