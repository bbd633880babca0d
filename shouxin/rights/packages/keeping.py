"""Pieces of a package under its key: written, read one by one, and gone with it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from shouxin.core.text import Text
from shouxin.rights.packages.models import Package, Piece
from shouxin.vault import parcels

PIECE = 256 * 1024  # bytes of a file sealed at once
ROWS = 200  # of a table sealed at once


def key_of(row: Package) -> parcels.ParcelKey:
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key or b""))


def name_of(table: str, number: int) -> str:
    """The name a piece is sealed under."""
    return f"{table or 'file'}:{number}"


def keep(key: parcels.ParcelKey, row: Package, table: str, number: int, content: bytes) -> None:
    sealed = key.seal(name_of(table, number), content)
    Piece.objects.create(package=row, table=table, number=number, sealed=sealed)


def keep_rows(key: parcels.ParcelKey, row: Package, table: str, number: int, rows: Sequence[Any]) -> None:
    keep(key, row, table, number, json.dumps(rows, ensure_ascii=False).encode())


def rows_in(key: parcels.ParcelKey, row: Package, table: str) -> Iterator[dict[str, Any]]:
    """The rows of one table, a piece at a time."""
    found = row.pieces.filter(table=table).order_by("number")
    for piece in found.iterator(chunk_size=1):
        yield from json.loads(key.open(name_of(table, piece.number), bytes(piece.sealed)))


def file_in(key: parcels.ParcelKey, row: Package) -> Iterator[bytes]:
    """The bytes of the file, a piece at a time."""
    for number, sealed in (
        row.pieces.filter(table="").order_by("number").values_list("number", "sealed").iterator(chunk_size=1)
    ):
        yield key.open(name_of("", number), bytes(sealed))


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
