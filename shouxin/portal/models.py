"""The rooms' tables, where Django looks for them."""

from shouxin.portal.answers.models import Letter
from shouxin.portal.changes.models import Change, Freeze, Notice
from shouxin.portal.entering.models import Challenge, Invitation, Session
from shouxin.portal.published.models import FiguresSwitch, PublishedList
from shouxin.portal.storing.models import StoredIn
from shouxin.portal.surveys.models import Answer, ApartAnswer, Asked, Invite, Survey
from shouxin.portal.unstated.models import Ground
from shouxin.portal.wishing.models import Shared, Wish

__all__ = [
    "Answer",
    "ApartAnswer",
    "Asked",
    "Challenge",
    "Change",
    "FiguresSwitch",
    "Freeze",
    "Ground",
    "Invitation",
    "Invite",
    "Letter",
    "Notice",
    "PublishedList",
    "Session",
    "Shared",
    "StoredIn",
    "Survey",
    "Wish",
]
