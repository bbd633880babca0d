"""The demonstration customers go in as real ones do: on a footing, through the checks, by whoever answers for them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
# The organisation moved its old register here on one day; whoever bought, signed or talked later came in since,
# every third day, never before the last thing that is told of them.
MOVED_BEFORE, GRID = timedelta(days=45), 3
# Some had been moved with the first branch, long enough ago that they are due to be asked again.
FIRST_BRANCH, EVERY = timedelta(days=430), 20
DATES = ("order_date", "ship_date", "contract_signed_on", "interaction_at")
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
EVENING = time(20, 30)


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
    for collected, customers in batches(made, until):
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


def batches(made: Demonstration, until: date) -> Iterator[tuple[Collected, list[DemoCustomer]]]:
    """Customers that were collected together, oldest first, so that lists by newness look lived in."""
    found: dict[Collected, list[DemoCustomer]] = {}
    for customer in made.customers:
        found.setdefault(_collected(customer, until), []).append(customer)
    yield from sorted(found.items(), key=lambda item: (item[0].at, item[0].responsible))


def _collected(customer: DemoCustomer, until: date) -> Collected:
    latest = _latest(customer)
    if latest is None or latest <= until - MOVED_BEFORE:
        footing = Footing(customer.purpose, Channel.MIGRATION, Method.IMPORT)
        early = _number(customer) % EVERY == 0 and (latest is None or latest <= until - FIRST_BRANCH)
        return Collected(
            customer.responsible, footing, _at(until - (FIRST_BRANCH if early else MOVED_BEFORE))
        )
    turn = (until - latest).days // GRID
    if customer.values.get("lead_source") == FAIR:
        footing = Footing(customer.purpose, Channel.SALES, Method.HAND, Source.EXTERNAL, OUTSIDE)
    else:
        footing = Footing(customer.purpose, CHANNELS[turn % len(CHANNELS)], Method.HAND)
    return Collected(customer.responsible, footing, _at(until - timedelta(days=turn * GRID)))


def _latest(customer: DemoCustomer) -> date | None:
    """The day of the last thing that is told of a customer."""
    days = [
        date.fromisoformat(record.values[key][:10])
        for record in customer.records
        for key in DATES
        if key in record.values
    ]
    return max(days, default=None)


def _at(day: date) -> datetime:
    return datetime.combine(day, EVENING, ZONE).astimezone(UTC)


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


def _number(customer: DemoCustomer) -> int:
    return int(customer.number.rpartition("-")[2])


def scope_of(customer: DemoCustomer) -> Scope:
    """Most within the department, some for the whole organisation, a few for their responsible person alone."""
    number = _number(customer)
    if number % 12 == 0:
        return Scope.OWN
    return Scope.ORGANISATION if number % 5 == 0 else Scope.DEPARTMENT
