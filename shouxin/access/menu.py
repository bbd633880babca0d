"""This app's lines in the menu and cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.access.clients import queries as clients
from shouxin.access.grants import queries
from shouxin.core.policy import Permission
from shouxin.kit import menu, workbench

menu.register(
    menu.MenuEntry(
        group="access",
        title=_("常设用数授权"),
        url_name="access:grants",
        permissions=frozenset({Permission.ACCESS_GRANT_READ.value}),
        icon="key",
        order=10,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="grants-awaiting",
        title=_("待我审批的用数授权"),
        count=lambda actor: queries.awaiting(actor).count(),
        url_name="access:grants",
        permission=Permission.ACCESS_GRANT_APPROVE.value,
        query="state=awaiting",
        order=10,
    )
)
menu.register(
    menu.MenuEntry(
        group="access",
        title=_("接口客户端"),
        url_name="access:clients",
        permissions=frozenset({Permission.API_CLIENT_READ.value}),
        icon="api",
        order=20,
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="api-clients-awaiting",
        title=_("待我审批的接口客户端"),
        count=lambda actor: clients.awaiting(actor).count(),
        url_name="access:clients",
        permission=Permission.API_CLIENT_APPROVE.value,
        query="state=awaiting",
        order=11,
    )
)
