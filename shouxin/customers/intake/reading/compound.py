"""Compound files (MS-CFB), just far enough to name what is inside and to walk one stream of an xls workbook."""

import struct
from collections.abc import Iterator

from shouxin.customers.intake.reading.messages import unreadable
from shouxin.customers.intake.reading.model import SeekableBinary

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFE  # ENDOFCHAIN; everything from 0xFFFFFFFA up is not a sector number (MS-CFB 2.1)
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_STREAM, _ROOT = 2, 5


class CompoundFile:
    """Directory and streams of a compound file.

    Raises:
        UnreadableFile: damaged_file, when a chain of sectors leaves the file or runs in a circle.
    """

    def __init__(self, source: SeekableBinary) -> None:
        self._source = source
        self._size = source.seek(0, 2)
        header = self._at(0, 512)
        if header[:8] != SIGNATURE:
            raise unreadable("damaged_file")
        shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if shift not in {9, 12} or mini_shift != 6:  # noqa: PLR2004 - the three values MS-CFB 2.2 allows
            raise unreadable("damaged_file")
        self._sector = 1 << shift
        self._fat = self._read_fat(header)
        self._entries = dict(self._read_directory(struct.unpack_from("<I", header, 48)[0]))
        self._cutoff = struct.unpack_from("<I", header, 56)[0]
        self._mini_fat_start = struct.unpack_from("<I", header, 60)[0]

    @property
    def names(self) -> set[str]:
        """Names of all streams and storages."""
        return set(self._entries)

    def stream(self, name: str) -> Iterator[bytes]:
        """The stream `name` sector by sector; streams kept in the mini stream are too small to be workbooks.

        Raises:
            UnreadableFile: damaged_file.
        """
        _, start, size = self._entries[name]
        if size < self._cutoff:
            yield self._mini_stream(start, size)
            return
        for sector in self._chain(start):
            piece = self._at((sector + 1) * self._sector, min(self._sector, size))
            size -= len(piece)
            yield piece
            if size <= 0:
                return
        raise unreadable("damaged_file")

    def _mini_stream(self, start: int, size: int) -> bytes:
        _, root_start, root_size = self._entries["Root Entry"]
        container = b"".join(self._at((s + 1) * self._sector, self._sector) for s in self._chain(root_start))
        raw = b"".join(
            self._at((s + 1) * self._sector, self._sector) for s in self._chain(self._mini_fat_start)
        )
        mini_fat = struct.unpack(f"<{len(raw) // 4}I", raw)
        out = bytearray()
        sector = start
        while len(out) < size:
            if sector >= len(mini_fat) or (sector + 1) * 64 > len(container) or len(out) > root_size:
                raise unreadable("damaged_file")
            out += container[sector * 64 : (sector + 1) * 64]
            sector = mini_fat[sector]
        return bytes(out[:size])

    def _at(self, offset: int, size: int) -> bytes:
        self._source.seek(offset)
        data = self._source.read(size)
        if len(data) < size and offset + size > self._size + self._sector_slack():
            raise unreadable("damaged_file")
        return data

    def _sector_slack(self) -> int:
        """The last sector may be cut short by writers that do not pad."""
        return getattr(self, "_sector", 0)

    def _read_fat(self, header: bytes) -> list[int]:
        places = [n for n in struct.unpack_from("<109I", header, 76) if n < _LAST_SECTOR]
        next_difat, seen = struct.unpack_from("<I", header, 68)[0], 0
        per_sector = self._sector // 4
        while next_difat < _LAST_SECTOR:
            seen += 1
            if seen * self._sector > self._size:
                raise unreadable("damaged_file")
            numbers = self._numbers(next_difat, per_sector)
            places += [n for n in numbers[:-1] if n < _LAST_SECTOR]
            next_difat = numbers[-1]
        if len(places) * self._sector > self._size:
            raise unreadable("damaged_file")
        return [n for place in places for n in self._numbers(place, per_sector)]

    def _numbers(self, sector: int, count: int) -> tuple[int, ...]:
        data = self._at((sector + 1) * self._sector, self._sector)
        if len(data) != self._sector:
            raise unreadable("damaged_file")
        return struct.unpack(f"<{count}I", data)

    def _chain(self, start: int) -> Iterator[int]:
        sector, steps = start, 0
        while sector != _END:
            steps += 1
            if sector >= len(self._fat) or steps > len(self._fat):
                raise unreadable("damaged_file")
            yield sector
            sector = self._fat[sector]

    def _read_directory(self, start: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
        for sector in self._chain(start):
            block = self._at((sector + 1) * self._sector, self._sector)
            for at in range(0, len(block) - _ENTRY + 1, _ENTRY):
                entry = block[at : at + _ENTRY]
                length, kind = struct.unpack_from("<HB", entry, 64)
                if kind and 2 <= length <= 64:  # noqa: PLR2004 - MS-CFB 2.6.1
                    name = entry[: length - 2].decode("utf-16-le", "replace")
                    first, size = struct.unpack_from("<II", entry, 116)
                    yield ("Root Entry" if kind == _ROOT else name), (kind, first, size)
