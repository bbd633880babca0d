"""Background work: telling people that they were answered."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.portal.answers import services

TELL = "portal.tell_answers"


@app.periodic(cron="*/5 * * * *")
@app.task(name=TELL, queue="portal", queueing_lock=TELL, lock=TELL)
def tell(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be cut off anywhere: what was claimed and not settled is never sent again."""
    services.tell(now_is=clock.now)
