"""What a file is, told by its bytes and never by its name."""

from shouxin.customers.intake.reading.compound import SIGNATURE as COMPOUND
from shouxin.customers.intake.reading.compound import CompoundFile
from shouxin.customers.intake.reading.messages import UnreadableFile, unreadable
from shouxin.customers.intake.reading.model import MIB, Kind, Limits, SeekableBinary

_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"\x89PNG", "图片", "an image"),
    (b"\xff\xd8\xff", "图片", "an image"),
    (b"GIF8", "图片", "an image"),
    (b"Rar!", "RAR 压缩包", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包", "a 7z archive"),
    (b"\x1f\x8b", "gzip 压缩包", "a gzip archive"),
    (b"BZh", "bzip2 压缩包", "a bzip2 archive"),
    (b"\xfd7zXZ", "xz 压缩包", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "zstd 压缩包", "a zstd archive"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"\x7fELF", "程序", "a program"),
    (b"SQLite format 3", "数据库文件", "a database file"),
    (b"ID3", "音频", "audio"),
    (b"PAR1", "Parquet 文件", "a Parquet file"),
)
_MARKUP: tuple[tuple[bytes, str, str], ...] = (
    (b"mso-application", "XML 电子表格（Excel 2003）", "An XML spreadsheet (Excel 2003)"),
    (
        b"urn:schemas-microsoft-com:office:spreadsheet",
        "XML 电子表格（Excel 2003）",
        "An XML spreadsheet (Excel 2003)",
    ),
    (b"<html", "网页（HTML）形式的表格", "A table in the form of a web page (HTML)"),
    (b"<table", "网页（HTML）形式的表格", "A table in the form of a web page (HTML)"),
    (b"<!doctype html", "网页（HTML）形式的表格", "A table in the form of a web page (HTML)"),
)
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x84\x31\x95\x33")
_CONTROLS = bytes(set(range(32)) - {0, 8, 9, 10, 11, 12, 13, 26, 27, 28, 29, 30, 31})
_EXECUTABLE_STUB = b"This program"


def recognise(source: SeekableBinary, limits: Limits) -> Kind:
    """The kind of a file that can be read.

    Raises:
        UnreadableFile: empty_file, too_large, workbook_too_large, other_kind, unsupported_workbook,
            encrypted_workbook, damaged_file.
    """
    size = source.seek(0, 2)
    _within(size, limits.text_bytes, "too_large")
    source.seek(0)
    head = source.read(8192)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        if size <= len(head):
            raise unreadable("empty_file")
        raise _other("没有内容的文件", "a file without content")
    if head.startswith(b"PK"):
        _within(size, limits.workbook_bytes, "workbook_too_large")
        return Kind.XLSX
    if head.startswith(COMPOUND):
        _within(size, limits.workbook_bytes, "workbook_too_large")
        return _compound(source, size, limits)
    _refuse_others(head)
    return Kind.CSV


def _within(size: int, limit: int, code: str) -> None:
    if size > limit:
        raise unreadable(code, size=-(-size // MIB), limit=limit // MIB)


def _other(zh: str, en: str) -> UnreadableFile:
    return unreadable("other_kind", found_zh=zh, found_en=en)


def _compound(source: SeekableBinary, size: int, limits: Limits) -> Kind:
    names = CompoundFile(source).names
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise unreadable("encrypted_workbook")
    if names & {"Workbook", "Book"}:
        _within(size, limits.xls_bytes, "workbook_too_large")
        return Kind.XLS
    if "WordDocument" in names:
        raise _other("Word 文档", "a Word document")
    if "PowerPoint Document" in names:
        raise _other("PowerPoint 文稿", "a PowerPoint presentation")
    raise _other("其他办公文件", "another kind of office file")


def _refuse_others(head: bytes) -> None:
    for magic, zh, en in _OTHERS:
        if head.startswith(magic):
            raise _other(zh, en)
    if head.startswith(b"MZ") and _EXECUTABLE_STUB in head:
        raise _other("程序", "a program")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        lowered = head.lower()
        for mark, zh, en in _MARKUP:
            if mark in lowered:
                raise unreadable("unsupported_workbook", found_zh=zh, found_en=en)
        if text.startswith(b"<?xml"):
            raise _other("XML 文件", "an XML file")
    if text.startswith((b'{"', b'[{"', b"[{\n", b"{\n", b"{\r\n", b"[\n")):
        raise _other("JSON 文件", "a JSON file")
    if not head.startswith(_BOMS) and _looks_binary(head):
        raise _other("二进制文件", "a binary file")


def _looks_binary(head: bytes) -> bool:
    """Control characters no table holds, or NUL scattered without the pattern of UTF-16."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    nuls = head.count(0)
    even, odd = head[::2].count(0), head[1::2].count(0)
    utf16 = nuls > len(head) // 8 and min(even, odd) * 10 <= max(even, odd)
    return controls * 50 > len(head) or (nuls * 20 > len(head) and nuls > 4 and not utf16)  # noqa: PLR2004 - shares
