"""Reading what was arranged for after a death."""

from uuid import UUID

from shouxin.customers.registry import merging
from shouxin.rights.arranged.models import Arrangement
from shouxin.rights.cases.models import Wish

ALL = frozenset(Wish.values)


def standing(customer: UUID) -> Arrangement | None:
    """What the person arranged last, whoever was merged into them; the caller may see the customer."""
    found = Arrangement.objects.filter(customer_id__in=merging.everybody(customer), ended_at__isnull=True)
    return found.order_by("-at").first()


def allowed(customer: UUID) -> frozenset[str]:
    """What relatives may ask for: everything, unless the person arranged otherwise; of two customers made one, what
    both allow."""
    found = Arrangement.objects.filter(customer_id__in=merging.everybody(customer), ended_at__isnull=True)
    return ALL.intersection(*found.values_list("allowed", flat=True))
