"""Whoever asked for somebody else gets the answer and the package by the contact they left: never by the sign-in of the
person it is about. Whoever had their account closed, and signs in no more, gets the answer by their contact on file.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from shouxin.core.crypto.errors import CryptoError
from shouxin.gate import services as gate
from shouxin.portal.anyone import keys
from shouxin.portal.entering import channels, closing, finding
from shouxin.portal.entering import services as entering
from shouxin.portal.entering.errors import EntryProblem
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Case, Requester, State
from shouxin.rights.cases.outside import PUBLIC
from shouxin.rights.packages import services
from shouxin.rights.packages.models import Package
from shouxin.vault.errors import VaultError

ANSWERED = frozenset({State.ANSWERED.value, State.WATCHING.value})


def given_here(row: Case) -> bool:
    """Whether this answer is given here, after a code to the contact: they were identified, and no sign-in shows it."""
    return (
        row.state in ANSWERED
        and row.verified_at is not None
        and (row.requester != Requester.SELF or by_file(row))
    )


def by_file(row: Case) -> bool:
    """Whether the code goes to the contact on file: the person's own account was closed."""
    return row.requester == Requester.SELF and closing.closes(row)


def proved(request: HttpRequest, row: Case) -> datetime | None:
    """When the code was typed in this browser; None where it was not, or nothing is given here."""
    return keys.proved_at(request, row.id) if given_here(row) else None


def ask_code(row: Case, address: str, now: datetime) -> None:
    """Have a code sent to the contact left with the request, or to the one on file; that it was read is journalled.

    Raises:
        shouxin.portal.entering.errors.EntryProblem: none can be sent.
    """
    contact = _on_file(row, now) if by_file(row) else cases.read(actor=PUBLIC, case=row).contact
    entering.ask_for(case=row.id, contact=contact, address=address, now=now)


def _on_file(row: Case, now: datetime) -> str:
    """The person's own contact, confirmed lately and nobody else's as well, as long as it is not deleted."""
    try:
        with transaction.atomic():
            for one in finding.contacts_of(row.customer_id, now=now) if row.customer_id else ():
                theirs = not one.stale and not finding.others_have(one.text, one.customer, now=now)
                if theirs and channels.for_contact(one.text):
                    return one.text
    except gate.Refused:
        pass
    except (VaultError, CryptoError):
        raise EntryProblem("keys.away") from None
    raise EntryProblem("contact.closed")


def fetch(row: Case, proved_at: datetime | None, now: datetime) -> tuple[Package, Any]:
    """The archive, once.

    Raises:
        shouxin.rights.cases.errors.CaseProblem: there is none to be had, or no code was typed just now.
    """
    return services.hand_over(actor=replace(PUBLIC, second_factor_at=proved_at), case=row.id, now=now)
