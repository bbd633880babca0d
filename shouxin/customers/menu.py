"""This app's lines in the menu and cards on the workbench."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.kit import menu

READ = frozenset({Permission.CUSTOMERS_PROFILE_READ.value})

for _title, _url, _needed, _icon, _order in (
    (_("查找客户"), "customers:find", Permission.CUSTOMERS_PROFILE_SEARCH, "person_search", 10),
    (_("客户"), "customers:list", Permission.CUSTOMERS_PROFILE_READ, "groups", 20),
    (_("录入客户"), "customers:create", Permission.CUSTOMERS_PROFILE_CREATE, "person_add", 30),
):
    menu.register(
        menu.MenuEntry(
            group="customers",
            title=_title,
            url_name=_url,
            permissions=frozenset({_needed.value}),
            icon=_icon,
            order=_order,
        )
    )
