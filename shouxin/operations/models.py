"""The tables of this app, room by room."""

from shouxin.operations.demo.models import DemonstrationMark
from shouxin.operations.queue.models import JobFailure

__all__ = ["DemonstrationMark", "JobFailure"]
