"""Background work of attachments; may be cut off anywhere and done again."""

from procrastinate.contrib.django import app

from shouxin.customers.attachments import upkeep
from shouxin.kit import clock

SWEEP, SWEEP_DESTROYED = "attachments.sweep", "attachments.sweep_destroyed"


@app.periodic(cron="*/10 * * * *")
@app.task(name=SWEEP_DESTROYED, queue="upkeep", queueing_lock=SWEEP_DESTROYED)
def sweep_destroyed(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Delete the bytes of files whose storage group was destroyed."""
    upkeep.sweep_destroyed(now=clock.now())


@app.periodic(cron="41 3 * * *")
@app.task(name=SWEEP, queue="upkeep", queueing_lock=SWEEP)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Look through every storage for bytes that belong to nothing."""
    upkeep.sweep(now=clock.now())
