"""Identifiers: UUIDv7 (RFC 9562 section 5.7), made in the application so that any PostgreSQL will do."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_COUNTER_MAX = 0xFFF
_last_ms = 0
_counter = 0


def new() -> uuid.UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, a 12-bit counter within the millisecond, 62 random bits.

    Strictly increasing within a process, so that rows made together sort in the order they were made.
    """
    global _last_ms, _counter  # noqa: PLW0603 - the monotonic counter is process state by definition
    with _lock:
        ms = time.time_ns() // 1_000_000
        if ms > _last_ms:
            _last_ms, _counter = ms, 0
        else:
            _counter += 1
            if _counter > _COUNTER_MAX:
                _last_ms, _counter = _last_ms + 1, 0
        stamp, count = _last_ms, _counter
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return uuid.UUID(int=(stamp << 80) | (0x7 << 76) | (count << 64) | (0b10 << 62) | tail)
