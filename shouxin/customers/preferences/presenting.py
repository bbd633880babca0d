"""Contact limits in words: the notice at the top of a customer's page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from shouxin.core.policy import Actor, Permission
from shouxin.customers.preferences import rules
from shouxin.customers.preferences.rules import Limits
from shouxin.customers.registry import shown
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.presenting import NOT_WORKED_ON
from shouxin.customers.registry.queries import CustomerView

REASONS = {
    "limits.everything": gettext_lazy("客户谢绝主动联系。"),
    "limits.refused": gettext_lazy("客户谢绝用这种方式联系。"),
    "limits.unclear": gettext_lazy("客户的联系限制写得不清楚，请先在“联系限制”中改写。"),
    "limits.hours": gettext_lazy("现在不在客户可联系的时段内。"),
}


def limits_in(view: CustomerView) -> Limits:
    """What the page shows of them; fields outside the purpose are not there."""
    cells = {key: view.cells[key].text or "" for key in rules.FIELDS if key in view.cells}
    return rules.read(cells)


def words(limits: Limits) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    apart = ", " if language.startswith("en") else "、"
    names = [name.in_(language) for code, name in rules.CHANNELS.items() if code in limits.refused]
    return {
        "everything": limits.everything,
        "refused": apart.join(names),
        "hours": rules.write_hours(*limits.hours).replace("-", "–") if limits.hours else "",
        "language": limits.language,
        "unclear": limits.unclear,
    }


def may_set(actor: Actor, row: Customer) -> bool:
    return (
        actor.may(Permission.CUSTOMERS_PROFILE_EDIT)
        and row.visibility == "open"
        and relation_to(actor, row) not in NOT_WORKED_ON
    )


def notice(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """At the top of the page, so that nobody calls first and reads later."""
    view = shown.of(request, customer)
    actor: Actor | None = getattr(request, "actor", None)
    if view is None or actor is None:
        return None
    limits, editable = limits_in(view), may_set(actor, view.row)
    if limits == Limits() and not editable:
        return None
    return {"row": view.row, "limits": words(limits), "any": limits != Limits(), "editable": editable}
