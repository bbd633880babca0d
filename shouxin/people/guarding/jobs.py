"""Once a night what has been quiet is forgotten."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.people.guarding import services

TIDY = "people.guarding.tidy"


@app.periodic(cron="57 3 * * *")
@app.task(name=TIDY, queue="upkeep", queueing_lock=TIDY)
def tidy(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: the second time there is nothing left."""
    services.tidy(now=clock.now())
