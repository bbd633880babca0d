"""Following LDAP directories in the background; may be cut off anywhere and done again."""

import structlog
from procrastinate.contrib.django import app

from shouxin.kit import clock, sealing
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Kind
from shouxin.people.directory import services
from shouxin.people.directory.client import Away

FOLLOW = "people.follow_directories"
log = structlog.get_logger(__name__)


@app.periodic(cron="*/10 * * * *")
@app.task(name=FOLLOW, queue="people", queueing_lock=FOLLOW)
def follow(timestamp: int) -> None:  # noqa: ARG001 - what a periodic job is given
    """Read every directory in force; one that is away keeps the others from nothing."""
    for connection in connections.in_force(Kind.LDAP):
        try:
            services.synchronise(connection=connection, now=clock.now())
        except (Away, sealing.Unavailable, sealing.NotSealedHere) as error:
            log.warning(
                "directory not read", connection=str(connection.pseudonym), error=type(error).__name__
            )
