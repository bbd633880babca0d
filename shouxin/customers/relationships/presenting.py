"""Relationships in words: the card on a customer's page, and whom a search offers."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission
from shouxin.customers.registry import shown
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.presenting import NOT_WORKED_ON, names
from shouxin.customers.registry.queries import CustomerView
from shouxin.customers.relationships import queries, rules
from shouxin.gate.services import Refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest
from shouxin.people.working_purpose import purpose_of

PROBLEMS = {
    "other.unknown": gettext_lazy("没有找到另一位客户，或不在您的范围内。"),
    "kind.unfitting": gettext_lazy("这种关系与客户类型不符，例如母公司须是单位、配偶须是个人。"),
    "since.future": gettext_lazy("开始日期不能晚于今天。"),
    "contract.unfitting": gettext_lazy("合同只能与担保人一起登记，并且是这位客户的合同。"),
    "relation.known": gettext_lazy("这种关系已经登记。"),
    "relation.circle": gettext_lazy("这样登记会使母公司成为自己的子公司，没有保存。"),
    "relation.unknown": gettext_lazy("没有找到这种关系，或已经结束。"),
}


def may_relate(actor: Actor, row: Customer) -> bool:
    return (
        actor.may(Permission.CUSTOMERS_RELATIONSHIP_WRITE)
        and row.visibility == "open"
        and relation_to(actor, row) not in NOT_WORKED_ON
    )


def card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """Everybody this customer is related to, as far as the reader may see them."""
    view = shown.of(request, customer)
    actor: Actor | None = getattr(request, "actor", None)
    if view is None or actor is None:
        return None
    staff_request = cast("StaffRequest", request)  # a page behind the doors has an actor
    try:
        found = queries.of(
            actor=actor, purpose=purpose_of(staff_request, actor), customer=customer, now=clock.now()
        )
    except Refused:
        return None
    editable = may_relate(actor, view.row)
    if not (found.shown or found.unseen or editable):
        return None
    language = get_language() or "zh-hans"
    contracts = _contract_names(view)
    return {
        "row": view.row,
        "related": [
            {
                "row": one.row,
                "called": rules.called(one.row.kind, one.row.side).in_(language),
                "name": name_of(one.other),
                "other": one.other.row,
                "contract": contracts.get(one.row.contract, "") if one.row.contract else "",
            }
            for one in found.shown
        ],
        "unseen": found.unseen,
        "editable": editable,
    }


def name_of(view: CustomerView) -> str:
    cell = names(view)
    return cell.text if cell and cell.text else _("（名称不显示）")


def _contract_names(view: CustomerView) -> dict[UUID | None, str]:
    """What the page shows of the contracts: their numbers."""
    found: dict[UUID | None, str] = {}
    for record in view.of_kind("contract"):
        cell = record.cells.get("contract_no") or record.cells.get("lease_contract_no")
        found[record.id] = cell.text if cell and cell.text else _("合同")
    return found


def contract_choices(view: CustomerView) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in _contract_names(view).items()]


def other_choices(views: Sequence[CustomerView], but: UUID) -> list[tuple[str, str]]:
    """Whom a search found, masked, with the number and the kind that tell them apart."""
    found = []
    for view in views:
        number = view.cells.get("customer_no")
        parts = [
            name_of(view),
            str(view.row.get_kind_display()),
            number.text if number and number.text else "",
        ]
        if view.row.id != but:
            found.append((str(view.row.id), " · ".join(filter(None, parts))))
    return found
