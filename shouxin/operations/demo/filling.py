"""The demonstration customers go in as real ones do: on a footing, through the checks, by whoever answers for them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from shouxin.core.policy import FieldRule, PurposeRule
from shouxin.customers.registry import rules, services
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.models import Channel, Kind, Method, RecordKind, Scope, Source
from shouxin.customers.registry.rules import Kept
from shouxin.gate.facts import rules as rulebooks
from shouxin.operations.demo.founding import Organisation
from shouxin.operations.demo.shapes import DemoCustomer, Demonstration, DemoRecord, Values

ZONE = ZoneInfo("Asia/Shanghai")
BATCH = 200
# The organisation moved its old register here on one day; newer customers came one after another since.
MOVED_BEFORE, MOVED_SHARE = timedelta(days=45), 0.8
CHANNELS = (
    Channel.SALES,
    Channel.SALES,
    Channel.REGISTRATION,
    Channel.SERVICE,
    Channel.SURVEY,
    Channel.FEEDBACK,
)
OUTSIDE = "上海办公空间博览有限公司"
FAIR = "展会"


@dataclass(frozen=True, slots=True)
class Collected:
    """On what footing, by whom and when a batch of customers was collected."""

    responsible: str
    footing: Footing
    at: datetime


class RejectedDemonstration(Exception):
    """A generated customer does not fit the catalogue: the generator and the rule pack have parted."""


def fill(organisation: Organisation, made: Demonstration, until: date) -> int:
    """Store every customer of `made`; how many. Within the caller's transaction."""
    stored = 0
    for collected, customers in _batches(made, until):
        entries = _Entries(organisation, collected.footing.purpose, until)
        for start in range(0, len(customers), BATCH):
            part = customers[start : start + BATCH]
            services.store(
                actor=organisation.actor(collected.responsible),
                footing=collected.footing,
                entries=[entries.entry(customer) for customer in part],
                now=collected.at,
            )
            stored += len(part)
    return stored


def _batches(made: Demonstration, until: date) -> Iterator[tuple[Collected, list[DemoCustomer]]]:
    """Customers that were collected together, oldest first, so that lists by newness look lived in."""
    found: dict[Collected, list[DemoCustomer]] = {}
    moved = int(len(made.customers) * MOVED_SHARE)
    for number, customer in enumerate(made.customers):
        r = Random(f"collected {made.seed} {number}")  # noqa: S311 - a story, not a secret
        found.setdefault(_collected(customer, r, until, moved=number < moved), []).append(customer)
    yield from sorted(found.items(), key=lambda item: (item[0].at, item[0].responsible))


def _collected(customer: DemoCustomer, r: Random, until: date, *, moved: bool) -> Collected:
    if moved:
        footing = Footing(customer.purpose, Channel.MIGRATION, Method.IMPORT)
        return Collected(customer.responsible, footing, _at(until - MOVED_BEFORE, 20))
    # A handful of days per channel: customers of one day and channel go in together.
    day = until - timedelta(days=r.choice((1, 4, 9, 16, 25)))
    if customer.values.get("lead_source") == FAIR:
        footing = Footing(customer.purpose, Channel.SALES, Method.HAND, Source.EXTERNAL, OUTSIDE)
    else:
        footing = Footing(customer.purpose, r.choice(CHANNELS), Method.HAND)
    return Collected(customer.responsible, footing, _at(day, 10))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 30), ZONE).astimezone(UTC)


class _Entries:
    """Turns generated customers into entries, by the same checks that forms and imports use."""

    def __init__(self, organisation: Organisation, purpose: str, until: date) -> None:
        book = rulebooks["rulebook"]
        rule = book.purpose(purpose)
        if rule is None:
            raise RejectedDemonstration(purpose)
        self._organisation = organisation
        self._fields: Mapping[str, FieldRule] = book.fields()
        self._purpose: PurposeRule = rule
        self._today = until

    def entry(self, customer: DemoCustomer) -> CustomerEntry:
        return CustomerEntry(
            kind=Kind(customer.kind),
            values=self._checked(customer.values, "profile", customer.kind),
            department=self._organisation.departments[customer.department],
            scope=scope_of(customer),
            responsible=self._organisation.people[customer.responsible],
            province=customer.province,
            records=[self._record(record) for record in customer.records],
        )

    def _record(self, record: DemoRecord) -> RecordEntry:
        values = self._checked(record.values, record.kind, None)
        return RecordEntry(RecordKind(record.kind), {**values, **self._lines(record.lines)})

    def _lines(self, lines: Sequence[Values]) -> dict[str, Kept]:
        for line in lines:
            self._checked(line, "order_line", None)
        keys = dict.fromkeys(key for line in lines for key in line)
        columns = {key: [line.get(key, "") for line in lines] for key in keys}
        return {
            key: Kept(json.dumps(column, ensure_ascii=False), rules.WELL_FORMED)
            for key, column in columns.items()
        }

    def _checked(self, values: Values, record: str, subject: str | None) -> dict[str, Kept]:
        checked = rules.check_record(
            values,
            record=record,
            subject=subject,
            rules=self._fields,
            purpose=self._purpose,
            today=self._today,
            partial=record == "order_line",
        )
        if checked.refused:
            raise RejectedDemonstration(", ".join(f"{p.field}: {p.code}" for p in checked.problems))
        return checked.values


def scope_of(customer: DemoCustomer) -> Scope:
    """Most within the department, some for the whole organisation, a few for their responsible person alone."""
    number = int(customer.number.rpartition("-")[2])
    if number % 12 == 0:
        return Scope.OWN
    return Scope.ORGANISATION if number % 5 == 0 else Scope.DEPARTMENT
