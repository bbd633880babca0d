"""What this app shows on the workbench besides its cards: which grants and programs end when, which are in force."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.access.clients import queries as clients
from shouxin.access.grants import queries as grants
from shouxin.access.grants.models import GrantUse
from shouxin.core.policy import Actor, Permission
from shouxin.gate.limits import day_of
from shouxin.kit import clock, workbench
from shouxin.kit.workbench import Bars, Column, Figure, Mark

P = Permission
DAYS = 30
GRANTS, CLIENTS = "grants", "clients"
MOST = 1000  # of each in the picture


def _ending(actor: Actor) -> Bars | None:
    """What ends on each of the next days: one's own, a head's people's, or all for those who oversee."""
    now = clock.now()
    found: dict[tuple[int, str], int] = {}
    ends = {GRANTS: list(grants.ending(actor, now, team=True).values_list("until", flat=True)[:MOST])}
    if actor.may(P.API_CLIENT_READ):
        ends[CLIENTS] = list(clients.ending(actor, now).values_list("ends_at", flat=True)[:MOST])
    today = clock.today(now)
    for kind, moments in ends.items():
        for moment in moments:
            ahead = (clock.today(moment) - today).days
            found[ahead, kind] = found.get((ahead, kind), 0) + 1
    if not found:
        return None
    columns = []
    for ahead in range(DAYS + 1):
        day = today + timedelta(days=ahead)
        marks = tuple(Mark(kind, found[ahead, kind]) for kind in ends if (ahead, kind) in found)
        label = f"{day.month}-{day.day}" if ahead % 5 == 0 else ""
        columns.append(Column(label, day.isoformat(), marks))
    series = [(GRANTS, _("常设用数授权"))]
    if actor.may(P.API_CLIENT_READ):
        series.append((CLIENTS, _("接口客户端")))
    return Bars(tuple(columns), tuple(series), address=reverse("access:grants"))


def _in_force(actor: Actor) -> Iterator[Figure]:
    """A clerk's own grants, and how often they were used today."""
    now = clock.now()
    mine = list(grants.own_in_force(actor, now).values_list("id", "daily_limit")[: workbench.MOST])
    if not mine:
        yield Figure(_("生效的用数授权"), _("没有"), reverse("access:propose"), _("查看明文须先申请"))
        return
    used = GrantUse.objects.filter(grant_id__in=[key for key, _most in mine], day=day_of(now))
    spent = sum(used.values_list("count", flat=True))
    yield Figure(
        _("生效的用数授权"),
        str(len(mine)),
        f"{reverse('access:grants')}?state=force",
        _("今天已用 %(n)d / %(most)d 次") % {"n": spent, "most": sum(most for _key, most in mine)},
    )


workbench.charts.register(
    "grants-ending",
    workbench.Chart(
        "grants-ending",
        gettext_lazy("未来 30 天到期的授权"),
        _ending,
        frozenset({P.ACCESS_GRANT_READ.value}),
        unit=gettext_lazy("项"),
        order=30,
    ),
)
workbench.figures.register(
    "grants", workbench.Figures("grants", _in_force, frozenset({P.ACCESS_GRANT_PROPOSE.value}), 20)
)
