"""The tables of every room of this app, for Django to find."""

from shouxin.access.clients.models import (
    ApiClient,
    ClientChange,
    ClientReceipt,
    ClientToken,
    ClientUse,
    TurnedAway,
)
from shouxin.access.emergency.models import EmergencyAccess, EmergencySuspension
from shouxin.access.grants.models import GrantUse, StandingGrant
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.ledger.models import LedgerToken
from shouxin.access.reviews.models import Review, ReviewLine
from shouxin.access.secrets.models import SecretReader
from shouxin.access.sync.models import CustomerChange, CustomerToken
from shouxin.access.webhooks.models import Attempt, Delivery, Endpoint

__all__ = [
    "ApiClient",
    "Attempt",
    "ClientChange",
    "ClientReceipt",
    "ClientToken",
    "ClientUse",
    "CustomerChange",
    "CustomerToken",
    "Delivery",
    "EmergencyAccess",
    "EmergencySuspension",
    "Endpoint",
    "GrantUse",
    "LedgerToken",
    "Review",
    "ReviewLine",
    "RiskAlert",
    "RiskMark",
    "SecretReader",
    "StandingGrant",
    "TurnedAway",
]
