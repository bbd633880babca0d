"""This room's card on a customer's page."""

from django.utils.translation import gettext_lazy as _

from shouxin.customers.attachments import presenting
from shouxin.kit import panels

panels.register(
    panels.Panel(
        *("attachments", "customer.sections", "attachments/panel.html", presenting.panel),
        tab=_("附件"),
        anchor="attachments",
        counted="lines",
    )
)
