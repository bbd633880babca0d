"""Who is noted as somebody's guardian (监护人): they agree in the place of children."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shouxin.customers.consents.ages import guardians
from shouxin.customers.registry import merging
from shouxin.customers.relationships.models import Kind, Relationship, Side
from shouxin.customers.relationships.queries import standing


def guardians_of(customer: UUID, now: datetime) -> Sequence[UUID]:
    """The customers noted as guardians of this one today."""
    found = standing(now).filter(
        customer_id__in=merging.family(customer), kind=Kind.GUARDIAN, side=Side.SECOND
    )
    stands = merging.standing(set(found.values_list("other", flat=True)))
    return sorted(set(stands.values()))


def wards_of(guardian: UUID, now: datetime) -> Sequence[Relationship]:
    """The halves of those for whom this customer is noted as a guardian today, the earliest first."""
    found = standing(now).filter(
        customer_id__in=merging.family(guardian), kind=Kind.GUARDIAN, side=Side.FIRST
    )
    return list(found.order_by("since", "id"))


def was_guardian(guardian: UUID, customer: UUID) -> bool:
    """Whether this customer is, or ever was, noted as a guardian of the other."""
    found = Relationship.objects.filter(
        customer_id__in=merging.family(guardian), kind=Kind.GUARDIAN, side=Side.FIRST
    )
    return found.filter(other__in=merging.family(customer)).exists()


def is_guardian(customer: UUID, guardian: UUID, now: datetime) -> bool:
    return guardian in guardians_of(customer, now)


guardians.register("relationships", is_guardian)
