"""Which supply contract a value from outside comes under: that of its supplier for its purpose, in force on the day."""

from datetime import datetime
from uuid import UUID

from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Source, SupplyContract
from shouxin.kit import clock


def contract_of(footing: Footing, now: datetime) -> UUID | None:
    """The contract, or None: nothing from outside, or a supplier without one."""
    if footing.source != Source.EXTERNAL:
        return None
    today = clock.today(now)
    found = SupplyContract.objects.filter(
        supplier=footing.supplier,
        purpose=footing.purpose,
        ended_at__isnull=True,
        begins_on__lte=today,
        ends_on__gte=today,
    )
    return found.values_list("id", flat=True).first()
