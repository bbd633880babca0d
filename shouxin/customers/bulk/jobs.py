"""Operations in the background; cut off anywhere, the next worker goes on with the customers that are left."""

from collections.abc import Callable
from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from shouxin.customers.bulk import services
from shouxin.kit import clock


def never() -> bool:
    """Nobody asks to stop."""
    return False


@app.task(name=services.RUN, queue=services.QUEUE, pass_context=True)
def run(context: JobContext, *, operation: str) -> None:
    work(operation=UUID(operation), stop=context.should_abort)


def work(*, operation: UUID, stop: Callable[[], bool] = never) -> None:
    """All that is left of an operation."""
    try:
        while services.step(operation=operation, now=clock.now()):
            if stop():
                raise JobAborted
    except services.KEYS_AWAY:
        services.stop(operation=operation, problem="keys")
    else:
        services.finish(operation=operation, now=clock.now())
