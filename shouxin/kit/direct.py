"""Statements by the shortest way: parameters in PostgreSQL's own format, prepared once, rows decoded as they come.

What a cursor of psycopg does besides (taking the text apart at every call, waiting in Python, choosing adapters) costs
more than most of our statements take. Here the text is taken apart once a process and prepared once a connection. What
the server has forgotten is prepared again; within a transaction that would be too late, so psycopg, which has it
forget everything after a rollback, is listened to. The statement that begins a transaction is left to psycopg.
Whatever is not known here (a rare type of parameter or column) is left to psycopg, which gives the same.
"""

import re
import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary, ref

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

KEPT = 300  # prepared statements a connection
LONGEST = 64  # rows of which each is decoded here; more are decoded by psycopg, which is quicker at many
FORGOTTEN = "26000"  # psycopg deallocates all there is after a rollback
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = date(2000, 1, 1)
_HEAD = 20  # bytes before the first element of an array of one dimension
_PLACEHOLDER = re.compile(r"%(?:%|\((?P<name>[^)]+)\)(?P<kind>[sb])|(?P<bare>[sb]))")
_BOOL, _BYTEA, _INT8, _INT2, _INT4, _TEXT, _VARCHAR, _MOMENT, _UUID = 16, 17, 20, 21, 23, 25, 1043, 1184, 2950
_DATE, _TEXTS, _VARCHARS, _UUIDS = 1082, 1009, 1015, 2951
_ARRAYS: Final = {_UUID: 2951, _TEXT: 1009, _BYTEA: 1001}
_BINARY, _AS_TEXT = pq.Format.BINARY, pq.Format.TEXT
_IDLE, _WITHIN, _ROWS = pq.TransactionStatus.IDLE, pq.TransactionStatus.INTRANS, pq.ExecStatus.TUPLES_OK
_WENT_WELL = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})
_length, _array = struct.Struct(">i").pack, struct.Struct(">iiIii").pack
_SIXTEEN: Final = _length(16)  # before each id of an array
_int2, _int4, _int8 = (struct.Struct(code).pack for code in (">h", ">i", ">q"))
_INTEGERS = (
    (_INT2, _int2, 15),
    (_INT4, _int4, 31),
    (_INT8, _int8, 63),
)  # and the bits of each beside its sign

Cell = tuple[int, bytes | None]  # type and bytes of one parameter
Reading = list[tuple[int, Callable[[bytes], Any]]] | None  # how each column is read; None where psycopg is to

Statement = tuple[bytes, Reading, list[pq.Format]]  # its name, and the formats of its parameters


class NotHere(Exception):
    """For psycopg; nothing has been sent."""


