"""A cancelled account is closed with the answer: who is in is out, no invitation or code opens it, none goes out.

The person follows by number and code how what was locked is destroyed.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.customers.registry import merging
from shouxin.journal import services as journal
from shouxin.portal.entering.models import Challenge, Invitation, Session
from shouxin.rights.cases.ending import Ending, endings
from shouxin.rights.cases.models import Case, Kind, Outcome


def closes(row: Case) -> bool:
    """Whether this answer ended the person's own account: granted, wholly or as far as the law lets it."""
    granted = row.outcome in {Outcome.GRANTED, Outcome.PARTLY}
    return row.kind == Kind.CANCEL and granted and row.customer_id is not None


def close(actor: Actor, row: Case, now: datetime) -> None:
    """Where the cancelling was granted; in the transaction of the answer."""
    if not closes(row) or row.customer_id is None:
        return
    everybody = merging.everybody(row.customer_id)
    # First the codes on their way: whoever types one just now is in before their session is ended here, or not at all.
    waiting = Challenge.objects.filter(customer_id__in=everybody, used_at=None)
    waiting.update(code_digest=None, identifier=None, expires_at=now)
    Session.objects.filter(customer_id__in=everybody, ended_at=None).update(ended_at=now)
    Invitation.objects.filter(customer_id__in=everybody, used_at=None, ended_at=None).update(ended_at=now)
    journal.append(
        actor=actor, event="portal.account_closed", customer=row.customer_id, data={"case": str(row.id)}
    )


def closed(customers: Collection[UUID]) -> set[UUID]:
    """Those whose account was cancelled: something was locked or deleted for it, which no later answer takes back."""
    families = merging.families(list(customers))
    everybody = [one for family in families.values() for one in family]
    cancelled = Case.objects.filter(customer_id__in=everybody, kind=Kind.CANCEL, deeds__isnull=False)
    ended = set(cancelled.values_list("customer_id", flat=True))
    return {customer for customer, family in families.items() if ended.intersection(family)}


endings.register("portal.entering", Ending(lambda _case: None, close))
