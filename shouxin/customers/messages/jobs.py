"""Background work of messages; cut off anywhere, the next worker goes on with the recipients that are left."""

from uuid import UUID

from procrastinate.contrib.django import app

from shouxin.customers.messages import sending, services
from shouxin.kit import clock

LOT = 200  # recipients


@app.task(name=services.RUN, queue=services.QUEUE)
def run(*, message: str) -> None:
    """A lot of a message that was approved."""
    sending.work(message=UUID(message), now_is=clock.now, lot=LOT)


@app.task(name=services.COUNT, queue=services.QUEUE)
def count(*, message: str) -> None:
    """The dry run of a draft."""
    sending.count(message=UUID(message), now=clock.now())
