"""What this room signs up with others when it is loaded: events and jobs."""

from shouxin.customers.bulk import events, jobs

__all__ = ["events", "jobs"]
