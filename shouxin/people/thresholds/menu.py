"""This room's line of the side menu and its card on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.kit import menu, workbench
from shouxin.people import lines
from shouxin.people.thresholds import queries

menu.register(
    menu.MenuEntry(
        "people",
        _("限额与期限"),
        "people:thresholds",
        frozenset({Permission.PEOPLE_THRESHOLD_READ}),
        "tune",
        75,
        text=_("可以按单位需要调整的限额和期限，两人确认后生效。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        "people.thresholds",
        _("待我确认的限额与期限"),
        queries.awaiting,
        "people:thresholds",
        Permission.PEOPLE_THRESHOLD_CONFIRM,
        "state=awaiting",
        16,
        section=workbench.Section.APPROVE,
        line=lines.threshold,
        verb=_("确认"),
    )
)
