"""Messages in the menu and on the workbench of whoever may approve them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.core.policy import Permission
from shouxin.customers.messages import presenting, queries
from shouxin.kit import menu, panels, workbench

menu.register(
    menu.MenuEntry(
        group="customers",
        title=pgettext_lazy("to customers", "消息"),
        url_name="customers:messages",
        permissions=frozenset({Permission.CUSTOMERS_MESSAGE_READ.value}),
        icon="outgoing_mail",
        order=47,
        text=_("发给客户的邮件、短信和电话清单：起草、批准、进度和逐位记录。"),
    )
)
workbench.register(
    workbench.WorkbenchCard(
        key="messages-waiting",
        title=_("待批准的消息"),
        rows=queries.awaiting,
        section=workbench.Section.APPROVE,
        line=presenting.line,
        url_name="customers:messages",
        permission=Permission.CUSTOMERS_MESSAGE_APPROVE.value,
        query="show=waiting",
        order=24,
    )
)
panels.register(panels.Panel("messages.verb", "customer.verbs", "messages/verb.html", presenting.verb))
