"""A file on its way into the register, as the tests of this room take it there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from shouxin.customers.intake import drafts, jobs, services
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.intake.services import Declaration
from shouxin.customers.registry.models import Channel, Scope, Source
from shouxin.kit import clock
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
