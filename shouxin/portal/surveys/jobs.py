"""Surveys end by themselves after their last day."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.portal.surveys import services


@app.periodic(cron="9 * * * *")
@app.task(name="surveys.close", queue="portal", queueing_lock="surveys.close")
def close(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: the second time there is nothing left."""
    services.close_over(now=clock.now())
