"""What the portal hangs into pages of other rooms."""

from shouxin.kit import panels
from shouxin.portal.entering import staff_views

panels.register(panels.Panel("portal.invite", "customer.verbs", "portal/staff/verb.html", staff_views.verb))
