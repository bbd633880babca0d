"""Values as a binary COPY takes them: four bytes of length, then PostgreSQL's own format of the type.

A row is `start(columns)` followed by its cells in the order of the columns; rows of one customer share their cells.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812 - a cell of that name is made below
from functools import partial
from typing import Final
from uuid import UUID as Id  # noqa: N811 - a cell of that name is made below

NULL: Final = b"\xff\xff\xff\xff"
UUID: Final = b"\x00\x00\x00\x10"  # what stands before the 16 bytes of one
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_start = struct.Struct(">h").pack
length = struct.Struct(">i").pack  # what stands before so many bytes
_array = struct.Struct(">iiIii").pack  # dimensions, whether there are NULLs, type; length and lower bound
_TEXT_OID: Final = 25
_NO_TEXTS: Final = struct.pack(">iiiI", 12, 0, 0, _TEXT_OID)


def start(columns: int) -> bytes:
    return _start(columns)


def uuid(value: Id | None) -> bytes:
    return NULL if value is None else UUID + value.bytes


def text(value: str | None) -> bytes:
    return NULL if value is None else raw(value.encode())


def raw(value: bytes) -> bytes:
    """A bytea."""
    return length(len(value)) + value


# No functions of ours: a million rows have a hundred million cells.
int2: Final[Callable[[int], bytes]] = partial(struct.Struct(">ih").pack, 2)
int4: Final[Callable[[int], bytes]] = partial(struct.Struct(">ii").pack, 4)
int8: Final[Callable[[int], bytes]] = partial(struct.Struct(">iq").pack, 8)


def boolean(value: bool) -> bytes:  # noqa: FBT001 - a cell of this type
    return b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00"


def moment(value: datetime | None) -> bytes:
    """A timestamptz: microseconds since 2000."""
    if value is None:
        return NULL
    since = value - _EPOCH
    return int8((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


def date(value: Date | None) -> bytes:
    """A date: days since 2000."""
    return NULL if value is None else int4((value - _EPOCH.date()).days)


def texts(values: Sequence[str]) -> bytes:
    """A text[] of one dimension."""
    if not values:
        return _NO_TEXTS
    items = b"".join(text(value) for value in values)
    return raw(_array(1, 0, _TEXT_OID, len(values), 1) + items)


def jsonb(value: bytes) -> bytes:
    """A jsonb, given as JSON text."""
    return raw(b"\x01" + value)
