"""A connection that a thread keeps from one short request to the next, instead of taking one out of the pool for each.

Taking one costs a statement, which asks whether it still answers. A connection that a restart of PostgreSQL broke has
something to say (that it is over), so looking whether there is anything to read tells as much, without asking.
"""

import select
import threading
import time
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import pq

LONGEST = 600.0  # seconds; then it goes back, so that the pool can part with it


class _Held:
    """Gives the connection back when its thread ends, which nobody else would."""

    def __init__(self, known: Any) -> None:
        self.known = known
        self.raw: Any = None
        self.since = 0.0

    def __del__(self) -> None:
        if self.raw is not None and self.known.connection is self.raw:
            self.known.inc_thread_sharing()  # the thread's number may be another's by now
            self.known.close()


_here = threading.local()


def take() -> None:
    """Have a connection that answers; called before the first statement of a request."""
    known: Any = connections[DEFAULT_DB_ALIAS]
    raw = known.connection
    if raw is None:
        known.ensure_connection()
    elif not known.in_atomic_block and (_has_news(raw) or _is_old(raw)):
        known.close()
        known.ensure_connection()


def leave() -> None:
    """Keep the connection for the next request of this thread, if nothing is the matter with it."""
    known: Any = connections[DEFAULT_DB_ALIAS]
    raw = known.connection
    if raw is None or known.in_atomic_block:
        return
    if known.errors_occurred or raw.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        known.close()
        return
    held = getattr(_here, "held", None)
    if held is None:
        held = _here.held = _Held(known)
    if held.raw is not raw:
        held.raw, held.since = raw, time.monotonic()


def _has_news(raw: Any) -> bool:
    poll = select.poll()
    poll.register(raw.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))


def _is_old(raw: Any) -> bool:
    held = getattr(_here, "held", None)
    return held is not None and held.raw is raw and time.monotonic() - held.since > LONGEST
