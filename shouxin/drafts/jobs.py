"""Background work of drafts; may be cut off anywhere and done again."""

from procrastinate.contrib.django import app

from shouxin.drafts import services
from shouxin.kit import clock

SWEEP = "drafts.sweep"


@app.periodic(cron="*/10 * * * *")
@app.task(name=SWEEP, queue="drafts", queueing_lock=SWEEP)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Throw away drafts that are too old."""
    services.sweep(now=clock.now())
