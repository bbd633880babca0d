"""The rooms' tables, where Django looks for them."""

from shouxin.portal.entering.models import Challenge, Invitation, Session

__all__ = ["Challenge", "Invitation", "Session"]
