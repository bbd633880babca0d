"""The journal's line in the menu, its card on the workbench, and its verb on a customer's page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission
from shouxin.journal import checking
from shouxin.kit import menu, panels, workbench

READ = Permission.JOURNAL_ENTRY_READ


def customer_verb(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """Whoever may read the journal comes from a customer's page to what is recorded about that customer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return {"customer": customer} if actor.may(READ) else None


def found_wrong(actor: Actor) -> list[dict[str, str]]:
    """What the latest check found wrong."""
    done = [one for one in checking.latest(actor) if one.finished_at]
    return list(done[0].findings) if done else []


def _line(found: Mapping[str, str]) -> workbench.Line:
    return workbench.Line(found["en" if workbench.language().startswith("en") else "zh"])


menu.register(
    menu.MenuEntry(
        "proof",
        _("日志"),
        "journal:entries",
        frozenset({READ.value}),
        "receipt_long",
        10,
        text=_("谁在何时为何目的做了什么，不可更改。"),
    )
)
menu.register(
    menu.MenuEntry(
        "proof",
        _("检验全部日志"),
        "journal:checks",
        frozenset({READ.value}),
        "verified",
        20,
        text=_("重新计算每一条日志的哈希，看有没有被改动。"),
        under="journal:entries",
    )
)
panels.register(panels.Panel("journal", "customer.verbs", "journal/customer_verb.html", customer_verb))
workbench.register(
    workbench.WorkbenchCard(
        key="journal-unsound",
        title=_("日志检验发现的问题"),
        rows=found_wrong,
        section=workbench.Section.WATCH,
        line=_line,
        url_name="journal:checks",
        permission=READ.value,
        order=1,
    )
)
