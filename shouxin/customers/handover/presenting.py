"""Customers on a hand-over list, masked like any list."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from shouxin.core.policy import Action, Permission
from shouxin.customers.registry import presenting, queries
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest
from shouxin.people.leaving.naming import masked
from shouxin.people.working_purpose import purpose_of

PROBLEMS = {
    "customers.unknown": gettext_lazy("没有可以交接的客户，或已由他人处理；请按本页现在的内容继续。"),
    "successor.unsuitable": gettext_lazy(
        "所选的人不能接收：须在客户归口部门任职、未预告离职，且不是您本人。"
    ),
    "successor.elsewhere": gettext_lazy("所选客户中有不属于接收人所在部门的；请分部门交接。"),
    "note.identifier": gettext_lazy("说明里不要写姓名、电话、证件号等客户信息。"),
    "note.missing": gettext_lazy("请写明不接收的原因。"),
}


def names(request: StaffRequest, customers: Sequence[Customer]) -> dict[Any, dict[str, Any]]:
    """The masked rows of those that this person may see for the purpose they work for; none without a purpose."""
    return {row["row"].id: row for row in _seen(request, [customer.id for customer in customers])}


def masked_names(request: StaffRequest, customers: Sequence[UUID]) -> dict[UUID, str]:
    """The masked names alone, for the report on who leaves; none for who reads no customers."""
    if not request.actor.may(Permission.CUSTOMERS_PROFILE_READ):
        return {}
    seen = _seen(request, customers)
    return {row["row"].id: row["name"].text for row in seen if row["name"] and row["name"].text}


def _seen(request: StaffRequest, customers: Sequence[UUID]) -> list[dict[str, Any]]:
    """One journalled act and one batch, whatever their number."""
    purpose = purpose_of(request, request.actor)
    shown = list(queries.visible(request.actor).filter(id__in=customers)) if purpose else []
    if not shown:
        return []
    try:
        views = queries.masked(
            actor=request.actor, purpose=purpose, rows=shown, action=Action.VIEW, now=clock.now()
        )
    except gate.Refused:
        return []
    return presenting.rows(views)


masked.register("customers", masked_names)
