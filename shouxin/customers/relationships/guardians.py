"""Who is noted as somebody's guardian (监护人): they agree in the place of children."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shouxin.customers.consents.ages import guardians
from shouxin.customers.registry import merging
from shouxin.customers.relationships.models import Kind, Side
from shouxin.customers.relationships.queries import standing


def guardians_of(customer: UUID, now: datetime) -> Sequence[UUID]:
    """The customers noted as guardians of this one today."""
    found = standing(now).filter(
        customer_id__in=merging.family(customer), kind=Kind.GUARDIAN, side=Side.SECOND
    )
    stands = merging.standing(set(found.values_list("other", flat=True)))
    return sorted(set(stands.values()))


def is_guardian(customer: UUID, guardian: UUID, now: datetime) -> bool:
    return guardian in guardians_of(customer, now)


guardians.register("relationships", is_guardian)
