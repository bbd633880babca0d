"""What the gate shows on the workbench: reads by day and purpose, refusals, and what oneself has used today."""

from collections.abc import Iterator, Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission, Role
from shouxin.gate import daily, limits
from shouxin.gate.facts import rules
from shouxin.gate.models import Contact, ReadDay
from shouxin.kit import clock, workbench

P = Permission
MOST_SERIES = 5
REST = "*"  # purposes beyond the most used


def purpose_name(key: str) -> str:
    """A purpose by its name; what was asked for none, or for one that is gone, says so."""
    book = rules.get("rulebook")
    rule = book.purpose(key) if book and key else None
    return rule.name.in_(get_language() or "zh-hans") if rule else key or _("没有目的")


def _bars(actor: Actor, kinds: Sequence[ReadDay.Kind]) -> workbench.Bars | None:
    found = daily.reads(actor, kinds)
    if not found.counts:
        return None
    named = found.purposes[:MOST_SERIES]
    rest = found.purposes[MOST_SERIES:]
    columns = []
    for place, day in enumerate(reversed(found.days)):
        label = "" if place % 2 else f"{day.month}-{day.day}"
        marks = [workbench.Mark(key, found.counts[day, key]) for key in named if (day, key) in found.counts]
        others = sum(found.counts.get((day, key), 0) for key in rest)
        marks += [workbench.Mark(REST, others)] if others else []
        columns.append(workbench.Column(label, day.isoformat(), tuple(marks)))
    series = [(key, purpose_name(key)) for key in named] + ([(REST, _("其他目的"))] if rest else [])
    return workbench.Bars(tuple(reversed(columns)), tuple(series), found.at, _journal(actor))


def _journal(actor: Actor) -> str:
    try:
        return reverse("journal:entries") if actor.may(P.JOURNAL_ENTRY_READ) else ""
    except NoReverseMatch:  # mounted by the console alone
        return ""


def _reads(actor: Actor) -> workbench.Bars | None:
    kinds = [ReadDay.Kind.CLEAR]
    return _bars(actor, [*kinds, ReadDay.Kind.PROGRAM] if actor.may(P.JOURNAL_ENTRY_READ) else kinds)


def _refused(actor: Actor) -> workbench.Bars | None:
    if not (actor.may(P.JOURNAL_ENTRY_READ) or Role.HEAD in actor.roles):
        return None  # one's own refusals were met when they happened
    return _bars(actor, [ReadDay.Kind.REFUSED])


def _used(actor: Actor) -> Iterator[workbench.Figure]:
    now = clock.now()
    used = limits.usage(actor, now)
    since = clock.midnight(now, limits.ZONE)
    contacts = Contact.objects.filter(staff_id=actor.id, opened_at__gte=since)[: workbench.MOST].count()
    yield workbench.Figure(_("今天接待"), _("%(n)d 次") % {"n": contacts})
    yield workbench.Figure(
        _("今天已看列表"),
        _("%(n)d 行") % {"n": used.rows},
        note=_("每天最多 %(n)d 行") % {"n": used.most},
        bad=used.rows >= used.most,
    )


for _key, _title, _draw, _permissions, _order in (
    (
        "reads",
        gettext_lazy("近 14 天查看明文，按处理目的"),
        _reads,
        {P.CUSTOMERS_FIELD_REVEAL, P.JOURNAL_ENTRY_READ},
        10,
    ),
    (
        "refusals",
        gettext_lazy("近 14 天没有放行的查看，按处理目的"),
        _refused,
        {P.CUSTOMERS_FIELD_REVEAL, P.JOURNAL_ENTRY_READ},
        40,
    ),
):
    workbench.charts.register(
        _key,
        workbench.Chart(
            _key,
            _title,
            _draw,
            frozenset(one.value for one in _permissions),
            unit=gettext_lazy("次"),
            order=_order,
        ),
    )
workbench.figures.register(
    "used", workbench.Figures("used", _used, frozenset({P.CUSTOMERS_CONTACT_OPEN.value}), 10)
)
