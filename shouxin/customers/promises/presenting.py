"""Needs and promises in words: the card on a customer's page and the daily list."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.core.policy import Actor, Permission
from shouxin.customers.promises import queries, rules
from shouxin.customers.promises.forms import MakeForm
from shouxin.customers.promises.models import Promise
from shouxin.customers.registry import shown
from shouxin.customers.registry.facts import relation_to
from shouxin.customers.registry.models import Customer, RecordKind
from shouxin.customers.registry.presenting import NOT_WORKED_ON
from shouxin.customers.registry.queries import CustomerView
from shouxin.kit import clock
from shouxin.people import queries as people

PROBLEMS = {
    "text.length": gettext_lazy("请写明内容，不超过 1000 字。"),
    "due.past": gettext_lazy("期限不能早于今天。"),
    "due.far": gettext_lazy("期限不能晚于三年后。"),
    "owner.unsuitable": gettext_lazy("承办人须是本人、客户负责人或归口部门的同事。"),
    "promise.unknown": gettext_lazy("没有找到，或不在您的范围内。"),
    "promise.closed-already": gettext_lazy("其中有的已由他人办结；请按本页现在的内容继续。"),
}
STANDINGS = {
    "overdue": ("bad", gettext_lazy("已逾期")),
    "today": ("warn", gettext_lazy("今天到期")),
    "soon": ("info", gettext_lazy("七天内到期")),
    "open": ("muted", gettext_lazy("未到期")),
    "kept": ("ok", gettext_lazy("已兑现")),
    "dropped": ("muted", gettext_lazy("已取消")),
}


def owners_for(actor: Actor, customer: Customer) -> list[tuple[str, str]]:
    """Who may see to it, the actor first."""
    colleagues = people.colleagues_of(customer.owner_department_id)
    others = [one for one in colleagues if one[0] != str(actor.id)]
    return [(str(actor.id), _("我自己")), *others]


def works_on(actor: Actor, customer: Customer) -> bool:
    """Whether the verbs are offered: the right to write, and a customer one works on."""
    return (
        actor.may(Permission.CUSTOMERS_PROMISE_WRITE)
        and customer.visibility == "open"
        and relation_to(actor, customer) not in NOT_WORKED_ON
    )


def line(row: Promise, text: str | None, now: datetime) -> dict[str, Any]:
    kind, name = STANDINGS[rules.standing(row.state, row.due_on, now)]
    return {"row": row, "text": text, "standing_kind": kind, "standing": name}


def texts(view: CustomerView) -> dict[UUID, str | None]:
    """What was said, by record, as far as the page shows it."""
    found: dict[UUID, str | None] = {}
    for record in view.of_kind(RecordKind.PROMISE.value):
        cell = next(iter(record.cells.values()), None)
        found[record.id] = cell.text if cell else None
    return found


def card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """What is open for this customer, with the form to note another."""
    view = shown.of(request, customer)
    actor: Actor | None = getattr(request, "actor", None)
    if view is None or actor is None:
        return None
    said, now = texts(view), clock.now()
    form = None
    if works_on(actor, view.row):
        form = MakeForm(
            owners=owners_for(actor, view.row), initial={"owner": str(actor.id)}, auto_id="promise_%s"
        )
    return {
        "row": view.row,
        "promises": [line(row, said.get(row.record_id), now) for row in queries.open_of(customer)],
        "closed": queries.closed_count(customer),
        "promise_form": form,
    }


def listed(found: Sequence[queries.Told]) -> list[dict[str, Any]]:
    lines = []
    for told in found:
        kind, name = STANDINGS[told.standing]
        lines.append(
            {
                "row": told.row,
                "name": told.name,
                "text": told.text,
                "standing_kind": kind,
                "standing": name,
            }
        )
    return lines
