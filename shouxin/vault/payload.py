"""What stands inside a sealed blob: MessagePack, see docs/formats/sealed-blob.md.

payload = [provenances, fields]
provenances = list of 16-byte ids, each named once
fields = map: field key → [text, index into provenances, mark, problem]; mark and problem left out when 0/nil
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Protocol
from uuid import UUID

import msgspec


class Mark(IntEnum):
    """How far a value was checked."""

    UNVERIFIED = 0  # 未核验
    FORMAT = 1  # 格式通过
    VERIFIED = 2  # 已核验


class Value(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One value as it is stored: text, where it came from, how far it was checked, what is wrong with it."""

    text: str
    provenance: UUID
    mark: int = 0
    problem: str | None = None


class Entered(Protocol):
    """A value on its way in: as `Value`, its provenance told once for all values of a write."""

    @property
    def text(self) -> str: ...
    @property
    def mark(self) -> int: ...
    @property
    def problem(self) -> str | None: ...


class Cell(msgspec.Struct, array_like=True, omit_defaults=True, gc=False):
    """One value in a blob; `provenance` is its place among those named first."""

    text: str
    provenance: int = 0
    mark: int = 0
    problem: str | None = None


class _Payload(msgspec.Struct, array_like=True, gc=False):
    provenances: list[bytes]
    fields: dict[str, Cell]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Payload).decode


def encode(values: Mapping[str, Value | None]) -> bytes:
    """The plaintext of a blob; None is a field that was taken away, and leaves nothing in it."""
    places: dict[UUID, int] = {}
    fields: dict[str, Cell] = {}
    last, place = None, 0
    for key, value in values.items():
        if value is None:
            continue
        if value.provenance is not last:  # most often all values of a record are of one
            last = value.provenance
            place = places.setdefault(last, len(places))
        fields[key] = Cell(value.text, place, value.mark, value.problem)
    return _encode(_Payload([provenance.bytes for provenance in places], fields))


def encode_entered(values: Mapping[str, Entered | None], provenance: bytes) -> bytes:
    """As `encode`, for values that all are of one provenance (16 bytes)."""
    fields = {
        key: (value.text, 0, value.mark, value.problem) for key, value in values.items() if value is not None
    }
    return _encode(([provenance] if fields else [], fields))


@lru_cache(maxsize=4096)
def _id(raw: bytes) -> UUID:
    """All values of a batch are of one provenance, and making an id costs more than finding it again."""
    return UUID(bytes=raw)


def columns(plaintexts: Iterable[bytes]) -> list[tuple[list[UUID], dict[str, Cell]]]:
    """As `cells`, of many blobs: most name the same provenances as the one before."""
    found, last, ids = [], None, []
    for payload in map(_decode, plaintexts):
        if payload.provenances != last:
            last = payload.provenances
            ids = list(map(_id, last))
        found.append((ids, payload.fields))
    return found


def cells(plaintext: bytes) -> tuple[list[UUID], dict[str, Cell]]:
    """Provenances and fields as they stand in a blob, for whoever needs a few of the values of many."""
    payload = _decode(plaintext)
    return list(map(_id, payload.provenances)), payload.fields


def decode(plaintext: bytes) -> dict[str, Value]:
    """The values of a blob; the bytes were authenticated, so damage here would be a defect of ours."""
    provenances, fields = cells(plaintext)
    return {
        key: Value(cell.text, provenances[cell.provenance], cell.mark, cell.problem)
        for key, cell in fields.items()
    }
