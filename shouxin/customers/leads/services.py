"""Every write to leads: noted, turned into a customer, destroyed when over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, GroupState, Permission, service_actor
from shouxin.customers.consents import queries as consents
from shouxin.customers.leads import queries, rules
from shouxin.customers.leads.models import Lead, LeadSource, LeadState, Permitted
from shouxin.customers.leads.problems import LeadProblem
from shouxin.customers.registry import destroying
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.retained import retained
from shouxin.journal import services as journal
from shouxin.people.thresholds.queries import value
from shouxin.vault.queries import states

KEEPER = service_actor("leads")
BATCH = 200


@transaction.atomic
def begin(
    *, actor: Actor, customer: UUID, source: LeadSource, permission: Permitted, purpose: str, now: datetime
) -> Lead:
    """Note a customer as a lead: from now on it has a short life of its own.

    Raises:
        LeadProblem: not the actor's to see, a lead or a customer already, or said to have agreed and did not.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    if registry.find(actor, customer) is None:
        raise LeadProblem("lead.unknown")
    return begin_with(
        actor=actor, customer=customer, source=source, permission=permission, purpose=purpose, now=now
    )


def begin_with(
    *, actor: Actor, customer: UUID, source: LeadSource, permission: Permitted, purpose: str, now: datetime
) -> Lead:
    """The same for somebody who is stored within this very transaction.

    Raises:
        LeadProblem: as `begin`.
    """
    Customer.objects.select_for_update().get(id=customer)
    if Lead.objects.filter(customer_id=customer).exists():
        raise LeadProblem("lead.already")
    if queries.has_dealings(customer):
        raise LeadProblem("lead.customer")
    if permission is Permitted.CONSENT and not consents.consenting(purpose, [customer], now):
        raise LeadProblem("lead.no-consent")
    row = Lead.objects.create(
        customer_id=customer,
        source=source,
        permission=permission,
        purpose=purpose,
        made_by=actor.pseudonym,
        made_at=now,
        expires_at=now + timedelta(days=value(rules.DAYS)),
    )
    data = {
        "lead": str(row.id),
        "lead_source": source.value,
        "lead_permission": permission.value,
        "until": row.expires_at.date().isoformat(),
    }
    journal.append(actor=actor, event="lead.begun", customer=customer, purpose=purpose or None, data=data)
    return row


@transaction.atomic
def turn(*, actor: Actor, customer: UUID, now: datetime) -> None:
    """The lead became a customer, and is kept like one.

    Raises:
        LeadProblem: not the actor's to see, or no lead any more.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    if registry.find(actor, customer) is None:
        raise LeadProblem("lead.unknown")
    row = Lead.objects.select_for_update().filter(customer_id=customer).first()
    if row is None:
        raise LeadProblem("lead.unknown")
    if row.state != LeadState.OPEN:
        raise LeadProblem("lead.wrong-state")
    _end(row, LeadState.TURNED, actor, now)


def destroy_due(*, now: datetime) -> int:
    """Destroy every lead that is over; how many. Each by itself, so that a stop in between loses nothing.

    Whoever has orders or contracts by now is a customer; what is locked under a hold, and whoever is to be retained,
    is left and looked at again.
    """
    due = Lead.objects.filter(state=LeadState.OPEN, expires_at__lte=now).order_by("expires_at")
    return sum(_destroy(lead, now) for lead in list(due.values_list("id", flat=True)[:BATCH]))


@transaction.atomic
def _destroy(lead: UUID, now: datetime) -> bool:
    row = Lead.objects.select_for_update().filter(id=lead, state=LeadState.OPEN, expires_at__lte=now).first()
    if row is None:
        return False
    if queries.has_dealings(row.customer_id):
        _end(row, LeadState.TURNED, KEEPER, now)
        return False
    held = states([row.customer_id]).get(row.customer_id, {})
    if GroupState.LOCKED in held.values() or retained([row.customer_id]):
        row.expires_at = (
            now + rules.ENDING
        )  # a hold or an authority's inquiry goes before; looked at again then
        row.save(update_fields=["expires_at"])
        journal.append(actor=KEEPER, event="lead.held", customer=row.customer_id, data={"lead": str(row.id)})
        return False
    groups = destroying.destroy_customer(
        actor=KEEPER, customer=row.customer_id, reason="lead_expired", now=now
    )
    row.state, row.ended_by, row.ended_at = LeadState.DESTROYED, KEEPER.pseudonym, now
    row.save(update_fields=["state", "ended_by", "ended_at"])
    data: dict[str, Any] = {"lead": str(row.id), "lead_source": row.source, "groups": groups}
    journal.append(actor=KEEPER, event="lead.destroyed", customer=row.customer_id, data=data)
    return True


def _end(row: Lead, state: LeadState, actor: Actor, now: datetime) -> None:
    row.state, row.ended_by, row.ended_at = state, actor.pseudonym, now
    row.save(update_fields=["state", "ended_by", "ended_at"])
    journal.append(actor=actor, event="lead.turned", customer=row.customer_id, data={"lead": str(row.id)})
