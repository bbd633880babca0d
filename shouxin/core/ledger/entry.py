"""The bytes of one journal entry, version 1 (docs/formats/journal-entry.md).

`0x01 ‖ JSON`, the JSON canonical in the sense of RFC 8785 within a smaller alphabet: keys sorted, no
spaces, printable ASCII strings, whole numbers, true, false, null, lists and objects. One entry has exactly
one encoding. Values are *codes*: names of fields, counts, ids, digests (at least 32 hexadecimal digits). Free
text, e-mail addresses, telephone numbers and numbers of documents are refused by their shape, so that what is
never erased holds nothing that must be.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from shouxin.core.ledger.errors import EntryError

VERSION = b"\x01"
LONGEST = 0xFFFF  # bytes; an entry bundle prefixes each entry with two bytes of length (C2SP tlog-tiles)
LONGEST_CODE = 200  # characters of one string
DEEPEST = 4  # levels of lists and objects inside `data`
REMEMBERED = 4096  # strings that were found to be codes
LARGEST = 10_000_000_000  # whole numbers stay below: a mobile number of eleven digits is not a count

JSON: TypeAlias = "str | int | bool | UUID | date | Enum | Sequence[JSON] | Mapping[str, JSON] | None"

_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,79}")
_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/+-]*")
_DIGITS = re.compile(r"[0-9]{7}|[0-9](?:[-_.:/+]?[0-9]){8}")  # 7 in a row or 9 in groups; a date has 8
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGEST = re.compile(r"(?:[a-z0-9-]{1,20}:)?[0-9a-f]{32,128}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)?")
_encoder = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: `event`, done by the pseudonym `actor`, at `at` (aware; in UTC to the microsecond)."""

    id: UUID
    at: datetime
    event: str
    actor: UUID
    customer: UUID | None
    purpose: str | None
    data: Mapping[str, Any]


class _Wire(msgspec.Struct, forbid_unknown_fields=True):
    actor: UUID
    at: str
    customer: UUID | None
    data: dict[str, Any]
    event: str
    id: UUID
    purpose: str | None


class _Heads(msgspec.Struct):
    actor: UUID
    at: str
    customer: UUID | None
    event: str
    id: UUID
    purpose: str | None


_decoder = msgspec.json.Decoder(_Wire)
_heads_decoder = msgspec.json.Decoder(_Heads)
Heads: TypeAlias = tuple[UUID, str, str, UUID, UUID | None, str | None]


def encode(entry: Entry) -> bytes:
    """The canonical bytes of `entry`.

    Raises:
        EntryError: a value is not a code, the time is naive, or the result is longer than 65,535 bytes.
    """
    if entry.at.tzinfo is None:
        raise EntryError("an entry needs an aware time")
    if not _EVENT.fullmatch(entry.event):
        raise EntryError("an event is named <thing>.<past participle>, in small letters")
    wire = _Wire(
        actor=entry.actor,
        at=moment(entry.at),
        customer=entry.customer,
        data={_key(key): _code(value, DEEPEST) for key, value in entry.data.items()},
        event=entry.event,
        id=entry.id,
        purpose=None if entry.purpose is None else _text(entry.purpose),
    )
    body = VERSION + _encoder.encode(wire)
    if len(body) > LONGEST:
        raise EntryError(f"an entry holds at most {LONGEST} bytes")
    return body


