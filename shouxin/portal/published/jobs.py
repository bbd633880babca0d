"""Background work: keeping a version of what changed, although nobody read it."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.portal.published import services

KEEP = "portal.keep_lists"


@app.periodic(cron="50 3 * * *")
@app.task(name=KEEP, queue="portal", queueing_lock=KEEP, lock=KEEP)
def keep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: what is kept is not kept again."""
    services.keep_all(now=clock.now())
