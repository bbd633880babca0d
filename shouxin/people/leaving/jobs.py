"""What runs without anybody asking: log-ins end with their last day."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.people.leaving import services

END_DUE = "people.end_due"


@app.periodic(cron="7 * * * *")
@app.task(name=END_DUE, queue="people", queueing_lock=END_DUE)
def end_due(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """End whoever's last day is over."""
    services.end_due(now=clock.now())
