"""The archive a person gets: data.json for programs with its schema, two pages to read and print, files, in a ZIP.

Rows are read once, a piece at a time, and told in all three places; what grows waits sealed until its place in the
archive has come, and bytes leave in pieces, whatever there is. The same content gives the same bytes, so that its hash
says what was frozen.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import RawIOBase
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from shouxin.kit.holdings import Table
from shouxin.rights.packages import reading
from shouxin.rights.packages.wording import Pair, Words

FORMAT, VERSION = "shouxin-access-package", 1
JSON_NAME, SCHEMA_NAME = "data.json", "data.schema.json"
SCHEMA = Path(__file__).with_name("access-package.schema.json")
PAGES = {"zh": "信息清单.html", "en": "statement.html"}

_DATA = "data"
_encode = msgspec.json.Encoder().encode

Parts = Callable[[], Iterator[tuple[Table, Iterable[Mapping[str, Any]]]]]


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of the archive: its name in it, and its bytes."""

    name: str
    content: Iterable[bytes]


class Waiting(Protocol):
    """Where a member of the archive waits while it is written: little of it in memory."""

    def add(self, text: str) -> None: ...

    def read(self) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into an archive. `parts` gives every table with its rows, once; `waiting` a place to wait, by name."""

    id: str
    number: str  # of the case
    made_at: datetime
    organisation: str
    parts: Parts
    files: Callable[[], Iterator[Attached]]
    words: Words
    waiting: Callable[[str], Waiting]
    deceased: bool = False  # for a close relative of whoever it is about


class Sink(RawIOBase):
    """Takes bytes as they come, hands them on in pieces of one size, and knows their number and hash."""

    def __init__(self, take: Callable[[bytes], None], size: int) -> None:
        self._take, self._piece, self._waiting = take, size, bytearray()
        self.hash, self.size = sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self.hash.update(content)
        self.size += len(content)
        self._waiting += content
        while len(self._waiting) >= self._piece:
            self._take(bytes(self._waiting[: self._piece]))
            del self._waiting[: self._piece]
        return len(content)

    def finish(self) -> None:
        if self._waiting:
            self._take(bytes(self._waiting))
            self._waiting.clear()


@dataclass(slots=True)
class _Archive:
    """A ZIP written in order, with the moment it was made as the time of everything in it."""

    zip: zipfile.ZipFile
    at: tuple[int, int, int, int, int, int]
    written: list[str] = field(default_factory=list)

    def add(self, name: str, content: Iterable[bytes]) -> None:
        about = zipfile.ZipInfo(name, self.at)
        about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self.zip.open(about, "w", force_zip64=True) as member:
            _pour(content, member)
        self.written.append(name)


def _pour(content: Iterable[bytes], into: IO[bytes]) -> None:
    for piece in content:
        into.write(piece)


def write(content: Content, sink: Sink) -> None:
    """The whole archive into `sink`."""
    at = content.made_at
    told = _told(content)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as opened:
        archive = _Archive(opened, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        for language, name in PAGES.items():
            archive.add(name, told[language].read())
        for attached in content.files():
            archive.add(attached.name, attached.content)
        files = [name for name in archive.written if name.startswith("files/")]
        told[_DATA].add(f'],\n"terms": {_json(content.words.terms())},\n"files": {_json(files)}}}\n')
        archive.add(JSON_NAME, told[_DATA].read())
        archive.add(SCHEMA_NAME, [SCHEMA.read_bytes()])
    sink.finish()


def _told(content: Content) -> dict[str, Waiting]:
    """Both pages, and what programs read (docs/formats/access-package.md) without its end; each row is read once."""
    told = {name: content.waiting(name) for name in (*PAGES, _DATA)}
    for language in PAGES:
        told[language].add(reading.opening(content, language))
    told[_DATA].add(_json(_head(content))[:-1] + ', "parts": [\n')
    for number, (table, rows) in enumerate(content.parts()):
        told[_DATA].add((",\n" if number else "") + _json(_about(table))[:-1] + ', "rows": [')
        for language in PAGES:
            told[language].add(reading.part(table, language))
        some = _rows(table, rows, reading.liner(table, content.words), told)
        for language in PAGES:
            told[language].add(reading.ENDED if some else reading.nothing(language))
        told[_DATA].add("]}")
    for language in PAGES:
        told[language].add(reading.CLOSING)
    return told


def _rows(
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    line: Callable[[Mapping[str, Any]], Pair],
    told: Mapping[str, Waiting],
) -> bool:
    """Whether there were any."""
    zh, en, data = told["zh"].add, told["en"].add, told[_DATA].add
    some = False
    for row in rows:
        if not some:
            for language in PAGES:
                told[language].add(reading.begun(table, language))
        chinese, english = line(row)
        zh(chinese)
        en(english)
        data((",\n" if some else "\n") + _json(row))
        some = True
    return some


def _head(content: Content) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": content.id,
        "request": content.number,
        "made_at": content.made_at.isoformat(),
        "organisation": content.organisation,
    }


def _about(table: Table) -> dict[str, Any]:
    return {
        "table": table.key,
        "title": both(table.name),
        "source": both(table.why.source),
        "purpose": both(table.why.purpose),
        "until": both(table.why.until),
        "columns": [
            {"key": one.key, "title": both(one.title), "reads": one.reads.value} for one in table.columns
        ],
    }


def both(text: Any) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _json(value: Any) -> str:
    return _encode(value).decode()
