"""What this app shows on the workbench besides its cards: log-ins, their second factors, places that are locked out."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouxin.core.policy import ADMINISTRATORS, Actor, Permission, Role
from shouxin.kit import clock, workbench
from shouxin.kit.workbench import Figure, Meter, Meters
from shouxin.people import queries
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import State as ConnectionState
from shouxin.people.guarding import queries as guard
from shouxin.people.second_factor.rules import MANDATORY

P = Permission


def _accounts(actor: Actor) -> Meters | None:
    """How the log-ins that the reader sees stand: with a role, with a second factor."""
    if not actor.roles & (ADMINISTRATORS | {Role.SUPERVISOR}):
        return None  # whoever answers for customers has other pictures to look at
    needed = Q(roles__overlap=[role.value for role in MANDATORY])
    proved = Q(second_factor_at__isnull=False)
    found = (
        queries.staff_list(actor=actor)
        .filter(is_active=True)
        .order_by()
        .aggregate(
            whole=Count("id"),
            appointed=Count("id", filter=~Q(roles=[])),
            proved=Count("id", filter=proved),
            needed=Count("id", filter=needed),
            needed_proved=Count("id", filter=needed & proved),
        )
    )
    listed = f"{reverse('people:staff')}?state=active"
    shares = (
        Meter(_("已有角色"), found["appointed"], found["whole"], listed),
        Meter(_("须二次认证，已设"), found["needed_proved"], found["needed"]),
        Meter(_("已设二次认证"), found["proved"], found["whole"]),
    )
    return Meters(tuple(one for one in shares if one.whole), address=reverse("people:staff"))


def _figures(actor: Actor) -> Iterator[Figure]:
    now = clock.now()
    if actor.may(P.PEOPLE_STAFF_WRITE):
        active = queries.staff_list(actor=actor, state="active").count()
        idle = queries.staff_list(actor=actor, state="idle").count()
        yield Figure(_("在用的登录名"), str(active), f"{reverse('people:staff')}?state=active")
        yield Figure(_("没有角色的登录名"), str(idle), f"{reverse('people:staff')}?state=idle", bad=idle > 0)
    if actor.may(P.PEOPLE_CONNECTION_READ):
        working = connections.visible_to(actor).filter(state=ConnectionState.ACTIVE).count()
        yield Figure(_("生效的外部连接"), str(working), reverse("people:connections"))
    if actor.may(P.PEOPLE_SOURCE_READ):
        closed = guard.sources(actor, state="closed", now=now)[: workbench.MOST].count()
        yield Figure(
            _("正被限制的来源"),
            str(closed),
            f"{reverse('people:guard_sources')}?state=closed",
            bad=closed > 0,
        )


workbench.charts.register(
    "accounts",
    workbench.Chart(
        "accounts",
        gettext_lazy("登录名"),
        _accounts,
        frozenset({P.PEOPLE_STAFF_READ.value}),
        order=15,
    ),
)
workbench.figures.register(
    "accounts",
    workbench.Figures(
        "accounts",
        _figures,
        frozenset({P.PEOPLE_STAFF_WRITE.value, P.PEOPLE_CONNECTION_READ.value, P.PEOPLE_SOURCE_READ.value}),
        30,
    ),
)
