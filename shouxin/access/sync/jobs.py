"""Once a night what was acknowledged long ago is forgotten."""

from procrastinate.contrib.django import app

from shouxin.access.sync import services
from shouxin.kit import clock

TIDY = "access.sync.tidy"


@app.periodic(cron="52 3 * * *")
@app.task(name=TIDY, queue="upkeep", queueing_lock=TIDY)
def tidy(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: the second time there is nothing left."""
    services.tidy(now=clock.now())
