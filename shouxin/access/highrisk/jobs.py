"""Background work of high risk: may be cut off anywhere and done again."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from shouxin.access.highrisk import services


@app.task(name=services.SETTLE, queue=services.QUEUE, pass_context=True)
def settle(context: JobContext) -> None:
    """Data keys of marked storage groups come under their own key; those given up, under everybody's."""
    if not services.settle(stop=context.should_abort):
        raise JobAborted
