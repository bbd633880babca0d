"""The zip package of an xlsx workbook (ECMA-376), judged by its directory before anything is unpacked."""

import posixpath
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from shouxin.customers.intake.reading.messages import UnreadableFile, unreadable
from shouxin.customers.intake.reading.model import MIB, Limits, SeekableBinary

_EOCD = b"PK\x05\x06"
_EOCD_SIZE, _COMMENT = 22, 65_535
_DIRECTORY_BYTES = 4 * MIB
_CHUNK = 1 << 18
_STRINGS = "xl/sharedStrings.xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    KeyError,
    EOFError,
    ValueError,
    NotImplementedError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A worksheet: its name, its part in the package, its unpacked size in bytes."""

    name: str
    path: str
    size: int
    hidden: bool


class Package:
    """An xlsx package that has been found safe to unpack.

    Raises:
        UnreadableFile: damaged_file, unpacks_too_large, suspicious_packing, too_many_strings, encrypted_workbook,
            unsupported_workbook, other_kind, too_many_sheets, unsafe_xml.
    """

    def __init__(self, source: SeekableBinary, limits: Limits) -> None:
        self._limits = limits
        _check_directory(source, limits)
        try:
            self._zip = zipfile.ZipFile(cast("IO[bytes]", source))
        except DAMAGED as error:
            raise unreadable("damaged_file") from error
        self._check_entries()
        self.sheets = self._read_sheets()

    def pieces(self, path: str) -> Iterator[bytes]:
        """A part, unpacked piece by piece; never more than its directory entry says, and checked against its CRC.

        Raises:
            UnreadableFile: damaged_file.
        """
        try:
            with self._zip.open(path) as part:
                while piece := part.read(_CHUNK):
                    yield piece
        except UnreadableFile:
            raise
        except Exception as error:
            if isinstance(error, (*DAMAGED, RuntimeError)) or type(error).__module__ == "zlib":
                raise unreadable("damaged_file") from error
            raise

    def verify(self) -> None:
        """Unpack every part once, so that a library that trusts the directory may be given the file.

        Raises:
            UnreadableFile: damaged_file.
        """
        for info in self._zip.infolist():
            if info.filename.endswith((".xml", ".rels")):
                for _ in self.pieces(info.filename):
                    pass

    def _check_entries(self) -> None:
        limits, entries = self._limits, self._zip.infolist()
        names = {info.filename for info in entries}
        _check_kind(names)
        if any(info.flag_bits & 1 for info in entries):
            raise unreadable("encrypted_workbook")
        unpacked = sum(info.file_size for info in entries)
        packed = sum(info.compress_size for info in entries)
        if unpacked > limits.unpacked_bytes:
            raise unreadable("unpacks_too_large", size=unpacked // MIB, limit=limits.unpacked_bytes // MIB)
        if unpacked > limits.ratio_from and unpacked > packed * limits.ratio:
            raise unreadable("suspicious_packing", ratio=unpacked // max(1, packed))
        strings = sum(info.file_size for info in entries if info.filename.lower() == _STRINGS.lower())
        if strings > limits.strings_bytes:
            raise unreadable("too_many_strings", size=strings // MIB, limit=limits.strings_bytes // MIB)

    def _xml(self, path: str) -> Element:
        try:
            if self._zip.getinfo(path).file_size > self._limits.ratio_from:
                raise unreadable("suspicious_packing", ratio=self._limits.ratio)
            return cast("Element", ElementTree.fromstring(b"".join(self.pieces(path)), forbid_dtd=True))
        except DefusedXmlException as error:
            raise unreadable("unsafe_xml") from error
        except (KeyError, ParseError) as error:
            raise unreadable("damaged_file") from error

    def _read_sheets(self) -> tuple[Part, ...]:
        targets = {
            relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip(
                "/"
            )
            for relation in self._xml("xl/_rels/workbook.xml.rels")
        }
        found = [
            node for node in self._xml("xl/workbook.xml").iter() if node.tag.rpartition("}")[2] == "sheet"
        ]
        if len(found) > self._limits.sheets:
            raise unreadable("too_many_sheets", count=len(found), limit=self._limits.sheets)
        parts = []
        for node in found:
            path = targets.get(node.get(_RELATION) or node.get(_STRICT_RELATION))
            if path is not None and "worksheets/" in path:
                parts.append(
                    Part(
                        node.get("name", ""),
                        path,
                        self._size(path),
                        node.get("state") in {"hidden", "veryHidden"},
                    )
                )
        if not parts:
            raise unreadable("damaged_file")
        return tuple(parts)

    def _size(self, path: str) -> int:
        try:
            return self._zip.getinfo(path).file_size
        except KeyError as error:
            raise unreadable("damaged_file") from error


def _check_directory(source: SeekableBinary, limits: Limits) -> None:
    """The end record first: a directory of millions of entries is not even loaded."""
    size = source.seek(0, 2)
    source.seek(max(0, size - _EOCD_SIZE - _COMMENT))
    tail = source.read(_EOCD_SIZE + _COMMENT)
    at = tail.rfind(_EOCD)
    if at < 0 or at + _EOCD_SIZE > len(tail):
        raise unreadable("damaged_file")
    count, length = struct.unpack_from("<HI", tail, at + 10)
    if count > limits.parts or length > _DIRECTORY_BYTES:
        raise unreadable("suspicious_packing", ratio=count)


def _check_kind(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names:
        raise unreadable(
            "unsupported_workbook", found_zh="XLSB 二进制工作簿", found_en="A binary workbook (XLSB)"
        )
    if "content.xml" in names and "mimetype" in names:
        raise unreadable(
            "unsupported_workbook", found_zh="ODS 表格", found_en="An OpenDocument spreadsheet (ODS)"
        )
    if any(name.startswith("word/") for name in names):
        raise unreadable("other_kind", found_zh="Word 文档", found_en="a Word document")
    if any(name.startswith("ppt/") for name in names):
        raise unreadable("other_kind", found_zh="PowerPoint 文稿", found_en="a PowerPoint presentation")
    raise unreadable("other_kind", found_zh="压缩包", found_en="a zip archive")
