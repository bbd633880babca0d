"""Background work of collecting; may be cut off anywhere and done again."""

from procrastinate.contrib.django import app

from shouxin.customers.collection import drafts, plans
from shouxin.kit import clock

SWEEP = "collection.sweep"


@app.periodic(cron="*/10 * * * *")
@app.task(name=SWEEP, queue="collection", queueing_lock=SWEEP)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Stop the plans whose last day is past; throw away drafts that are too old."""
    now = clock.now()
    plans.stop_all_over(now=now)
    drafts.sweep(now=now)
