"""The rows of a statement before it is committed, so that PostgreSQL writes to its disk while we work on them.

What they hold is made known to nobody before `settle` has come back: only then is the statement's transaction on the
disk. If that fails, `settle` raises, and nothing has happened. Any other statement on the connection settles first.
"""

import select
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg import errors, pq

from shouxin.kit import direct

LOOKS = 30  # some thirty microseconds
_ENDS = 4  # of results in a row that say nothing, where two are to be expected
_SOUND = pq.ConnStatus.OK
_unsettled: WeakSet[psycopg.Connection[Any]] = WeakSet()
_SYNC, _ROWS = pq.ExecStatus.PIPELINE_SYNC, pq.ExecStatus.TUPLES_OK


def rows(
    connection: psycopg.Connection[Any], statement: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """As `direct.rows`, and not committed yet: `settle` has to follow, whatever happens.

    Raises:
        NotHere, psycopg.Error: as `direct.rows`; then nothing has to be settled.
    """
    (name, reading, formats), values = direct.bound(connection, statement, parameters)
    here = connection.pgconn
    here.enter_pipeline_mode()
    _unsettled.add(connection)
    # The server sends the rows when it is asked to flush, and commits when it reads what stands behind.
    here.send_query_prepared(name, values, formats, pq.Format.BINARY)
    here.send_flush_request()
    here.pipeline_sync()
    result = _next(here)
    if result is not None and result.status == _ROWS:
        return direct.read(connection, result, reading)
    if result is not None and direct.sqlstate(result) == direct.FORGOTTEN:
        _drain(connection)
        return direct.rows(connection, statement, parameters)  # which prepares it again
    _drain(connection)
    raise errors.error_from_result(result) if result is not None else psycopg.OperationalError("no answer")


def settle(connection: psycopg.Connection[Any]) -> None:
    """Wait until what was asked early is committed; nothing, where nothing was.

    Raises:
        psycopg.Error: it was not committed.
    """
    here = connection.pgconn
    if not here.pipeline_status and here.status == _SOUND:
        return  # the usual case, told sooner than by looking among all connections
    if connection in _unsettled and (failed := _drain(connection)) is not None:
        raise errors.error_from_result(failed)


def _drain(connection: psycopg.Connection[Any]) -> Any:
    """Read up to the end; the result that says what went wrong, if anything did."""
    _unsettled.discard(connection)
    here, failed, ends = connection.pgconn, None, 0
    _look_out(here)
    while ends < _ENDS:
        result = _next(here)
        if result is None:
            ends += 1
        elif result.status == _SYNC:
            here.exit_pipeline_mode()
            return failed
        else:
            failed, ends = result, 0
    connection.close()  # nobody knows what it would answer next
    raise psycopg.OperationalError("the connection was lost before the commit was known")


def _look_out(here: Any) -> None:
    """Look a moment whether the commit has come, before sleeping until it does: by now it mostly is about to, and
    being woken takes longer. Other threads may work between two looks."""
    poll = select.poll()
    poll.register(here.socket, select.POLLIN)
    for _ in range(LOOKS):
        if poll.poll(0):
            return


def _next(here: Any) -> Any:
    """The next result; waits without keeping other threads from working, which libpq itself would not."""
    while (unsent := here.flush()) or here.is_busy():
        poll = select.poll()
        poll.register(here.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
        poll.poll()
        here.consume_input()
    return here.get_result()
