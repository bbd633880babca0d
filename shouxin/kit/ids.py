"""Identifiers: UUIDv7 (RFC 9562 section 5.7), made in the application so that any PostgreSQL will do."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_COUNTER_MAX = 0xFFF
_FIXED = (0x7 << 76) | (0b10 << 62)  # version and variant
_RANDOM = (1 << 62) - 1
_last_ms = 0
_counter = 0


def new() -> uuid.UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, a 12-bit counter within the millisecond, 62 random bits.

    Strictly increasing within a process, so that rows made together sort in the order they were made.
    """
    random = int.from_bytes(os.urandom(8), "big") & _RANDOM
    with _lock:
        stamp = _stamp()
    return uuid.UUID(int=stamp | random)


def several(count: int) -> list[uuid.UUID]:
    """As many as `count`, in one go."""
    random = os.urandom(8 * count)
    with _lock:
        stamps = [_stamp() for _ in range(count)]
    return [
        uuid.UUID(int=stamp | int.from_bytes(random[8 * n : 8 * n + 8], "big") & _RANDOM)
        for n, stamp in enumerate(stamps)
    ]


def _stamp() -> int:
    """Moment and counter of the next, in their places; called with the lock held."""
    global _last_ms, _counter  # noqa: PLW0603 - the monotonic counter is process state by definition
    ms = time.time_ns() // 1_000_000
    if ms > _last_ms:
        _last_ms, _counter = ms, 0
    else:
        _counter += 1
        if _counter > _COUNTER_MAX:
            _last_ms, _counter = _last_ms + 1, 0
    return (_last_ms << 80) | (_counter << 64) | _FIXED
