"""From when a statutory period counts for one person: by the dates on file, read inside the process.

Where nothing on file says when a period begins, its end is not known either, and that is what is said.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.identifiers.dates import parse_date
from shouxin.core.policy import service_actor
from shouxin.customers.registry.models import Provenance, Record, RecordKind
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.rights import secrecy
from shouxin.rights.cases import rules
from shouxin.vault import services as vault
from shouxin.vault.errors import VaultError

READER = service_actor("rights")
ENDS, ORDERED = "contract_end", ("order_date", "ship_date")
# Periods that count from when something was written down, and those that count from a year's end.
COLLECTED = frozenset({"collection", "created", "record_date", "event_time", "capture_time", "call_time"})
TRADED = frozenset({"transaction", "transaction_end", "transaction_completed"})
YEAR_END = "fiscal_year_end"


@dataclass(slots=True)
class Dates:
    """What is on file: the end of each contract (None: not written down), the days of orders, and by field the day on
    which its newest value was collected, and of what it is about: the order it belongs to, else the same."""

    contracts: list[date | None] = field(default_factory=list)
    orders: list[date] = field(default_factory=list)
    collected: dict[str, date] = field(default_factory=dict)
    about: dict[str, date] = field(default_factory=dict)


def begun(dates: Dates, start: str, fields: Collection[str]) -> date | None:
    """When a period that counts from `start` began, or will, for values of `fields`; the latest where there are
    several. None: not known."""
    ends = [day for day in dates.contracts if day is not None]
    whole = len(ends) == len(dates.contracts)  # a contract without an end may go on
    found: list[date] = []
    if start == "contract_end" and whole:
        found = ends
    elif start == "relationship_end" and whole:
        found = [*ends, *dates.orders]
    elif start in TRADED:
        found = dates.orders
    elif start in COLLECTED:
        found = [day for key, day in dates.collected.items() if key in fields]
    elif start == YEAR_END:  # the calendar year
        found = [date(day.year, 12, 31) for key, day in dates.about.items() if key in fields]
    return max(found, default=None)


def dates_of(family: Sequence[UUID], fields: Collection[str], now: datetime) -> Dates:
    """The dates of these rows of one person, and when the values of `fields` were collected; one journalled read.

    Nothing where it cannot be read now.
    """
    known = rulebooks["rulebook"].fields()
    asked = sorted(key for key in {ENDS, *ORDERED, *fields} if key in known)
    try:
        with transaction.atomic():
            return _read(family, asked, fields, now)
    except (gate.Refused, VaultError, CryptoError):
        return Dates()


def _read(family: Sequence[UUID], asked: Sequence[str], fields: Collection[str], now: datetime) -> Dates:
    rows = Record.objects.filter(customer_id__in=family, ended_at__isnull=True)
    kinds: Mapping[tuple[UUID, UUID], str] = {
        **{(one, one): "profile" for one in family},
        **{(owner, record): kind for owner, record, kind in rows.values_list("customer_id", "id", "kind")},
    }
    permit = gate.permit_maintenance(
        actor=READER, purpose=secrecy.PURPOSE, customers=family, fields=asked, reason="retention_end", now=now
    )
    opened = vault.reveal(permit, records=[record for _owner, record in kinds])
    found, origins = Dates(), list[tuple[str, UUID, date | None]]()
    for (owner, record), kind in kinds.items():
        values = opened.of(owner, record)
        texts = {key: shown.text or "" for key, shown in values.items()}
        days = [day for key in ORDERED if (day := parse_date(texts.get(key, "")))]
        if kind == RecordKind.CONTRACT:
            found.contracts.append(parse_date(texts.get(ENDS, "")))
        if kind == RecordKind.ORDER:
            found.orders += days
        own = max(days, default=None)
        origins += [
            (key, one.provenance, own) for key, one in values.items() if key in fields and one.provenance
        ]
    wanted = {origin for _key, origin, _own in origins}
    at = dict(Provenance.objects.filter(id__in=wanted).values_list("id", "collected_at"))
    for key, origin, own in origins:
        if origin in at:
            day = rules.local(at[origin])
            found.collected[key] = max(day, found.collected.get(key, date.min))
            found.about[key] = max(own or day, found.about.get(key, date.min))
    return found
