"""This room's lines of the side menu and its cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission
from shouxin.journal.events import words
from shouxin.kit import menu, workbench
from shouxin.people import queries
from shouxin.people.connections import queries as connections
from shouxin.people.readers import name_behind, role_name

menu.register(
    menu.MenuEntry(
        "people", _("人员"), "people:staff", frozenset({Permission.PEOPLE_STAFF_READ}), "group", 10
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("部门"),
        "people:departments",
        frozenset({Permission.PEOPLE_STAFF_READ}),
        "account_tree",
        20,
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("职责"),
        "people:duties",
        frozenset({Permission.PEOPLE_DUTY_READ}),
        "assignment_ind",
        30,
    )
)
menu.register(
    menu.MenuEntry(
        "people",
        _("委托代理"),
        "people:delegations",
        frozenset({Permission.PEOPLE_DELEGATION_GIVE, Permission.ACCESS_REVIEW_READ}),
        "supervisor_account",
        40,
    )
)

menu.register(
    menu.MenuEntry(
        "people",
        _("外部连接"),
        "people:connections",
        frozenset({Permission.PEOPLE_CONNECTION_READ}),
        "hub",
        60,
    )
)


def _waiting(actor: Actor) -> int:
    """Roles that this very head may confirm."""
    rows = queries.waiting_roles(actor=actor).select_related("staff", "granted_by")
    return len({row.staff_id for row in rows if queries.may_confirm(actor=actor, assignment=row)})


def _remarked(actor: Actor) -> int:
    return len(queries.remarked_ids(actor))


workbench.register(
    workbench.WorkbenchCard(
        "people.waiting",
        _("待我确认的角色"),
        _waiting,
        "people:staff",
        Permission.PEOPLE_ROLE_CONFIRM,
        "state=waiting",
        10,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.remarks",
        _("兼任角色备注"),
        _remarked,
        "people:staff",
        Permission.RULEBOOK_PURPOSE_APPROVE,
        "state=remarks",
        80,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.connections",
        _("待我确认的外部连接"),
        lambda actor: connections.awaiting(actor).count(),
        "people:connections",
        Permission.PEOPLE_CONNECTION_APPROVE,
        "state=awaiting",
        15,
    )
)
words.register("staff", name_behind)
words.register("role", role_name)
