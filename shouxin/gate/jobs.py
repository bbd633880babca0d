"""Background work of the gate: counting reads by day, so that nobody's first page goes through the journal."""

from contextlib import suppress

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shouxin.gate import daily
from shouxin.kit import clock, startup


@app.periodic(cron="*/10 * * * *")
@app.task(name=daily.COUNT, queue="upkeep", queueing_lock=daily.COUNT)
def count_reads(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be cut off anywhere and done twice: the counts come out the same."""
    daily.work_out(now=clock.now())


def count_at_start() -> None:
    with suppress(AlreadyEnqueued):
        app.configure_task(daily.COUNT, queue="upkeep", queueing_lock=daily.COUNT).defer(
            timestamp=int(clock.now().timestamp())
        )


def register() -> None:
    startup.steps.register(daily.COUNT, count_at_start)
