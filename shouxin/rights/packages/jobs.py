"""What ran out is destroyed by itself."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.rights.packages import services


@app.periodic(cron="*/10 * * * *")
@app.task(name="rights.packages", queue="upkeep", queueing_lock="rights.packages")
def tidy(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be cut off anywhere: each package is destroyed in a transaction of its own."""
    services.tidy(now=clock.now())
