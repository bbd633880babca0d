"""Background work of data quality: filling in what stood before, and following the rules when they change."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shouxin.customers.quality import figures, keeping, supplies
from shouxin.customers.quality.models import Figure
from shouxin.gate import services as gate
from shouxin.kit import clock, startup
from shouxin.people import queries as people
from shouxin.vault.errors import VaultError

KEEP = "quality.keep"


@app.periodic(cron="*/10 * * * *")
@app.task(name=KEEP, queue="quality", queueing_lock=KEEP)
def keep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Bring every due day up to date; may be cut off anywhere and goes on where it was."""
    work_keep(now=clock.now())
    if not Figure.objects.exists():
        figures.work_out(now=clock.now())


def work_keep(*, now: datetime) -> None:
    # Without keys or before the rules are in force nothing is opened; asked again in ten minutes.
    with suppress(gate.Refused, VaultError):
        while keeping.fill(now=now):
            pass
    while keeping.follow_rules():
        pass


@app.periodic(cron="40 3 * * *")
@app.task(name=figures.COUNT, queue="quality", queueing_lock=figures.COUNT)
def count(timestamp: int = 0) -> None:  # noqa: ARG001 - what a periodic job is given
    """Work the figures out anew."""
    figures.work_out(now=clock.now())


@app.task(name=supplies.REMOVE, queue="quality")
def remove_supplied(*, contract: str, actor: str) -> None:
    """Take out what came under a contract; cut off, it goes on with the customers that are left."""
    supplies.work_remove(actor=people.actor_by_id(UUID(actor)), contract=UUID(contract), now=clock.now())


def keep_at_start() -> None:
    with suppress(AlreadyEnqueued):
        app.configure_task(KEEP, queue="quality", queueing_lock=KEEP).defer(
            timestamp=int(clock.now().timestamp())
        )


def register() -> None:
    startup.steps.register(KEEP, keep_at_start)
