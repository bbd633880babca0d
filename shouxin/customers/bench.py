"""What this app shows on the workbench besides its cards: recent contacts, promises by day, the register's quality."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.core.policy import Actor, Permission
from shouxin.customers.promises import queries as promises
from shouxin.customers.promises.models import Kind
from shouxin.customers.quality import figures
from shouxin.customers.registry import queries as registry
from shouxin.gate.bench import purpose_name
from shouxin.gate.events import reason_name
from shouxin.gate.models import Contact
from shouxin.gate.queries import recent_contacts
from shouxin.kit import clock, workbench
from shouxin.kit.workbench import Bars, Column, Line, Mark, Meter, Meters

P = Permission
RECENT = 5
LOOKED_THROUGH = 40  # contacts, for so many different customers
AHEAD = 14  # days of promises in a picture


def _contacts(actor: Actor) -> list[Line]:
    """The customers last received, one line each; those out of sight by now are left out."""
    now = clock.now()
    found: dict[UUID, Contact] = {}
    for contact in recent_contacts(actor=actor, limit=LOOKED_THROUGH):
        found.setdefault(contact.customer_id, contact)
    seen = set(registry.visible(actor).filter(id__in=list(found)).values_list("id", flat=True))
    lines = []
    for contact in [one for one in found.values() if one.customer_id in seen][:RECENT]:
        live = contact.ends_at > now
        lines.append(
            Line(
                _("接待中") if live else "",
                f"{purpose_name(contact.purpose)} · {reason_name(contact.reason_class, workbench.language())}",
                until=contact.ends_at if live else None,
                since=contact.opened_at,
                address=reverse("customers:page", args=[contact.customer_id]),
                customer=contact.customer_id,
            )
        )
    return lines


def _promises(actor: Actor) -> Bars | None:
    """What the reader has promised: overdue, then day by day."""
    now = clock.now()
    today = clock.today(now)
    found = promises.of(actor, show="open", team=False, now=now).filter(
        due_on__lte=today + timedelta(days=AHEAD)
    )
    rows = found.order_by().values_list("due_on", "kind").annotate(count=Count("id"))
    counts = {(due, kind): count for due, kind, count in rows}
    if not counts:
        return None

    def column(label: str, name: str, days: Sequence[date]) -> Column:
        marks = [(kind, sum(counts.get((day, kind), 0) for day in days)) for kind in Kind.values]
        return Column(label, name, tuple(Mark(kind, count) for kind, count in marks if count))

    late = sorted({day for day, _kind in counts if day < today})
    columns = [column(_("逾期"), _("逾期"), late)]
    for ahead in range(AHEAD + 1):
        day = today + timedelta(days=ahead)
        label = "" if ahead % 3 else f"{day.month}-{day.day}"
        columns.append(column(label if ahead else _("今天"), day.isoformat(), [day]))
    series = tuple((kind.value, str(kind.label)) for kind in Kind)
    return Bars(tuple(columns), series, address=f"{reverse('customers:promises')}?show=open")


def _quality(actor: Actor) -> Meters | None:
    """The figures of the reader's departments, for all purposes together."""
    total, at = figures.summed(actor)
    if at is None:
        return None
    shares = [
        Meter(_("完整"), total.asked - total.missing, total.asked),
        Meter(_("未过期"), total.present - total.old, total.present),
        Meter(_("已核实"), total.verified, total.values),
        Meter(_("脱敏或有授权的查看"), total.reads - total.open_reads, total.reads),
    ]
    shown = tuple(one for one in shares if one.whole)
    return Meters(shown, at, reverse("customers:figures")) if shown else None


def register() -> None:
    """Sign up with the workbench."""
    workbench.recents.register(
        "contacts",
        workbench.Recent(
            "contacts",
            gettext_lazy("最近接待"),
            _contacts,
            P.CUSTOMERS_CONTACT_OPEN.value,
            verb=gettext_lazy("打开"),
        ),
    )
    workbench.charts.register(
        "promises",
        workbench.Chart(
            "promises",
            gettext_lazy("我的需求与承诺，按期限"),
            _promises,
            frozenset({P.CUSTOMERS_PROMISE_WRITE.value}),
            unit=gettext_lazy("项"),
            order=5,
        ),
    )
    workbench.charts.register(
        "quality",
        workbench.Chart(
            "quality",
            gettext_lazy("数据质量"),
            _quality,
            frozenset({P.CUSTOMERS_QUALITY_READ.value}),
            order=20,
        ),
    )
