"""Background work of the customers' door."""

from uuid import UUID

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.portal.entering import services

TIDY = "portal.tidy"


@app.task(name=services.SEND, queue="portal")
def send_code(challenge: str) -> None:
    """May be done twice: what was sent is not sent again."""
    services.send(challenge=UUID(challenge), now=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name=TIDY, queue="portal", queueing_lock=TIDY)
def tidy(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: the second time there is nothing left."""
    services.tidy(now=clock.now())