class Ready:
    """A parameter that many statements are given alike, put into PostgreSQL's format once.

    Raises (at making):
        NotHere: it is for psycopg.
    """

    __slots__ = ("cell", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.cell = _cell(value, as_is=False)


def kept(value: Any) -> Any:
    """`value` made ready, if it can be."""
    try:
        return Ready(value)
    except NotHere:
        return value


def plain(parameters: Sequence[Any] | Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
    """The parameters for psycopg, which knows of none that are ready."""
    if isinstance(parameters, Mapping):
        return {name: _plain(value) for name, value in parameters.items()}
    return [_plain(value) for value in parameters]


def _plain(value: Any) -> Any:
    return value.value if type(value) is Ready else value


class _Prepared:
    """What is prepared on one connection, by text and types of parameters; the oldest goes when there are too many."""

    __slots__ = ("known", "number")

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.known: dict[tuple[str, tuple[int, ...]], Statement] = {}
        self.number = 0
        own, here, forget = type(connection)._deallocate, ref(connection), self.known.clear  # noqa: SLF001

        def deallocate(name: bytes | None) -> Any:
            if name is None:  # all there are, ours too
                forget()
            connection = here()
            return own(connection, name) if connection is not None else iter(())

        # There is no other way to hear of it; a test asks again after every kind of rollback.
        connection._deallocate = deallocate  # type: ignore[method-assign]  # noqa: SLF001


_prepared: WeakKeyDictionary[psycopg.Connection[Any], _Prepared] = WeakKeyDictionary()


def stands_alone(connection: psycopg.Connection[Any]) -> bool:
    """Whether the next statement is a transaction of its own: none is open, nor to be opened by it."""
    return connection.autocommit and connection.pgconn.transaction_status == _IDLE


def is_open_to(connection: psycopg.Connection[Any]) -> bool:
    """Whether statements may go this way now: alone, or within a transaction that has begun and is sound."""
    return connection.pgconn.transaction_status == (_IDLE if connection.autocommit else _WITHIN)


def rows(
    connection: psycopg.Connection[Any], statement: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """All rows of `statement`, which psycopg would give as well; none when it gives no rows.

    Raises:
        NotHere: something in it is for psycopg.
        psycopg.Error: what psycopg would raise.
    """
    (name, reading, formats), values = bound(connection, statement, parameters)
    result = connection.pgconn.exec_prepared(name, values, formats, _BINARY)
    if result.status not in _WENT_WELL and sqlstate(result) == FORGOTTEN:
        _prepared[connection].known.clear()
        if stands_alone(connection):
            (name, reading, formats), values = bound(connection, statement, parameters)
            result = connection.pgconn.exec_prepared(name, values, formats, _BINARY)
    if result.status not in _WENT_WELL:
        raise errors.error_from_result(result)
    return read(connection, result, reading) if result.status == _ROWS else []


def bound(
    connection: psycopg.Connection[Any], statement: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> tuple[Statement, list[Any]]:
    """The prepared statement with its values, as libpq takes them.

    Raises: as `rows`.
    """
    named = isinstance(parameters, (dict, Mapping))  # a dict is told ten times as fast
    text, names, binary = _taken_apart(statement, named)
    given = [parameters[name] for name in names] if named else parameters  # type: ignore[call-overload]
    if len(given) != len(binary):
        raise NotHere
    encoder = _ENCODE.get
    cells = [
        value.cell
        if (kind := type(value)) is Ready
        else encode(value)
        if (encode := encoder(kind))
        else _cell(value, as_is=as_is)
        for value, as_is in zip(given, binary, strict=True)
    ]
    types = tuple([oid for oid, _ in cells])
    values = [value for _, value in cells]
    prepared = _prepared.get(connection)
    if prepared is None:
        prepared = _prepared[connection] = _Prepared(connection)
    return prepared.known.get((text, types)) or _prepare(connection, prepared, text, types), values


@lru_cache(maxsize=512)
def _taken_apart(statement: str, named: bool) -> tuple[str, list[str], list[bool]]:  # noqa: FBT001 - cached by it
    """The text as the server takes it; the name of each parameter, or its number; whether each is sent in binary."""
    order: dict[str, int] = {}
    binary: list[bool] = []

    def numbered(found: re.Match[str]) -> str:
        name, kind = found["name"], found["kind"] or found["bare"]
        if kind is None:
            return "%"
        if named is not (name is not None):
            raise NotHere
        key = name or str(len(binary))
        if key not in order:
            order[key] = len(order) + 1
            binary.append(kind == "b")
        return f"${order[key]}"

    return _PLACEHOLDER.sub(numbered, statement), list(order), binary


def _prepare(
    connection: psycopg.Connection[Any], prepared: _Prepared, text: str, types: tuple[int, ...]
) -> Statement:
    here = connection.pgconn
    if len(prepared.known) >= KEPT:
        oldest = next(iter(prepared.known))
        _well(here.exec_(b"DEALLOCATE " + prepared.known.pop(oldest)[0]))
    prepared.number += 1
    name = b"shouxin_%d" % prepared.number
    _well(here.prepare(name, text.encode(), types))
    told = here.describe_prepared(name)
    _well(told)
    columns = [(column, _READ.get(told.ftype(column))) for column in range(told.nfields)]
    readable = [(column, read) for column, read in columns if read is not None]
    reading = readable if len(readable) == len(columns) else None
    # Texts without a type are sent as such (as psycopg does for %s), all the rest in binary; NULL has no format.
    formats = [_BINARY if oid else _AS_TEXT for oid in types]
    known = prepared.known[text, types] = name, reading, formats
    return known


def _well(result: Any) -> None:
    if result.status not in _WENT_WELL and sqlstate(result) != FORGOTTEN:
        raise errors.error_from_result(result)


def sqlstate(result: Any) -> str:
    """The code of what went wrong."""
    return bytes(result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()


def read(connection: psycopg.Connection[Any], result: Any, reading: Reading) -> list[tuple[Any, ...]]:
    """The rows of a result."""
    count = result.ntuples
    if count > LONGEST or reading is None:
        transformer = Transformer(connection)
        transformer.set_pgresult(result)
        found: list[tuple[Any, ...]] = transformer.load_rows(0, count, tuple)
        return found
    value = result.get_value
    return [
        tuple([None if (cell := value(row, column)) is None else read(cell) for column, read in reading])
        for row in range(count)
    ]


def _cell(value: Any, *, as_is: bool) -> Cell:
    """One parameter; `as_is` where it has the type it has here (%b), and is not for the server to find out (%s)."""
    if type(value) is str:
        if "\0" in value:
            raise NotHere  # the server would see the text end there; psycopg refuses it
        return (_TEXT if as_is else 0), value.encode()
    encode = _ENCODE.get(type(value))
    if encode is None:
        raise NotHere
    return encode(value)


def _of_int(value: int) -> Cell:
    """In the smallest type that holds it, as psycopg chooses it."""
    bits = (value if value >= 0 else ~value).bit_length()
    for oid, pack, most in _INTEGERS:
        if bits <= most:
            return oid, pack(value)
    raise NotHere


def _of_moment(value: datetime) -> Cell:
    if value.tzinfo is None:
        raise NotHere
    since = value - _EPOCH
    return _MOMENT, _int8((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


_ONE_UUID: Final = _array(1, 0, _UUID, 1, 1) + _length(16)


def _of_list(value: list[Any]) -> Cell:
    """A list of one dimension, all of one type; one that is empty or holds NULL is for psycopg."""
    if len(value) == 1 and type(value[0]) is UUID:
        return _UUIDS, _ONE_UUID + value[0].bytes
    kinds = set(map(type, value))
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is UUID:
        ids = [one.bytes for one in value]
        return _ARRAYS[_UUID], _array(1, 0, _UUID, len(ids), 1) + _SIXTEEN + _SIXTEEN.join(ids)
    if kind is str:
        element, items = _TEXT, [one.encode() for one in value]
    elif kind is bytes:
        element, items = _BYTEA, value
    else:
        raise NotHere
    parts = [_array(1, 0, element, len(items), 1)]
    for item in items:
        parts += (_length(len(item)), item)
    return _ARRAYS[element], b"".join(parts)


def _of_date(value: date) -> Cell:
    return _DATE, _int4((value - _FIRST_DAY).days)


_ENCODE: dict[type, Callable[[Any], Cell]] = {
    type(None): lambda _value: (0, None),
    UUID: lambda value: (_UUID, value.bytes),
    bytes: lambda value: (_BYTEA, value),
    bool: lambda value: (_BOOL, b"\x01" if value else b"\x00"),
    int: _of_int,
    date: _of_date,
    datetime: _of_moment,
    list: _of_list,
}


@lru_cache(maxsize=4096)
def _uuid(cell: bytes) -> UUID:
    """Making one costs more than finding it again, and a row of ours names the same customer several times."""
    return UUID(bytes=cell)


def _moment(cell: bytes) -> datetime:
    """Raises: psycopg.DataError: beyond what a datetime holds, such as infinity."""
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(cell, "big", signed=True))
    except OverflowError as error:
        raise psycopg.DataError("a moment beyond what can be told") from error


def _elements(cell: bytes, read: Callable[[bytes], Any]) -> list[Any]:
    """Of an array of one dimension, as all ours are; NULL stays None."""
    if cell[3] > 1:
        raise psycopg.DataError("an array of several dimensions")
    count = int.from_bytes(cell[12:16], "big") if len(cell) > _HEAD - 8 else 0
    found: list[Any] = []
    place = _HEAD
    for _ in range(count):
        length = int.from_bytes(cell[place : place + 4], "big", signed=True)
        place += 4
        if length < 0:
            found.append(None)
            continue
        found.append(read(cell[place : place + length]))
        place += length
    return found


@lru_cache(maxsize=4096)
def _whole(cell: bytes) -> int:
    """Found again rather than read, as the ids are: versions, suites and the like are few."""
    return int.from_bytes(cell, "big", signed=True)


_READ: dict[int, Callable[[bytes], Any]] = {
    _UUID: _uuid,
    _TEXT: bytes.decode,
    _VARCHAR: bytes.decode,
    _BYTEA: bytes,
    _INT2: _whole,
    _INT4: _whole,
    _INT8: _whole,
    _BOOL: lambda cell: cell == b"\x01",
    _MOMENT: _moment,
    _UUIDS: lambda cell: _elements(cell, _uuid),
    _TEXTS: lambda cell: _elements(cell, bytes.decode),
    _VARCHARS: lambda cell: _elements(cell, bytes.decode),
}
