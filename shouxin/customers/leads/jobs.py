"""Background work of leads; may be cut off anywhere and done again."""

from procrastinate.contrib.django import app

from shouxin.customers.leads import services
from shouxin.kit import clock

SWEEP = "leads.destroy"


@app.periodic(cron="*/15 * * * *")
@app.task(name=SWEEP, queue="collection", queueing_lock=SWEEP)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Destroy the leads whose time is over."""
    services.destroy_due(now=clock.now())
