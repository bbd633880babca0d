"""Leads in the menu and on a customer's page."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.customers.leads import presenting
from shouxin.kit import menu, panels

menu.register(
    menu.MenuEntry(
        group="customers",
        title=_("线索"),
        url_name="customers:leads",
        permissions=frozenset({Permission.CUSTOMERS_PROFILE_READ.value}),
        icon="person_pin",
        order=46,
        text=_("可能成为客户的人：来源、许可和到期日；到期没有转为客户自动销毁。"),
    )
)
panels.register(panels.Panel("leads.verb", "customer.verbs", "leads/verb.html", presenting.verb))
panels.register(panels.Panel("leads.status", "customer.side", "leads/panel.html", presenting.panel))
