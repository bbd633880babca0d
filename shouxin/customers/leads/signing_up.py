"""What leads sign up for is their import."""

from shouxin.customers.leads import events, jobs, menu

__all__ = ["events", "jobs", "menu"]
