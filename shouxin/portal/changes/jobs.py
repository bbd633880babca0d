"""Background work: telling people what was changed."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.portal.changes import telling

TELL = "portal.tell_changes"


@app.periodic(cron="*/5 * * * *")
@app.task(name=TELL, queue="portal", queueing_lock=TELL, lock=TELL)
def tell(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be cut off anywhere: what was claimed and not settled is never sent again."""
    telling.tell(now_is=clock.now)
