"""Identifiers: UUIDv7 (RFC 9562 section 5.7), made in the application so that any PostgreSQL will do."""

import os
import struct
import threading
import time
import uuid

import msgspec

_lock = threading.Lock()
_COUNTER_MAX = 0xFFF
_FIXED = (0x7 << 76) | (0b10 << 62)  # version and variant
_RANDOM = (1 << 62) - 1
_UPPER, _LOWER = _FIXED >> 64, _FIXED & ((1 << 64) - 1)
# Ids are made of their bytes as msgpack writes them (a piece of sixteen, or a list of such), which takes a third of
# the time of `uuid.UUID`.
_LIST, _PIECE = struct.Struct(">BI").pack, struct.Struct(">HQQ").pack
_IS_LIST, _OF_SIXTEEN = 0xDD, 0xC410
_one = msgspec.msgpack.Decoder(uuid.UUID).decode
_all = msgspec.msgpack.Decoder(list[uuid.UUID]).decode
_last_ms = 0
_counter = 0


def new() -> uuid.UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, a 12-bit counter within the millisecond, 62 random bits.

    Strictly increasing within a process, so that rows made together sort in the order they were made.
    """
    random = int.from_bytes(os.urandom(8), "big") & _RANDOM
    with _lock:
        stamp = _stamp(_now())
    return _one(_PIECE(_OF_SIXTEEN, stamp, _LOWER | random))


def several(count: int) -> list[uuid.UUID]:
    """As many as `count`, in one go."""
    random = struct.unpack(f">{count}Q", os.urandom(8 * count))
    with _lock:
        ms = _now()
        stamps = [_stamp(ms) for _ in range(count)]
    pieces = [
        _PIECE(_OF_SIXTEEN, stamp, _LOWER | low & _RANDOM) for stamp, low in zip(stamps, random, strict=True)
    ]
    return _all(_LIST(_IS_LIST, count) + b"".join(pieces))


def _now() -> int:
    return time.time_ns() // 1_000_000


def _stamp(ms: int) -> int:
    """The upper half of the next, with moment and counter in their places; called with the lock held."""
    global _last_ms, _counter  # noqa: PLW0603 - the monotonic counter is process state by definition
    if ms > _last_ms:
        _last_ms, _counter = ms, 0
    else:
        _counter += 1
        if _counter > _COUNTER_MAX:
            _last_ms, _counter = _last_ms + 1, 0
    return _last_ms << 16 | _counter | _UPPER
