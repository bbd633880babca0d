"""Background work: counting what lost its purpose."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.portal.unstated import services

COUNT = "portal.count_unstated"


@app.periodic(cron="*/10 * * * *")
@app.task(name=COUNT, queue="portal", queueing_lock=COUNT, lock=COUNT)
def count(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: what is counted is not counted again until its purpose changes."""
    services.count(now=clock.now())
