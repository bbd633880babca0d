"""A file on its way into the register, as the tests of this room take it there."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Role, service_actor
from shouxin.customers.intake import drafts, jobs, services
from shouxin.customers.intake.assembling import lines_of
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.intake.services import Declaration
from shouxin.customers.registry.models import Channel, Customer, Record, Scope, Source
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.models import RoleAssignment
from shouxin.vault import services as vault
from tests.register import SALES, Register


def upload(register: Register, content: bytes | Path, name: str, *, who: str = "clerk") -> ImportBatch:
    """Hand in a file as `who`."""
    pieces = [content] if isinstance(content, bytes) else [content.read_bytes()]
    return services.receive(actor=register.world.actor(who), pieces=pieces, file_name=name, now=clock.now())


def declaration(register: Register, **changes: object) -> Declaration:
    """What the clerk of 销售部 declares of her own customers' file."""
    plain: dict[str, object] = {
        "purpose": SALES,
        "channel": Channel.MIGRATION,
        "source": Source.INTERNAL,
        "department": register.world.departments["sales"].id,
        "scope": Scope.DEPARTMENT,
    }
    return Declaration(**{**plain, **changes})  # type: ignore[arg-type]  # the keys are Declaration's own


def decide(
    register: Register,
    batch: UUID,
    *,
    columns: Mapping[str, Sequence[str | None]] | None = None,
    used: Mapping[str, bool | None] | None = None,
    who: str = "clerk",
    **declared: object,
) -> None:
    """Map what is given, leave aside what is still open, declare."""
    actor = register.world.actor(who)
    row = ImportBatch.objects.get(id=batch)
    sheets = drafts.opened(row).sheets
    services.map_columns(
        actor=actor,
        batch=batch,
        revision=row.draft_revision,
        columns={
            plan.name: (columns or {}).get(plan.name, [key or "" for key in plan.columns]) for plan in sheets
        },
        used={plan.name: (used or {}).get(plan.name, bool(plan.used)) for plan in sheets},
    )
    services.declare(
        actor=actor,
        batch=batch,
        revision=row.draft_revision + 1,
        declaration=declaration(register, **declared),
    )


def check(register: Register, batch: UUID, *, who: str = "clerk") -> ImportBatch:
    """The dry run, done at once."""
    row = ImportBatch.objects.get(id=batch)
    services.request_check(actor=register.world.actor(who), batch=batch, revision=row.draft_revision)
    jobs.work_check(batch=batch, now=clock.now())
    row.refresh_from_db()
    return row


def run(register: Register, batch: UUID, *, who: str = "clerk") -> ImportBatch:
    """The run, done at once."""
    services.start(actor=register.world.actor(who), batch=batch, now=clock.now())
    jobs.work_run(batch=batch, now=clock.now())
    return ImportBatch.objects.get(id=batch)


def imported(register: Register, content: bytes | Path, name: str, **decisions: object) -> ImportBatch:
    """All steps for a file whose columns are recognised."""
    batch = upload(register, content, name)
    decide(register, batch.id, **decisions)  # type: ignore[arg-type]  # passed on
    check(register, batch.id)
    return run(register, batch.id)


def table(*rows: Sequence[str]) -> bytes:
    """A CSV file as people save it; the first row is the heading."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@dataclass(slots=True)
class Kept:
    """A customer as the register keeps it: profile values, and records by kind, lines of an order as dicts."""

    id: UUID
    values: dict[str, str]
    marks: dict[str, int]
    records: list[tuple[str, dict[str, str], list[dict[str, str]]]] = field(default_factory=list)

    def orders(self) -> dict[str, list[dict[str, str]]]:
        """The lines of each order, by its number."""
        return {values["order_no"]: lines for kind, values, lines in self.records if kind == "order"}


def kept(customers: Iterable[UUID] | None = None, *, batch: UUID | None = None) -> dict[str, Kept]:
    """What the register holds, read through the gate by a maintenance actor; by customer number, else by id."""
    found = Customer.objects.filter(**({"batch_id": batch} if batch else {}))
    if customers is not None:
        found = found.filter(id__in=list(customers))
    ids = list(found.values_list("id", flat=True))
    if not ids:
        return {}
    rules = {k: r for k, r in rulebooks["rulebook"].fields().items() if r.active}
    with transaction.atomic():
        permit = gate.permit_maintenance(
            actor=service_actor("import"),
            purpose="maintenance",
            customers=ids,
            fields=sorted(rules),
            reason="import",
            now=clock.now(),
        )
        shown = vault.reveal(permit)
    public = dict(found.values_list("id", "public_values"))
    kinds = dict(Record.objects.filter(customer_id__in=ids).values_list("id", "kind"))
    result = {}
    for customer in ids:
        values = {key: one.text or "" for key, one in shown.of(customer).items()}
        marks = {key: one.mark for key, one in shown.of(customer).items()}
        one = Kept(customer, values | public[customer], marks)
        for record in shown.records(customer):
            if record in kinds:  # what waits for review is nobody's record yet
                texts = {key: value.text or "" for key, value in shown.of(customer, record).items()}
                lines = {key: texts.pop(key) for key in list(texts) if rules[key].record == "order_line"}
                one.records.append((kinds[record], texts, lines_of(lines)))
        result[values.get("customer_no", str(customer))] = one
    return result


def counts(batch: ImportBatch) -> tuple[int, int, int, int, int]:
    """Created, updated, merged, refused, dropped; and that they add up, with what waits, to what was read."""
    found = (
        batch.created_count,
        batch.updated_count,
        batch.merged_count,
        batch.refused_count,
        batch.dropped_count,
    )
    assert sum(found) + batch.waiting_count == batch.rows_done == batch.rows_total
    return found


def reasons(batch: ImportBatch) -> dict[int, str]:
    """By row number, what the refused rows are told (in English)."""
    header = drafts.opened(batch).sheets[0].layout.header
    return {row.number: row.sentence(header, "en") for row in drafts.refused_rows(batch)}


def file_of(batch: ImportBatch) -> Path:
    """Where the sealed upload of `batch` stands; ask while the batch holds its key."""
    upload = drafts.opened(ImportBatch.objects.get(id=batch.id)).upload
    assert upload is not None
    return drafts.folder() / f"{upload[0]}.sealed"


def end_role(register: Register) -> None:
    """The clerk is none any more, by whoever may say so."""
    mine = RoleAssignment.objects.get(staff=register.world.people["clerk"], role=Role.CLERK)
    people.end_role(actor=register.world.actor("security_admin"), assignment_id=mine.id)
