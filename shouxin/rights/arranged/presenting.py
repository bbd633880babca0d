"""What somebody arranged for after their death, as they and staff read it."""

from typing import Any
from uuid import UUID

from shouxin.rights.arranged import queries
from shouxin.rights.cases.models import Wish


def wishes(customer: UUID) -> list[dict[str, Any]]:
    """What relatives may ask for after the person's death, and whether the person lets them."""
    allowed = queries.allowed(customer)
    return [{"key": key, "name": label, "allowed": key in allowed} for key, label in Wish.choices]
