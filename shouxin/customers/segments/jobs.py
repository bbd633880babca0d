"""Background work of segments: counted every night, and when somebody asks."""

from contextlib import suppress

from procrastinate import JobContext
from procrastinate.contrib.django import app

from shouxin.customers.segments import services
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.vault.errors import VaultError

NIGHTLY = "segments.nightly"


@app.periodic(cron="17 18 * * *")  # 02:17 in Shanghai
@app.task(name=NIGHTLY, queue=services.QUEUE, queueing_lock=NIGHTLY, pass_context=True)
def nightly(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    _work(context)


@app.task(name=services.REFRESH, queue=services.QUEUE, pass_context=True)
def refresh(context: JobContext) -> None:
    """Asked for by somebody; may be cut off anywhere and done again."""
    _work(context)


def _work(context: JobContext) -> None:
    # Without keys, or while the purpose is not in force, nothing is opened; the next night tries again.
    with suppress(gate.Refused, VaultError):
        services.refresh(now=clock.now(), stop=context.should_abort)
