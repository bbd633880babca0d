"""The tables of every room of this app, for Django to find."""

from shouxin.access.clients.models import ApiClient, ClientReceipt, ClientUse, TurnedAway
from shouxin.access.grants.models import GrantUse, StandingGrant

__all__ = ["ApiClient", "ClientReceipt", "ClientUse", "GrantUse", "StandingGrant", "TurnedAway"]
