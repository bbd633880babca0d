"""An account is closed with the answer that cancels it, or that goes to the relatives of its deceased owner: who is in
is out, no invitation or code opens it, none goes out.

Whoever cancelled follows by number and code how what was locked is destroyed; a phone of the deceased, whoever has it
now, neither reads what was theirs nor changes what they arranged.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from shouxin.core.policy import Actor
from shouxin.customers.registry import merging
from shouxin.journal import services as journal
from shouxin.portal.entering.models import Challenge, Invitation, Session
from shouxin.rights.cases.ending import Ending, endings
from shouxin.rights.cases.models import Case, Kind, Outcome, State

GRANTED = frozenset({Outcome.GRANTED, Outcome.PARTLY})


def closes(row: Case) -> bool:
    """Whether this answer ended the person's own account: granted, wholly or as far as the law lets it."""
    return row.kind == Kind.CANCEL and row.outcome in GRANTED and row.customer_id is not None


def close(actor: Actor, row: Case, now: datetime) -> None:
    """Where the cancelling, or what a relative of the deceased asked, was granted; in the transaction of the answer."""
    proved = row.kind == Kind.DECEASED and row.outcome in GRANTED
    if row.customer_id is None or not (proved or closes(row)):
        return
    everybody = merging.everybody(row.customer_id)
    # First the codes on their way: whoever types one just now is in before their session is ended here, or not at all.
    waiting = Challenge.objects.filter(customer_id__in=everybody, used_at=None)
    waiting.update(code_digest=None, identifier=None, expires_at=now)
    Session.objects.filter(customer_id__in=everybody, ended_at=None).update(ended_at=now)
    Invitation.objects.filter(customer_id__in=everybody, used_at=None, ended_at=None).update(ended_at=now)
    event = "portal.deceased_closed" if proved else "portal.account_closed"
    journal.append(actor=actor, event=event, customer=row.customer_id, data={"case": str(row.id)})


def closed(customers: Collection[UUID]) -> set[UUID]:
    """Those whose account was cancelled (something was locked or deleted for it, which no later answer takes back), or
    whose death stands proved by the answer to their relatives."""
    families = merging.families(list(customers))
    everybody = [one for family in families.values() for one in family]
    answered = Q(
        kind__in=[Kind.CANCEL, Kind.DECEASED],
        outcome__in=GRANTED,
        state__in=[State.ANSWERED, State.WATCHING],
    )
    cases = Case.objects.filter(
        answered | Q(kind=Kind.CANCEL, deeds__isnull=False), customer_id__in=everybody
    )
    ended = set(cases.values_list("customer_id", flat=True))
    return {customer for customer, family in families.items() if ended.intersection(family)}


endings.register("portal.entering", Ending(lambda _case: None, close))
