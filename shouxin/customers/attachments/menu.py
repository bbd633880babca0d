"""This room's card on a customer's page."""

from shouxin.customers.attachments import presenting
from shouxin.kit import panels

panels.register(panels.Panel("attachments", "customer.sections", "attachments/panel.html", presenting.panel))
