"""What this room signs up with others when it is loaded: events, the menu, what a sent message settles."""

from shouxin.customers.informing import events, menu, services

__all__ = ["events", "menu", "services"]
