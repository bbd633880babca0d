"""Background work of attachments; may be cut off anywhere and done again."""

from procrastinate.contrib.django import app

from shouxin.customers.attachments import upkeep
from shouxin.kit import clock

SWEEP = "attachments.sweep"


@app.periodic(cron="41 * * * *")
@app.task(name=SWEEP, queue="upkeep", queueing_lock=SWEEP)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Delete sealed bytes that nobody can open or that belong to nothing."""
    upkeep.sweep(now=clock.now())
