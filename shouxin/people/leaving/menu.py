"""This room's line of the menu and its cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.kit import clock, menu, workbench
from shouxin.people import lines
from shouxin.people.leaving import queries

menu.register(
    menu.MenuEntry(
        "people",
        _("离岗"),
        "people:departures",
        frozenset({Permission.PEOPLE_DEPARTURE_ANNOUNCE, Permission.PEOPLE_DEPARTURE_READ}),
        "logout",
        30,
        text=_("预告的离职：何时停用，手上的事交给谁。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.departing",
        _("预告离职的人员"),
        lambda actor: queries.listed(actor, "open"),
        "people:departures",
        Permission.PEOPLE_DEPARTURE_READ,
        "state=open",
        75,
        section=workbench.Section.ENDING,
        line=lines.departure,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.overdue",
        _("最后工作日已过，尚未停用"),
        lambda actor: queries.overdue(actor, clock.now()),
        "people:departures",
        Permission.PEOPLE_STAFF_WRITE,
        "state=overdue",
        15,
        section=workbench.Section.WATCH,
        line=lines.departure,
    )
)
