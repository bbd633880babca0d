"""What runs without anybody asking: looking, sending, the morning digest, forgetting. Each may be cut off anywhere."""

from procrastinate.contrib.django import app

from shouxin.kit import clock
from shouxin.people.notices import looking, sending, services

LOOK, REMIND, DIGEST, TIDY = (f"people.notices.{verb}" for verb in ("look", "remind", "digest", "tidy"))


@app.periodic(cron="* * * * *")
@app.task(name=LOOK, queue="notices", lock=LOOK, queueing_lock=LOOK)
def look(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Every minute: whoever was not told of something is told, and what is to leave leaves.

    What hangs on the day alone is looked for once an hour. Only one runs at a time: a worker that is killed has one
    mail in hand, not one for each of its hands.
    """
    looking.look(now=clock.now(), slow=False)
    sending.send_due(now=clock.now())


@app.periodic(cron="2 * * * *")
@app.task(name=REMIND, queue="notices", queueing_lock=REMIND)
def remind(timestamp: int) -> None:  # noqa: ARG001 - likewise
    """Every hour: what ends, too."""
    looking.look(now=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name=DIGEST, queue="notices", queueing_lock=DIGEST)
def digest(timestamp: int) -> None:  # noqa: ARG001 - likewise
    """Whoever's hour has come gets the digest of the day."""
    sending.queue_digests(now=clock.now())


@app.periodic(cron="23 3 * * *")
@app.task(name=TIDY, queue="upkeep", queueing_lock=TIDY)
def tidy(timestamp: int) -> None:  # noqa: ARG001 - likewise
    """Once a night what is past its time is deleted."""
    services.tidy(now=clock.now())
