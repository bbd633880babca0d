"""The search for duplicates in the background; it may be cut off anywhere and is done again from the start."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from psycopg_pool import PoolTimeout

from shouxin.core.crypto.errors import CryptoError
from shouxin.customers.duplicates import finding, probable, services
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.vault.errors import VaultError


def never() -> bool:
    """Nobody asks to stop."""
    return False


@app.task(name=services.SEARCH, queue=services.QUEUE, pass_context=True)
def search(context: JobContext, *, run: str) -> None:
    """One run that somebody asked for, or the calendar."""
    work(run=UUID(run), now=clock.now(), stop=context.should_abort)


@app.periodic(cron="17 2 * * 0")
@app.task(name="duplicates.weekly", queue=services.QUEUE, queueing_lock="duplicates.weekly")
def weekly(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Every Sunday night."""
    services.ask_by_calendar(now=clock.now())


def work(*, run: UUID, now: datetime, stop: Callable[[], bool] = never) -> None:
    """The search of a run, from the start; why it cannot go on stands in the run."""
    row = finding.begin(run, now)
    if row is None:
        return
    try:
        finding.search(row, now, stop)
    except finding.Stopped:
        raise JobAborted from None
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # without its database: it is done again
    except (VaultError, CryptoError):
        finding.fail(run, "keys", now)
    except gate.Refused:
        finding.fail(run, "rules", now)
    except probable.EngineFailed as problem:
        finding.fail(run, problem.code, now)
    except Exception:
        finding.fail(run, "unexpected", now)
        raise
