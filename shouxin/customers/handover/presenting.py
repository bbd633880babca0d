"""Customers on a hand-over list, masked like any list."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from shouxin.core.policy import Action
from shouxin.customers.registry import presenting, queries
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest
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
    purpose = purpose_of(request, request.actor)
    visible = set(
        queries.visible(request.actor).filter(id__in=[c.id for c in customers]).values_list("id", flat=True)
    )
    shown = [customer for customer in customers if customer.id in visible]
    if not purpose or not shown:
        return {}
    try:
        views = queries.masked(
            actor=request.actor, purpose=purpose, rows=shown, action=Action.VIEW, now=clock.now()
        )
    except gate.Refused:
        return {}
    return {view.row.id: row for view, row in zip(views, presenting.rows(views), strict=True)}
