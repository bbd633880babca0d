"""Reading the journal: a page or an entry, each recorded before it is shown."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from shouxin.core.policy import Actor
from shouxin.customers.registry import merging
from shouxin.journal import queries
from shouxin.journal import services as journal
from shouxin.kit.lists import Place, Sort, Window


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None means any. `until` is the last day included."""

    event: str | None = None
    actor: UUID | None = None
    customer: UUID | None = None
    purpose: str | None = None
    since: date | None = None
    until: date | None = None

    def codes(self) -> dict[str, Any]:
        """For the journal: what was narrowed, by code."""
        known = {
            "about": self.actor,
            "kind": self.event,
            "purpose": self.purpose,
            "customer": self.customer,
            "since": self.since,
            "until": self.until,
        }
        return {key: str(value) for key, value in known.items() if value is not None}


def read(actor: Actor, *, search: Search, sort: Sort, place: Place) -> Window[queries.Line]:
    """One page of the journal; that it was read is recorded first.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not read the journal.
    """
    filters = queries.Filters(
        event=search.event,
        actor=search.actor,
        customers=tuple(merging.family(search.customer)) if search.customer else (),
        purpose=search.purpose,
        since=_midnight(search.since) if search.since else None,
        until=_midnight(search.until + timedelta(days=1)) if search.until else None,
    )
    page = queries.page(actor, filters, sort, place)
    data: dict[str, Any] = {"count": len(page.rows), "narrowed": search.codes()}
    journal.append_at_once(actor=actor, event="journal.searched", rows=[(search.customer, data)])
    return page


def open_entry(actor: Actor, *, entry: UUID) -> queries.Line | None:
    """One entry; that it was opened is recorded, about the customer it is about.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not read the journal.
    """
    line = queries.entry(actor, entry)
    if line is not None:
        rows = [(line.customer, {"entry": str(entry)})]
        journal.append_at_once(actor=actor, event="journal.entry_read", rows=rows)
    return line


def _midnight(day: date) -> datetime:
    """Days are those of the office."""
    return timezone.make_aware(datetime.combine(day, time.min))
