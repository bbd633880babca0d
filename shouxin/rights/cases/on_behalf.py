"""Who asks for somebody else at their own door: a guardian whom staff verified, for as long as they are one."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor, ActorKind
from shouxin.customers.consents import standing_in
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.registry import merging
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case


def check(guardian: UUID, ward: UUID, now: datetime) -> None:
    """Raises:
    CaseProblem: not noted as the guardian today, never verified, or no longer needed."""
    try:
        standing_in.proof_for(guardian=guardian, customer=ward, now=now)
    except ConsentProblem:
        raise CaseProblem("guardian.unverified") from None


def representative(actor: Actor, customer: UUID | None) -> UUID | None:
    """Whoever files at their own door for somebody else; None where people file for themselves, and for staff."""
    if actor.kind is not ActorKind.CUSTOMER or customer is None or customer in merging.family(actor.id):
        return None
    return actor.id


def readable(actor: Actor, rows: Iterable[Case], now: datetime) -> list[Case]:
    """Of these cases the person's own, and those of whom they are a guardian still; each ward is looked at once."""
    rows, own = list(rows), merging.family(actor.id)
    wards = {row.customer_id for row in rows if row.customer_id not in own}
    known = {one for one in wards if one and _may(actor.id, one, now)}
    return [row for row in rows if row.customer_id in own or row.customer_id in known]


def _may(guardian: UUID, ward: UUID, now: datetime) -> bool:
    try:
        check(guardian, ward, now)
    except CaseProblem:
        return False
    return True


def check_still(actor: Actor, row: Case, now: datetime) -> None:
    """What is told or given of a case at somebody's own door is theirs, or that of whom they are a guardian still.

    Raises:
        CaseProblem: they are no longer.
    """
    if actor.kind is not ActorKind.CUSTOMER or row.customer_id is None:
        return
    if row.customer_id not in merging.family(actor.id):
        check(actor.id, row.customer_id, now)
