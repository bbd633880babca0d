"""What this room signs up with others when it is loaded."""

from shouxin.customers.collection import drafts, events, jobs, menu, naming, plans, ties

__all__ = ["drafts", "events", "jobs", "menu", "naming", "plans", "ties"]
