"""What waits for the security administrator when people have joined."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.kit import workbench
from shouxin.people import lines
from shouxin.people.joining import queries

workbench.register(
    workbench.WorkbenchCard(
        "people.proposed",
        _("待我授予的角色"),
        queries.proposals,
        "people:roles_proposed",
        Permission.PEOPLE_ROLE_GRANT,
        "",
        9,
        line=lines.role_proposed,
        verb=_("授予"),
    )
)
