"""What this room signs up with others when it is loaded: drafts, events, jobs, the menu, names of origins, plans, ties."""

from shouxin.customers.collection import drafts, events, jobs, menu, naming, plans, ties

__all__ = ["drafts", "events", "jobs", "menu", "naming", "plans", "ties"]
