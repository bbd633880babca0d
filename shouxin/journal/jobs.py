"""Background work of the journal: checking the whole ledger; begins anew when it was cut off."""

from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from shouxin.journal import checking


@app.task(name=checking.CHECK, queue=checking.QUEUE, pass_context=True)
def check(context: JobContext, *, check: str) -> None:
    """Go over every entry, every tile and every checkpoint."""
    try:
        checking.run(check=UUID(check), stop=context.should_abort)
    except checking.Stopped:
        raise JobAborted from None
