"""Whoever asked for somebody else gets the answer and the package by the contact they left: never by the sign-in of the
person it is about.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from shouxin.portal.anyone import keys
from shouxin.portal.entering import services as entering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Case, Requester, State
from shouxin.rights.cases.outside import PUBLIC
from shouxin.rights.packages import services
from shouxin.rights.packages.models import Package

ANSWERED = frozenset({State.ANSWERED.value, State.WATCHING.value})


def given_here(row: Case) -> bool:
    """Whether this answer is given here, after a code to the contact: they were identified, and ask for another."""
    return row.state in ANSWERED and row.requester != Requester.SELF and row.verified_at is not None


def proved(request: HttpRequest, row: Case) -> datetime | None:
    """When the code was typed in this browser; None where it was not, or nothing is given here."""
    return keys.proved_at(request, row.id) if given_here(row) else None


def ask_code(row: Case, address: str, now: datetime) -> None:
    """Have a code sent to the contact left with the request; that it was read for this is journalled.

    Raises:
        shouxin.portal.entering.errors.EntryProblem: none can be sent.
    """
    contact = cases.read(actor=PUBLIC, case=row).contact
    entering.ask_for(case=row.id, contact=contact, address=address, now=now)


def fetch(row: Case, proved_at: datetime | None, now: datetime) -> tuple[Package, Any]:
    """The archive, once.

    Raises:
        shouxin.rights.cases.errors.CaseProblem: there is none to be had, or no code was typed just now.
    """
    return services.hand_over(actor=replace(PUBLIC, second_factor_at=proved_at), case=row.id, now=now)
