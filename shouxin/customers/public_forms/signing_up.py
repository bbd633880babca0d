"""What public forms sign up for is their import."""

from shouxin.customers.public_forms import events, menu

__all__ = ["events", "menu"]
