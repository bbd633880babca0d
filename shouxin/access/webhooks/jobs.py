"""Background work of webhooks; each job may be cut off anywhere and done again."""

from uuid import UUID

from procrastinate.contrib.django import app

from shouxin.access.webhooks import delivering, services
from shouxin.kit import clock

TIDY = "access.webhooks.tidy"


@app.task(name=services.DELIVER, queue=services.QUEUE)
def deliver(*, delivery: str) -> None:
    """One message, tried once."""
    delivering.work(delivery=UUID(delivery), now=clock.now())


@app.periodic(cron="47 3 * * *")
@app.task(name=TIDY, queue="upkeep", queueing_lock=TIDY)
def tidy(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Once a night what is old is forgotten."""
    delivering.tidy(now=clock.now())
