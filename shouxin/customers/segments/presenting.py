"""Segments in words: the page with the numbers, and the card on a customer's page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language, gettext_lazy

from shouxin.core.policy import Actor, Permission
from shouxin.customers.registry import shown
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.presenting import NOT_WORKED_ON
from shouxin.customers.segments import queries, rules

LABELS = {
    "stage": gettext_lazy("关系阶段"),
    "value": gettext_lazy("三年销售额"),
    "recency": gettext_lazy("最近往来"),
    "frequency": gettext_lazy("一年内订单"),
}


def tables(counts: Mapping[str, Mapping[str, int | None]]) -> list[dict[str, Any]]:
    """The four tables: class, number, and whether its members can be listed."""
    return [
        {
            "name": name,
            "label": LABELS[name],
            "rows": [(key, label, counts[name][key]) for key, label in choices.choices],
        }
        for name, choices in queries.CLASSES.items()
    ]


def chosen_from(query: QueryDict) -> dict[str, str]:
    return {
        name: query.get(name, "") if query.get(name) in choices.values else ""
        for name, choices in queries.CLASSES.items()
    }


def filters(chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": LABELS[name],
            "choices": choices.choices,
            "chosen": chosen[name],
        }
        for name, choices in queries.CLASSES.items()
    ]


def formula() -> list[str]:
    language = get_language() or "zh-hans"
    return [text.in_(language) for text in rules.TOLD]


def card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """The four classes, or that the customer objected, with the button for either."""
    view = shown.of(request, customer)
    actor: Actor | None = getattr(request, "actor", None)
    if view is None or actor is None or not actor.may(Permission.CUSTOMERS_SEGMENT_READ):
        return None
    segment, objection = queries.of(customer)
    editable = (
        actor.may(Permission.CUSTOMERS_PROFILE_EDIT) and relation_to(actor, view.row) not in NOT_WORKED_ON
    )
    if segment is None and objection is None and not editable:
        return None
    return {"row": view.row, "segment": segment, "objection": objection, "editable": editable}
