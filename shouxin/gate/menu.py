"""The gate's line in the menu."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.kit import menu

menu.register(
    menu.MenuEntry(
        group="access",
        title=_("权限判定说明"),
        url_name="gate:explain",
        permissions=frozenset({Permission.GATE_DECISION_EXPLAIN.value}),
        icon="rule",
        order=30,
        text=_("某人为某个目的能看到什么，依据哪条规则。"),
    )
)