class Repeated:
    """Entries that differ in id, time and customer alone: the bytes that `encode` gives, in a fraction of its time.

    Raises (at making):
        EntryError: as `encode`.
    """

    __slots__ = ("_data", "_end", "_head")

    def __init__(self, *, event: str, actor: UUID, purpose: str | None, data: Mapping[str, Any]) -> None:
        nil = UUID(int=0)
        sample = Entry(nil, datetime(2000, 1, 1, tzinfo=UTC), event, actor, nil, purpose, data)
        body = encode(sample).decode("ascii")
        content = _encoder.encode({_key(key): _code(value, DEEPEST) for key, value in data.items()}).decode(
            "ascii"
        )
        self._head = f'{VERSION.decode()}{{"actor":"{actor}","at":"'
        self._data = f'","data":{content},"event":"{event}","id":"'
        self._end = f'","purpose":{_encoder.encode(purpose).decode("ascii")}}}'
        if self.encode(nil, sample.at, nil).decode("ascii") != body:
            raise EntryError("an entry is not put together as it is encoded")

    def encode(self, identity: UUID, at: datetime, customer: UUID) -> bytes:
        """The canonical bytes of the entry with these; `at` is aware."""
        text = f'{self._head}{moment(at)}","customer":"{customer}{self._data}{identity}{self._end}'
        return text.encode("ascii")

    def encode_many(self, identities: Sequence[UUID], at: datetime, customers: Sequence[UUID]) -> list[bytes]:
        """As `encode`, for entries of one moment, each about one customer."""
        head, data, end = f'{self._head}{moment(at)}","customer":"', self._data, self._end
        return [
            f"{head}{customer}{data}{identity}{end}".encode("ascii")
            for identity, customer in zip(_written(identities), _written(customers), strict=True)
        ]


def _written(ids: Sequence[UUID]) -> list[str]:
    """Each as `str` writes it, which takes ten times as long."""
    return _encoder.encode(ids)[2:-2].decode("ascii").split('","') if ids else []


def decode(body: bytes) -> Entry:
    """The entry of canonical bytes; anything that `encode` would have written otherwise is refused.

    Raises:
        EntryError: unknown version, not the JSON expected, or not canonical.
    """
    if body[:1] != VERSION:
        raise EntryError("unknown version of journal entry")
    try:
        wire = _decoder.decode(body[1:])
        at = datetime.fromisoformat(wire.at)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise EntryError("not a journal entry") from error
    entry = Entry(
        id=wire.id,
        at=at,
        event=wire.event,
        actor=wire.actor,
        customer=wire.customer,
        purpose=wire.purpose,
        data=wire.data,
    )
    if encode(entry) != body:
        raise EntryError("not canonical")
    return entry


def heads(body: bytes) -> Heads:
    """(id, time as written, event, actor, customer, purpose) without looking at the rest; for going over millions.

    Raises:
        EntryError: not an entry.
    """
    try:
        found = _heads_decoder.decode(body[1:])
    except msgspec.MsgspecError as error:
        raise EntryError("not a journal entry") from error
    return found.id, found.at, found.event, found.actor, found.customer, found.purpose


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, always six digits of fraction and `Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@lru_cache(maxsize=REMEMBERED)
def _key(key: object) -> str:
    if not isinstance(key, str) or not _KEY.fullmatch(key) or _DIGITS.search(key):
        raise EntryError("a key of journal data is not a name")
    return str(key)


@lru_cache(maxsize=REMEMBERED)  # names of fields and groups come again and again; what is refused is not kept
def _text(value: str) -> str:
    """A code, an id, a digest or a moment; never a sentence, an address or a number of a person."""
    if len(value) <= LONGEST_CODE and (
        (_CODE.fullmatch(value) and not _DIGITS.search(_UUID.sub("", value)))
        or _DIGEST.fullmatch(value)
        or _MOMENT.fullmatch(value)
    ):
        return value
    raise EntryError("a value of journal data is not a code")


def _code(value: object, depth: int) -> Any:
    """`value` in the types of the format; types are checked exactly: nothing slips in by conversion."""
    if isinstance(value, Enum):
        value = value.value
    kind = type(value)
    if value is None or kind is bool:
        return value
    if isinstance(value, str):
        return _text(str(value))
    if kind is int and isinstance(value, int):
        if abs(value) >= LARGEST:
            raise EntryError("a number of journal data is too large for a count")
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return moment(value) if value.tzinfo else _refused()
    if isinstance(value, date):
        return value.isoformat()
    return _nested(value, depth)


def _nested(value: object, depth: int) -> Any:
    if depth > 0 and isinstance(value, (list, tuple)):
        return [_code(item, depth - 1) for item in value]
    if depth > 0 and isinstance(value, Mapping):
        return {_key(key): _code(item, depth - 1) for key, item in value.items()}
    return _refused()


def _refused() -> Any:
    raise EntryError("a value of journal data is of no type the format knows")
