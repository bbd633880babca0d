"""Once a night what was kept for a time is forgotten: answers to repeats, and tokens that were turned away."""

from procrastinate.contrib.django import app

from shouxin.access.clients import services
from shouxin.kit import clock


@app.periodic(cron="41 3 * * *")
@app.task(name="access.clients.forget", queue="upkeep", queueing_lock="access.clients.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: the second time there is nothing left."""
    services.forget_old(now=clock.now())
