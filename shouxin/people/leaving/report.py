"""The departure report (离岗报告): what somebody read in 90 days, from the journal; ids and codes, never a value."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.journal import queries as journal_queries
from shouxin.journal import services as journal
from shouxin.journal.queries import Line
from shouxin.people.leaving import queries, rules
from shouxin.people.models import Staff

# What counts as reading, by the column of the report in which it is counted.
KINDS = {
    "list.viewed": "lists",
    "list.searched": "searches",
    "profile.viewed": "profiles",
    "field.revealed": "reveals",
    "field.read": "reveals",
    "contact.opened": "contacts",
    "batch.rows_shown": "files",
    "batch.refusals_downloaded": "files",
    "read.refused": "refusals",
}
COLUMNS = ("lists", "searches", "profiles", "reveals", "contacts", "files", "refusals")
CUSTOMERS_SHOWN = 200
HEADING = ("time", "event", "customer", "customers", "purpose", "reason", "fields", "code")


@dataclass(slots=True)
class Touched:
    """How often one customer was looked at, by random id."""

    looks: int = 0
    reveals: int = 0
    last: datetime | None = None


@dataclass(slots=True)
class Report:
    """The reads of one person with all their log-ins, counted by day, customer, field, purpose and reason."""

    since: datetime
    entries: int = 0
    days: dict[date, Counter[str]] = field(default_factory=dict)
    customers: dict[UUID, Touched] = field(default_factory=dict)
    fields: Counter[str] = field(default_factory=Counter)
    purposes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    listed: int = 0  # customers shown in lists, each time counted
    sha256: str = ""  # of the table that can be downloaded: a printed copy can be matched with it

    def most_read(self) -> list[tuple[UUID, Touched]]:
        """The customers looked at most, clear values before masked ones."""
        order = sorted(
            self.customers.items(), key=lambda item: (item[1].reveals, item[1].looks), reverse=True
        )
        return order[:CUSTOMERS_SHOWN]


def read(*, actor: Actor, staff_id: UUID, now: datetime) -> tuple[Report, str]:
    """The report on somebody who leaves or left, and its table as CSV; that it was read is journalled.

    Raises:
        Staff.DoesNotExist: nobody whom `actor` may have reported.
    """
    actor.require(Permission.PEOPLE_DEPARTURE_READ)
    staff = queries.reportable(actor).get(id=staff_id)
    pseudonyms = list(Staff.objects.filter(person=staff.person).values_list("pseudonym", flat=True))
    since = rules.report_from(now)
    lines = list(journal_queries.acts_of(pseudonyms, KINDS, since))
    report = _counted(lines, since)
    table = _table(lines)
    report.sha256 = sha256(table.encode()).hexdigest()
    with transaction.atomic():
        journal.append(
            actor=actor,
            event="departure.reported",
            data={
                "staff": staff.pseudonym,
                "days": rules.REPORT_DAYS,
                "entries": report.entries,
                "sha256": report.sha256,
            },
        )
    return report, table


def _counted(lines: Iterable[Line], since: datetime) -> Report:
    report = Report(since)
    for line in lines:
        report.entries += 1
        kind = KINDS[line.event]
        report.days.setdefault(rules.today(line.at), Counter())[kind] += 1
        report.purposes[line.purpose or str(line.data.get("purpose", ""))] += 1
        if line.data.get("reason"):
            report.reasons[str(line.data["reason"])] += 1
        if kind == "refusals":
            continue
        if kind in {"lists", "searches"}:
            report.listed += _number(line.data.get("count"))
        for customer in _customers(line):
            touched = report.customers.setdefault(customer, Touched())
            touched.looks += 1
            touched.last = line.at
            touched.reveals += kind == "reveals"
        if kind == "reveals":
            report.fields.update(str(key) for key in line.data.get("fields", ()))
    report.purposes.pop("", None)
    return report


def _customers(line: Line) -> Sequence[UUID]:
    if line.customer is not None:
        return [line.customer]
    return [UUID(str(one)) for one in line.data.get("customers", ())]


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _table(lines: Iterable[Line]) -> str:
    """One row per entry: times, random ids, keys and codes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADING)
    for line in lines:
        writer.writerow(
            [
                line.at.astimezone(rules.ZONE).isoformat(timespec="seconds"),
                line.event,
                line.customer or "",
                _number(line.data.get("count")) or len(_customers(line)),
                line.purpose or line.data.get("purpose", ""),
                line.data.get("reason", ""),
                " ".join(str(key) for key in line.data.get("fields", ())),
                line.data.get("code", ""),
            ]
        )
    return out.getvalue()
