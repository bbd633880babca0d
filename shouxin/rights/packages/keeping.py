"""Pieces of a package under its key: written, read one by one, and gone with it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from typing import Any
from uuid import UUID

import msgspec

from shouxin.core.text import Text
from shouxin.rights.packages.models import Package, Piece
from shouxin.vault import parcels

PIECE = 256 * 1024  # bytes of a file sealed at once
ROWS = 200  # of a table sealed at once
TOGETHER = 16  # pieces stored and read at once
DRAFT = "draft:"  # before the name of a member of the archive that waits for its place
_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], list[dict[str, Any]]] = msgspec.json.Decoder(list[dict[str, Any]]).decode


def key_of(row: Package) -> parcels.ParcelKey:
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key or b""))


def name_of(table: str, number: int) -> str:
    """The name a piece is sealed under."""
    return f"{table or 'file'}:{number}"


def keep(key: parcels.ParcelKey, row: Package, table: str, number: int, content: bytes) -> None:
    sealed = key.seal(name_of(table, number), content)
    Piece.objects.create(package=row, table=table, number=number, sealed=sealed)


class Writer:
    """Seals rows a piece at a time, and stores several pieces at once."""

    def __init__(self, key: parcels.ParcelKey, row: Package) -> None:
        self._key, self._row, self._number, self._waiting = key, row, 0, list[Piece]()

    def rows(self, table: str, rows: Sequence[Any]) -> None:
        sealed = self._key.seal(name_of(table, self._number), _encode(rows))
        self._waiting.append(Piece(package=self._row, table=table, number=self._number, sealed=sealed))
        self._number += 1
        if len(self._waiting) >= TOGETHER:
            self.finish()

    def finish(self) -> None:
        Piece.objects.bulk_create(self._waiting)
        self._waiting = []


class Draft:
    """A member of the archive while it is written: as much as one piece in memory, what is more sealed as pieces."""

    def __init__(self, key: parcels.ParcelKey, row: Package, name: str) -> None:
        self._key, self._row, self._name = key, row, f"{DRAFT}{name}"
        self._waiting, self._length, self._number = list[str](), 0, 0

    def add(self, text: str) -> None:
        self._waiting.append(text)
        self._length += len(text)
        if self._length >= PIECE:
            keep(self._key, self._row, self._name, self._number, self._taken())
            self._number += 1

    def read(self) -> Iterator[bytes]:
        """All of it, in order; once."""
        for number in range(self._number):
            sealed = self._row.pieces.values_list("sealed", flat=True).get(table=self._name, number=number)
            yield self._key.open(name_of(self._name, number), bytes(sealed))
        yield self._taken()

    def _taken(self) -> bytes:
        content = "".join(self._waiting).encode()
        self._waiting, self._length = [], 0
        return content


Rows = Iterator[dict[str, Any]]


def parts(key: parcels.ParcelKey, row: Package) -> Iterator[tuple[str, Rows]]:
    """Every table that has rows, with them, in the order in which they were written; a few pieces in memory."""
    rows = row.pieces.exclude(table="").exclude(table__startswith=DRAFT)
    pieces = rows.order_by("number").iterator(chunk_size=TOGETHER)
    for table, some in groupby(pieces, key=lambda piece: piece.table):
        yield table, chain.from_iterable(_opened(key, piece) for piece in some)


def rows_in(key: parcels.ParcelKey, row: Package, table: str) -> Rows:
    """The rows of one table, a piece at a time."""
    for piece in row.pieces.filter(table=table).order_by("number").iterator(chunk_size=1):
        yield from _opened(key, piece)


def _opened(key: parcels.ParcelKey, piece: Piece) -> list[dict[str, Any]]:
    return _decode(key.open(name_of(piece.table, piece.number), bytes(piece.sealed)))


def file_in(key: parcels.ParcelKey, row: Package) -> Iterator[bytes]:
    """The bytes of the file, a piece at a time; each is looked for when its turn comes, and none once somebody has
    begun to fetch it anew.
    """
    number, pieces = 0, Piece.objects.filter(package_id=row.id, table="", package__attempt=row.attempt)
    while sealed := pieces.filter(number=number).values_list("sealed", flat=True).first():
        yield key.open(name_of("", number), bytes(sealed))
        number += 1


def _parcels(package: UUID) -> Iterator[tuple[str, bytes]]:
    for piece in Piece.objects.filter(package_id=package).order_by("table", "number").iterator(chunk_size=4):
        yield name_of(piece.table, piece.number), bytes(piece.sealed)


def _reseal(package: UUID) -> bool:
    row = Package.objects.select_for_update(of=("self",)).filter(id=package).first()
    if row is None or row.wrapped_key is None:
        return True  # handed over or run out meanwhile
    old, new = key_of(row), parcels.new_key(row.id)
    for piece in row.pieces.all().iterator(chunk_size=4):
        name = name_of(piece.table, piece.number)
        piece.sealed = new.seal(name, old.open(name, bytes(piece.sealed)))
        piece.save(update_fields=["sealed"])
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["key_suite", "wrapped_key"])
    return True


parcels.places.register(
    "rights.package",
    parcels.Place(
        "rights.package",
        Text("个人行权：汇集的材料", "What was put together for individuals"),
        Package,
        (("rights_package", "wrapped_key"), ("rights_package_piece", "sealed")),
        _parcels,
        _reseal,
    ),
)
