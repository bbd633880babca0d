"""What waits for destruction is looked after by itself."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.rights.cases import doing


@app.periodic(cron="23 * * * *")
@app.task(name="rights.settle", queue="upkeep", queueing_lock="rights.settle")
def settle(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be cut off anywhere: each case is settled in a transaction of its own."""
    doing.settle(now=clock.now())
