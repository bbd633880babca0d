"""Telling again in the menu, and the button at a customer who is still to be told."""

from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Permission
from shouxin.customers.informing import presenting
from shouxin.kit import menu, panels

menu.register(
    menu.MenuEntry(
        group="customers",
        title=_("再次告知"),
        url_name="customers:informing",
        permissions=frozenset({Permission.CUSTOMERS_MESSAGE_READ.value}),
        icon="campaign",
        order=48,
        text=_("告知新增用途或用途有变化时，哪些客户已经看到、哪些还没有，并发给还没看到的。"),
    )
)
panels.register(panels.Panel("informing.verb", "customer.verbs", "informing/verb.html", presenting.verb))
