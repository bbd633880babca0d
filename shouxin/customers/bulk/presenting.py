"""Words for operations over many customers."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Action
from shouxin.customers.bulk.models import BulkItem, BulkOperation, State
from shouxin.customers.bulk.verbs import verbs
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.gate import services as gate
from shouxin.gate.events import refusal_name
from shouxin.kit import clock
from shouxin.kit.lists import Sort
from shouxin.people.doors import StaffRequest
from shouxin.people.working_purpose import purpose_of

SORTS = (
    Sort("newest", gettext_lazy("最近发起在前")),
    Sort("oldest", gettext_lazy("最早发起在前"), descending=False),
)
OLDEST = SORTS[1]
KINDS = {
    State.WAITING: "info",
    State.RUNNING: "info",
    State.STOPPED: "warn",
    State.DONE: "ok",
    State.CANCELLED: "muted",
}
REASONS = {
    "customer.unknown": gettext_lazy("客户已不在您的可见范围内，或已并入其他客户"),
    "responsible.elsewhere": gettext_lazy("所选负责人不在该客户的归口部门"),
    "responsible.nobody": gettext_lazy("该客户没有负责人，无从交接；请用“交给同事负责”"),
    "refresh.nothing-kept": gettext_lazy("该客户没有需要更新的档案信息"),
    "later.range": gettext_lazy("暂缓的日期已经过去，请重新发起并另选日期"),
    "segment.same": gettext_lazy("细分本来就是这个值"),
    "customers.unknown": gettext_lazy("该客户不属于您主管的部门，或已提出交接"),
    "successor.unsuitable": gettext_lazy("接收人不能接收这位客户"),
    "successor.elsewhere": gettext_lazy("接收人不在该客户的归口部门"),
    "edit.conflict": gettext_lazy("该客户同时被别人改动或已被合并"),
    "actor.may-not": gettext_lazy("您已没有办理这项操作的权限"),
}
PROBLEMS = {
    "selection.over": gettext_lazy("选择的客户已经用过或已过期，请在列表中重新选择。"),
    "selection.empty": gettext_lazy("没有选中任何客户。请先在列表中勾选。"),
    "selection.large": gettext_lazy("一次最多处理 {number} 位客户。请缩小筛选条件，分几次处理。"),
    "typed.wrong": gettext_lazy("现在选中的是 {number} 位客户，请核对后输入这个数字。"),
    "verb.unknown": gettext_lazy("您不能办理这项操作。"),
    "operation.over": gettext_lazy("这项操作已经结束。"),
    "operation.unknown": gettext_lazy("没有这项操作。"),
}


def problem(code: str, number: int) -> str:
    return str(PROBLEMS[code]).format(number=number)


def reason(code: str) -> str:
    known = REASONS.get(code)
    return str(known) if known else refusal_name(code, get_language() or "zh-hans")


def title(row: BulkOperation) -> str:
    known = verbs.get(row.verb)
    return str(known.title) if known else row.verb


def line(row: BulkOperation) -> dict[str, Any]:
    handled = row.done + row.failed
    return {
        "row": row,
        "title": title(row),
        "kind": KINDS[State(row.state)],
        "handled": handled,
        "left": row.total - handled,
        "problem": _("密钥暂时不可用，稍后可以继续。") if row.problem else "",
    }


def failures(request: StaffRequest, items: Sequence[BulkItem]) -> list[dict[str, Any]]:
    """Each customer that was left as it is: its masked name where the reader still sees it, and why."""
    purpose = purpose_of(request, request.actor)
    wanted = [item.customer_id for item in items]
    rows = list(registry.visible(request.actor).filter(id__in=wanted)) if purpose and wanted else []
    shown: dict[Any, Any] = {}
    if rows:
        try:
            views = registry.masked(
                actor=request.actor, purpose=purpose, rows=rows, action=Action.VIEW, now=clock.now()
            )
        except gate.Refused:
            views = []  # today's rows are used up: the reasons are still told
        shown = {one["row"].id: one for one in registry_words.rows(views)}
    return [
        {"item": item, "of": shown.get(item.customer_id), "reason": reason(item.problem)} for item in items
    ]
