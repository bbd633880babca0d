"""What this room signs up with others when it is loaded: events, jobs, the gateway, the menu, sealed places."""

from shouxin.customers.messages import calling, codes, events, gateway, jobs, menu, secrets

__all__ = ["calling", "codes", "events", "gateway", "jobs", "menu", "secrets"]
