"""The tables of every room of this app, for Django to find."""

from shouxin.rights.arranged.models import Arrangement
from shouxin.rights.cases.models import Case, Check, Deed, Proof, Round, RoundItem
from shouxin.rights.feedback.models import Feedback
from shouxin.rights.packages.models import Package, Piece
from shouxin.rights.satisfaction.models import ContactScore

__all__ = [
    "Arrangement",
    "Case",
    "Check",
    "ContactScore",
    "Deed",
    "Feedback",
    "Package",
    "Piece",
    "Proof",
    "Round",
    "RoundItem",
]
