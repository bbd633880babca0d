"""The days of a case as they run: from when the law that holds counts, what a standstill adds, and a child's own."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.errors import CryptoError
from shouxin.customers.consents import ages
from shouxin.customers.registry import merging
from shouxin.gate import services as gate
from shouxin.rights.cases import rules
from shouxin.rights.cases.clocks import clock_for
from shouxin.rights.cases.models import Case, Kind
from shouxin.vault.errors import VaultError


def restarted(row: Case, now: datetime) -> None:
    """Move both days by as long as the clock stood."""
    if row.paused_at is not None:
        begun, ended = rules.local(row.paused_at), rules.local(now)
        row.due_on = rules.shifted(row.due_on, begun, ended, row.jurisdiction)
        row.stop_on = max(rules.shifted(row.stop_on, begun, ended, row.jurisdiction), row.due_on)
        row.paused_at, row.pause = None, ""


def last_day(row: Case) -> date:
    """The last day there is after an extension, with the days the clock stood."""
    clock, begun = clock_for(row.jurisdiction), rules.local(row.filed_at)
    stood = row.stop_on - _days(row, begun)[1]
    return clock.extended.after(begun, row.jurisdiction) + stood


def _days(row: Case, begun: date) -> tuple[date, date]:
    """The target and the last day of what came then, as if the clock had never stood."""
    clock = clock_for(row.jurisdiction)
    return rules.deadlines(clock, begun, child=row.minor, place=row.jurisdiction)


def follow(row: Case, jurisdiction: str, *, child: bool) -> None:
    """The days of the law that the person lives under, and of a `child`, from when the request came. An authority's
    own day stays; so does an extension, but for a child, for whom there is none."""
    begun = rules.local(row.filed_at)
    stood = row.stop_on - _days(row, begun)[1]
    row.jurisdiction = jurisdiction
    if row.kind == Kind.INQUIRY:
        return
    row.minor = row.minor or child
    if row.extended_at is None:
        due, stop = _days(row, begun)
        row.due_on, row.stop_on = due + stood, stop + stood
    elif row.minor:
        row.due_on, row.stop_on = _days(row, begun)


def is_child(customer: UUID, now: datetime) -> bool:
    """Whether the birth date on file says that the person is under 14, read inside by the service that reads it for
    consents. False where nothing is on file, and where nobody can read it now: a tick is heeded all the same."""
    try:
        with transaction.atomic():
            return ages.is_child(merging.everybody(customer), "request_days", now)
    except (gate.Refused, VaultError, CryptoError):
        return False
