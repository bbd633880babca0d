"""Tokens for the ledger, as those who may verify it see them."""

from django.db.models import QuerySet

from shouxin.access.ledger.models import LedgerToken
from shouxin.core.policy import Actor, Permission


def visible_to(actor: Actor) -> QuerySet[LedgerToken, LedgerToken]:
    """All of them, newest first: whoever may verify the ledger sees who else mirrors it."""
    if not actor.may(Permission.JOURNAL_LEDGER_VERIFY):
        return LedgerToken.objects.none()
    return LedgerToken.objects.select_related("owner", "ended_by")
