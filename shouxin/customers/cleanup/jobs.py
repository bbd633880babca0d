"""The clean-up pass in the background; cut off, it begins again."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from psycopg_pool import PoolTimeout

from shouxin.core.crypto.errors import CryptoError
from shouxin.customers.cleanup import finding, services
from shouxin.customers.cleanup.models import CleanupRun
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.vault.errors import VaultError


def never() -> bool:
    """Nobody asks to stop."""
    return False


@app.task(name=services.LIST, queue=services.QUEUE, pass_context=True)
def make_list(context: JobContext, *, run: str) -> None:
    """One pass that somebody asked for, or the calendar."""
    work(run=UUID(run), now=clock.now(), stop=context.should_abort)


@app.periodic(cron="37 3 1 * *")
@app.task(name="cleanup.monthly", queue=services.QUEUE, queueing_lock="cleanup.monthly")
def monthly(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """On the first of every month."""
    services.ask_by_calendar(now=clock.now())


def work(*, run: UUID, now: datetime, stop: Callable[[], bool] = never) -> None:
    """The pass, from the start; why it cannot go on stands in the run."""
    try:
        finding.work(run, now, stop)
    except finding.Stopped:
        raise JobAborted from None
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # without its database: it is done again
    except (VaultError, CryptoError):
        _fail(run, "keys", now)
    except gate.Refused:
        _fail(run, "rules", now)


def _fail(run: UUID, code: str, now: datetime) -> None:
    CleanupRun.objects.filter(id=run, finished_at__isnull=True).update(finished_at=now, problem=code)
