"""CSV and TSV, streamed: memory is bounded by one record, broken records are refused one by one."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import IO, cast

from shouxin.customers.intake.reading import encodings
from shouxin.customers.intake.reading.dialect import Dialect
from shouxin.customers.intake.reading.messages import finding, unreadable
from shouxin.customers.intake.reading.model import NO_FLAGS, Finding, Flag, Limits, Place, Row, SeekableBinary

_SAMPLE_CHARS = 1 << 17
_SAMPLE_LINES = 400
_NUL = frozenset({Flag.CONTROL_REMOVED})
_MENDED = frozenset({Flag.CONTROL_MENDED})
_MARK = "\ufeff"
_ODD = re.compile("[\0\x80-\x9f\udc80-\udcff\ufffd]")
_CONTROL = re.compile("[\0\x80-\x9f]")
# What the C1 controls were before somebody took Windows-1252 for Latin-1; the unassigned five stay.
_WINDOWS = {
    c: bytes([c]).decode("cp1252") for c in range(0x80, 0xA0) if c not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


class _Raw(io.RawIOBase):
    """Lets a text wrapper read the source without closing it or asking for more than it offers."""

    def __init__(self, source: SeekableBinary) -> None:
        self._source = source
        source.seek(0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def lines(source: SeekableBinary, codec: str, limits: Limits) -> Iterator[str]:
    """Physical lines with their ends (LF, CRLF or CR); bytes that do not decode become lone surrogates.
    A line longer than a record may be comes in pieces, which the record's own limit then refuses."""
    errors = "replace" if codec.startswith("utf-16") else "surrogateescape"
    buffered = cast("IO[bytes]", io.BufferedReader(_Raw(source), 1 << 18))
    wrapper = io.TextIOWrapper(buffered, encoding=codec, errors=errors, newline="")
    first = True
    while line := wrapper.readline(limits.record_chars):
        if first:
            line, first = line.removeprefix(_MARK), False
            if not line:
                continue
        yield line


def sample(source: SeekableBinary, codec: str, limits: Limits) -> list[str]:
    """The first complete lines, for finding out the dialect."""
    out: list[str] = []
    size = 0
    for line in lines(source, codec, limits):
        out.append(line)
        size += len(line)
        if size > _SAMPLE_CHARS or len(out) >= _SAMPLE_LINES:
            break
    return out


class _TooLong(csv.Error):
    pass


class _Feed:
    """Lines for csv.reader, remembered since the record began so that a broken record gives all but its first
    line back."""

    def __init__(self, source: Iterator[str], limits: Limits) -> None:
        self._source = source
        self._waiting: deque[str] = deque()
        self._limits = limits
        self.taken: list[str] = []
        self._chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= self._limits.record_lines or self._chars >= self._limits.record_chars:
            raise _TooLong
        line = self._waiting.popleft() if self._waiting else next(self._source)
        self.taken.append(line)
        self._chars += len(line)
        return line

    def begin(self) -> None:
        self.taken = []
        self._chars = 0

    def give_back(self) -> str:
        """Keep the first line, return the others to the stream."""
        first = self.taken[0]
        self._waiting.extendleft(reversed(self.taken[1:]))
        return first

    def skip_rest_of_line(self, line: str) -> None:
        while not line.endswith(("\n", "\r")):
            line = self._waiting.popleft() if self._waiting else next(self._source, "\n")


def records(source: SeekableBinary, codec: str, dialect: Dialect, limits: Limits) -> Iterator[Row]:
    """Every record of the file, blank ones too, numbered from 1 as a spreadsheet program numbers them.

    Raises:
        UnreadableFile: too_many_broken_rows.
    """
    feed = _Feed(lines(source, codec, limits), limits)
    reader = csv.reader(feed, strict=True, **dialect.reader_options())  # type: ignore[arg-type]
    number = broken = 0
    while True:
        number += 1
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if not feed.taken:
                return
            row = _broken(number, feed, codec, dialect, limits.record_chars)
        else:
            row = _row(number, cells, feed.taken, codec)
        if row.problem:
            broken += 1
            if broken > limits.broken_rows:
                raise unreadable("too_many_broken_rows", Place(row=number), count=limits.broken_rows)
        yield row


def _row(number: int, cells: list[str], taken: list[str], codec: str) -> Row:
    text = taken[0] if len(taken) == 1 else "".join(taken)
    if not _ODD.search(text):
        return Row(number, tuple(cells), NO_FLAGS)
    flags = _mend(cells) if _CONTROL.search(text) else NO_FLAGS
    bad = re.compile("\ufffd") if codec.startswith("utf-16") else encodings.BROKEN
    problem: Finding | None = None
    if bad.search(text):
        column = next((i for i, cell in enumerate(cells) if bad.search(cell)), 0) + 1
        name = encodings.display_name(codec)
        problem = finding(
            "undecodable", Place(row=number, column=column), row=number, column=column, encoding=name
        )
        cells = [bad.sub("\ufffd", cell) for cell in cells]
    return Row(number, tuple(cells), flags, problem)


def _mend(cells: list[str]) -> dict[int, frozenset[Flag]]:
    """Take NULs out and turn C1 controls back, in place; what was done, by column."""
    flags: dict[int, frozenset[Flag]] = {}
    for column, cell in enumerate(cells):
        if _CONTROL.search(cell):
            flags[column] = _NUL if "\0" in cell else _MENDED
            cells[column] = cell.replace("\0", "").translate(_WINDOWS)
    return flags


def _tolerant(line: str, dialect: Dialect) -> list[str]:
    """The cells of one line when a quote closes a cell only before a separator or the end of the line;
    none when a quote stays open."""
    quote, delimiter = dialect.quote or '"', re.escape(dialect.delimiter)
    cells: list[str] = []
    at = 0
    pattern = re.compile(
        rf"{quote}((?:{quote}{quote}|.)*?){quote}(?={delimiter}|$)|([^{delimiter}]*)", re.DOTALL
    )
    while at <= len(line):
        match = pattern.match(line, at)
        assert match is not None  # noqa: S101 - the second branch matches anything
        cell = match.group(2)
        if cell is not None and cell.startswith(quote):
            return []
        if cell is None:
            cell = match.group(1).replace(quote * 2, quote)
            if dialect.escape:
                cell = cell.replace(dialect.escape + quote, quote)
        cells.append(cell)
        at = match.end() + 1
    return cells


def _broken(number: int, feed: _Feed, codec: str, dialect: Dialect, limit: int) -> Row:
    """Refuse the first line of a record that cannot be read, and go on with the line after it."""
    overlong = len(feed.taken[0]) >= min(limit, csv.field_size_limit())
    first = feed.give_back()
    place = Place(row=number)
    if overlong:
        feed.skip_rest_of_line(first)
        return Row(
            number,
            (),
            NO_FLAGS,
            finding("record_too_long", place, row=number, limit=min(limit, csv.field_size_limit())),
        )
    line = first.rstrip("\r\n").replace("\0", "")
    if first.endswith(("\n", "\r")) and len(cells := _tolerant(line, dialect)) == dialect.width > 1:
        return _row(number, cells, [first], codec)
    options = dialect.reader_options() | {"quoting": csv.QUOTE_NONE, "escapechar": None}
    cells = next(csv.reader([line], **options), [])  # type: ignore[arg-type]
    shown = tuple(encodings.BROKEN.sub("\ufffd", cell) for cell in cells)
    return Row(number, shown, NO_FLAGS, finding("broken_quotes", place, row=number))
