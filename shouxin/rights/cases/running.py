"""The days of a case as they run: from when the law that holds counts, what a standstill adds, and a child's own."""

from datetime import date, datetime, timedelta
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
    return _longest(row) + _stood(row)


def over(row: Case, now: datetime) -> bool:
    """Whether the last day has passed; while the clock stands, whether it had when it was stopped."""
    return rules.local(row.paused_at or now) > row.stop_on


def why_not_longer(row: Case, now: datetime) -> str:
    """What keeps a request from taking longer, as the code of a problem; empty where nothing does. What has run out
    is extended no more: the law lets only a period be extended that still runs.
    """
    if row.extended_at is not None:
        return "clock.extended"
    if row.first_answered_at is not None:  # opened again: the days for its answer have been used
        return "clock.reopened"
    if row.minor or row.kind == Kind.INQUIRY or last_day(row) <= row.due_on:
        return "clock.no-longer"
    return "clock.over" if over(row, now) else ""


def _days(row: Case) -> tuple[date, date]:
    """The target and the last day, as if the clock had never stood."""
    clock, begun = clock_for(row.jurisdiction), rules.local(row.filed_at)
    return rules.deadlines(clock, begun, child=row.minor, place=row.jurisdiction)


def _longest(row: Case) -> date:
    """The last day after an extension, as if the clock had never stood."""
    return clock_for(row.jurisdiction).extended.after(rules.local(row.filed_at), row.jurisdiction)


def _stood(row: Case) -> timedelta:
    """How long the clock stood."""
    stop = _days(row)[1]
    return row.stop_on - (stop if row.extended_at is None else max(stop, _longest(row)))


def follow(row: Case, jurisdiction: str, *, child: bool) -> None:
    """The days of the law that the person lives under, and of a `child`, from when the request came. An authority's
    own day stays; so does an extension, but for a child, for whom there is none."""
    stood = _stood(row)
    row.jurisdiction = jurisdiction
    if row.kind == Kind.INQUIRY:
        return
    row.minor = row.minor or child
    if row.extended_at is None or row.minor:
        due, stop = _days(row)
        row.due_on, row.stop_on = due + stood, stop + stood


def is_child(customer: UUID, now: datetime) -> bool:
    """Whether the birth date on file says that the person is under 14, read inside by the service that reads it for
    consents. False where nothing is on file, and where nobody can read it now: a tick is heeded all the same."""
    try:
        with transaction.atomic():
            return ages.is_child(merging.everybody(customer), "request_days", now)
    except (gate.Refused, VaultError, CryptoError):
        return False
