"""Invitations to the portal: made by staff on a customer's page, printed or told, used once with a second detail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.customers.quality.codes import SENDER
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Kind
from shouxin.journal import services as journal
from shouxin.kit import clock, ids
from shouxin.people.guarding import queries as guard
from shouxin.people.guarding import services as guarding
from shouxin.people.thresholds.queries import value
from shouxin.portal.entering import closing, finding, rules, services
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.models import Invitation, Way


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation as it is shown once; only its digest is kept."""

    code: str
    expires_at: datetime


def make(*, actor: Actor, customer: UUID, now: datetime) -> Made:
    """A new invitation for this customer; an earlier one that was not used opens nothing any more.

    Raises:
        EntryProblem: no such person within the actor's sight, a cancelled account, or nothing on file to compare.
        NotAllowed: the actor may not invite.
    """
    actor.require(Permission.PORTAL_INVITATION_MAKE)
    row = registry.find(actor, customer)
    if row is None or row.kind != Kind.PERSON:
        raise EntryProblem("customer.unknown")
    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).values("id").get(id=customer)
        if closing.closed([customer]):
            raise EntryProblem("account.closed")
        if not finding.has_attribute(customer, now=now):
            raise EntryProblem("invitation.no-attribute")
        Invitation.objects.filter(customer_id=customer, used_at=None, ended_at=None).update(ended_at=now)
        code, until = rules.new_invitation(), now + timedelta(days=value(rules.INVITATION_DAYS))
        Invitation.objects.create(
            id=ids.new(),
            customer_id=customer,
            code_digest=rules.digest_of(rules.bare(code)),
            made_by_id=actor.id,
            made_at=now,
            expires_at=until,
        )
        journal.append(
            actor=actor,
            event="portal.invited",
            customer=customer,
            data={"until": clock.today(until).isoformat()},
        )
    return Made(code, until)


def end(*, actor: Actor, customer: UUID, now: datetime) -> int:
    """The open invitation of this customer opens nothing any more, the paper having gone astray; how many there were.

    Raises:
        EntryProblem: no such customer within the actor's sight.
    """
    actor.require(Permission.PORTAL_INVITATION_MAKE)
    if registry.find(actor, customer) is None:
        raise EntryProblem("customer.unknown")
    with transaction.atomic():
        ended = Invitation.objects.filter(customer_id=customer, used_at=None, ended_at=None).update(
            ended_at=now
        )
        if ended:
            journal.append(actor=actor, event="portal.invitation_ended", customer=customer)
    return ended


def use(*, code: str, typed: str, address: str, now: datetime) -> str:
    """Come in by an invitation and something only the person knows; gives the session's token.

    Raises:
        EntryProblem: the same whether the invitation or the detail is wrong, or it was used, ended or expired.
    """
    if guard.portal_closed_to(address=address, now=now):
        raise EntryProblem("address.closed")
    with transaction.atomic():
        row = (
            Invitation.objects.select_for_update(of=("self",))
            .filter(
                code_digest=rules.digest_of(rules.bare(code)), used_at=None, ended_at=None, expires_at__gt=now
            )
            .first()
        )
        if row and finding.knows(row.customer_id, typed, now=now, number_too=True):
            row.used_at = now
            row.save(update_fields=["used_at"])
            return services.begin(row.customer_id, Way.INVITATION, now)
        if row:
            row.tries += 1
            row.ended_at = now if row.tries >= rules.TRIES else None
            row.save(update_fields=["tries", "ended_at"])
            data = {"tries": row.tries}
            journal.append(actor=SENDER, event="portal.attribute_wrong", customer=row.customer_id, data=data)
    guarding.portal_failed(address=address, now=now)
    raise EntryProblem("invitation.wrong")


def standing(customer: UUID, now: datetime) -> Invitation | None:
    """The open invitation of a customer; the caller has established that the reader may see them."""
    found = Invitation.objects.filter(customer_id=customer, used_at=None, ended_at=None, expires_at__gt=now)
    return found.select_related("made_by").first()
