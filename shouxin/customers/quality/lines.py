"""How rows of this room's lists read on the workbench."""

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.customers.quality.models import OutsideValue
from shouxin.customers.quality.queries import Due
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.naming import nameable
from shouxin.kit.workbench import Line, language


def _field(key: str) -> str:
    """A field by its name; one that may not be named everywhere stays unnamed."""
    found = rulebooks["rulebook"].fields().get(key)
    return found.name.in_(language()) if found and nameable(key) else _("一个字段")


def due(row: Due) -> Line:
    return Line(
        _("、").join(_field(key) for key in row.fields),
        until=row.due_on,
        address=reverse("customers:verify", args=[row.customer]),
        customer=row.customer,
    )


def outside(row: OutsideValue) -> Line:
    return Line(
        _field(row.field),
        row.supplier,
        since=row.offered_at,
        address=reverse("customers:outside_one", args=[row.id]),
        customer=row.customer_id,
    )
