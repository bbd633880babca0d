"""Background work of the register: may be cut off anywhere and done again."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from shouxin.customers.registry import sealing_up
from shouxin.kit.queueing import queue_once
from shouxin.rulebook.catalogue import sealings

GO_ON = "customers.registry.go_on"


@app.task(name=sealing_up.SEAL, queue=sealing_up.QUEUE, pass_context=True)
def seal_up(context: JobContext) -> None:
    """Clear values of fields whose class was raised come under lock."""
    if not sealing_up.seal_up(stop=context.should_abort):
        raise JobAborted


@app.periodic(cron="*/10 * * * *")
@app.task(name=GO_ON, queue=sealing_up.QUEUE, queueing_lock=GO_ON)
def go_on(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Whatever was cut off, or found no key, is taken up again."""
    if sealings.waiting():
        queue_once(sealing_up.SEAL, queue=sealing_up.QUEUE)
