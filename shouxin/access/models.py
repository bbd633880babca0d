"""The tables of every room of this app, for Django to find."""

from shouxin.access.clients.models import (
    ApiClient,
    ClientChange,
    ClientReceipt,
    ClientToken,
    ClientUse,
    TurnedAway,
)
from shouxin.access.grants.models import GrantUse, StandingGrant
from shouxin.access.reviews.models import Review, ReviewLine

__all__ = [
    "ApiClient",
    "ClientChange",
    "ClientReceipt",
    "ClientToken",
    "ClientUse",
    "GrantUse",
    "Review",
    "ReviewLine",
    "StandingGrant",
    "TurnedAway",
]
