"""The rooms' tables, where Django looks for them."""

from shouxin.portal.changes.models import Change, Freeze, Notice
from shouxin.portal.entering.models import Challenge, Invitation, Session
from shouxin.portal.storing.models import StoredIn
from shouxin.portal.unstated.models import Ground
from shouxin.portal.wishing.models import Shared, Wish

__all__ = [
    "Challenge",
    "Change",
    "Freeze",
    "Ground",
    "Invitation",
    "Notice",
    "Session",
    "Shared",
    "StoredIn",
    "Wish",
]
