"""What waits for destruction is looked after by itself; many answers are approved in the background."""

from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from shouxin.kit import clock
from shouxin.rights.cases import doing, rounds


@app.periodic(cron="23 * * * *")
@app.task(name="rights.settle", queue="upkeep", queueing_lock="rights.settle")
def settle(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """May be cut off anywhere: each case is settled in a transaction of its own."""
    doing.settle(now=clock.now())


@app.task(name=rounds.RUN, queue=rounds.QUEUE, pass_context=True)
def approve(context: JobContext, *, asked: str) -> None:
    """All that is left of a round; each answer is a transaction of its own."""
    if not rounds.go_on(asked=UUID(asked), stop=context.should_abort):
        raise JobAborted
