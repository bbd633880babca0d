"""What is over its day is said to those above, by itself."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.rights.feedback import services


@app.periodic(cron="11 * * * *")
@app.task(name="feedback.escalate", queue="upkeep", queueing_lock="feedback.escalate")
def escalate(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be done twice: what was said is not said again."""
    services.escalate(now=clock.now())
