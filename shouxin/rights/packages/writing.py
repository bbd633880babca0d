"""The archive a person gets: data.json for programs, two pages to read and print, and files, in one ZIP.

It is written as a stream: rows are read a piece at a time and bytes leave in pieces, whatever there is. The same
content gives the same bytes, so that its hash says what was frozen.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import RawIOBase
from typing import IO, Any

from shouxin.kit.holdings import Table
from shouxin.rights.packages import reading
from shouxin.rights.packages.wording import Words

FORMAT, VERSION = "shouxin-access-package", 1
JSON_NAME = "data.json"
PAGES = {"zh": "信息清单.html", "en": "statement.html"}

Parts = Callable[[], Iterator[tuple[Table, Iterable[Mapping[str, Any]]]]]


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of the archive: its name in it, and its bytes."""

    name: str
    content: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into an archive. `parts` gives every table with its rows, as often as it is asked."""

    id: str
    number: str  # of the case
    made_at: datetime
    organisation: str
    parts: Parts
    files: Callable[[], Iterator[Attached]]
    words: Words


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
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as opened:
        archive = _Archive(opened, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        for language, name in PAGES.items():
            archive.add(name, (text.encode() for text in reading.page(content, language)))
        for attached in content.files():
            archive.add(attached.name, attached.content)
        archive.add(JSON_NAME, (text.encode() for text in machine(content, archive.written)))
    sink.finish()


def machine(content: Content, written: Iterable[str] = ()) -> Iterator[str]:
    """data.json, a row at a time (docs/formats/access-package.md)."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "id": content.id,
        "request": content.number,
        "made_at": content.made_at.isoformat(),
        "organisation": content.organisation,
    }
    yield _json(head)[:-1] + ', "parts": [\n'
    for number, (table, rows) in enumerate(content.parts()):
        yield (",\n" if number else "") + _json(_about(table))[:-1] + ', "rows": ['
        for place, row in enumerate(rows):
            content.words.note(table, row)
            yield (",\n" if place else "\n") + _json(row)
        yield "]}"
    files = [name for name in written if name.startswith("files/")]
    yield f'],\n"terms": {_json(content.words.terms())},\n"files": {_json(files)}}}\n'


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
    return json.dumps(value, ensure_ascii=False)
