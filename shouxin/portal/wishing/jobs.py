"""Background work: counting wishes that many share."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.portal.wishing import services

COUNT = "portal.count_wishes"


@app.periodic(cron="20 3 * * *")
@app.task(name=COUNT, queue="portal", queueing_lock=COUNT, lock=COUNT)
def count(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: it counts anew."""
    services.count(now=clock.now())
