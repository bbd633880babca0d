"""SCIM as a kind of connection."""

from collections.abc import Sequence

from shouxin.core.text import Text
from shouxin.kit import connections as tried
from shouxin.people.connections import queries
from shouxin.people.connections.kinds import KindRoom, rooms
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.models import Department
from shouxin.people.scim import views
from shouxin.people.scim.forms import ScimForm, shown

rooms.register(
    Kind.SCIM,
    KindRoom(
        form=ScimForm,
        shown=shown,
        effect=Text(
            "单位的人员目录把入职、改名、离岗和组同步过来；角色只能提议，由部门负责人确认。",
            "The organisation's directory brings joiners, new names, leavers and groups; roles it can only propose.",
        ),
        comes_in=True,
        page="scim/groups.html",
        more=views.page_of,
    ),
)


def look() -> Sequence[tried.Outcome]:
    """SCIM is spoken to us: what can be tried is whether the next joiner would find a place."""
    return [
        tried.attempt(one.name, "SCIM 2.0", lambda c=one: _has_a_place(c))  # type: ignore[misc]
        for one in queries.in_force(Kind.SCIM)
    ]


def _has_a_place(connection: Connection) -> str:
    if not Department.objects.filter(id=connection.settings["department"], is_active=True).exists():
        raise tried.TurnedAway(
            Text(
                "新人员的部门已停用，目录新增的人会被拒绝",
                "the department of new people is closed: joiners are refused",
            )
        )
    return "SCIM 2.0"


tried.register(
    tried.Connection(
        name="scim",
        title=Text("SCIM 人员同步", "People by SCIM"),
        reduced=Text(
            "目录的入职、离岗和组不再同步；由管理员手工办理，登录不受影响。",
            "Joiners, leavers and groups no longer come by themselves; administrators see to them, sign-in goes on.",
        ),
        look=look,
    )
)
