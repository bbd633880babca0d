"""What coming in by the other side's door, or being refused there, leaves behind."""

from datetime import datetime

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.journal import services as journal
from shouxin.people.connections.models import Connection
from shouxin.people.federation.models import ExternalIdentity


@transaction.atomic
def note_use(*, identity: ExternalIdentity, actor: Actor, now: datetime) -> None:
    """Somebody proved over there who they are; the second factor may still be due."""
    ExternalIdentity.objects.filter(id=identity.id).update(used_at=now)
    Connection.objects.filter(id=identity.connection_id).update(used_at=now)
    journal.append(
        actor=actor, event="identity.signed_in", data={"connection": identity.connection.pseudonym}
    )


@transaction.atomic
def note_refusal(*, actor: Actor, connection: Connection, cause: str) -> None:
    """A sign-in or a link by this connection came to nothing."""
    journal.append(
        actor=actor,
        event="identity.refused",
        data={"connection": connection.pseudonym, "connection_cause": cause},
    )
