"""Each period's reviews open by themselves, and what nobody confirmed lapses at its deadline."""

from procrastinate.contrib.django import app

from shouxin.access.reviews import services
from shouxin.kit import clock


@app.periodic(cron="7 0 * * *")
@app.task(name="access.reviews.open", queue="upkeep", queueing_lock="access.reviews.open")
def open_period(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Daily, so that a server that was off at the turn of the period opens them when it is back."""
    services.open_period(actor=services.REVIEWS, now=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="access.reviews.lapse", queue="upkeep", queueing_lock="access.reviews.lapse")
def lapse(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be cut off anywhere: each line is settled in a transaction of its own."""
    services.lapse_overdue(now=clock.now())
