"""The tables of this app, room by room."""

from shouxin.operations.demo.models import DemonstrationMark

__all__ = ["DemonstrationMark"]
