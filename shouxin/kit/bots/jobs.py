"""Background work of the protection of public forms."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.kit.bots import services

TIDY = "bots.tidy"


@app.periodic(cron="7,37 * * * *")
@app.task(name=TIDY, queue="portal", queueing_lock=TIDY)
def tidy(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: the second time there is nothing left."""
    services.tidy(now=clock.now())
