"""Every step of an import: check, change, record, in one transaction each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from shouxin.core.policy import Actor, Permission, PurposeRule
from shouxin.customers.intake import agreeing, drafts, mapping, remembering, rules, running, sealed_upload
from shouxin.customers.intake.drafts import Draft, Look
from shouxin.customers.intake.mapping import Gap, SheetPlan
from shouxin.customers.intake.models import (
    BatchState,
    Existing,
    ImportBatch,
    Standing,
)
from shouxin.customers.intake.reading import Choices, Inspection, inspect
from shouxin.customers.intake.rules import EDITABLE, may_accept, may_confirm, may_follow, may_reject
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Channel, Scope, Source, Visibility
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.people.models import Staff
from shouxin.vault import parcels

CHECK, RUN = "intake.check", "intake.run"  # the jobs' names; jobs.py does them


class IntakeProblem(Exception):
    """The step cannot be taken; `code` names why, `gaps` what is missing."""

    def __init__(self, code: str, gaps: Sequence[Gap] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.gaps = tuple(gaps)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the importer answers for: purpose, whence, whose, and who may see it."""

    purpose: str
    channel: Channel
    source: Source
    department: UUID
    scope: Scope
    responsible: UUID | None = None
    supplier: str = ""
    evidence: str = ""
    existing: Existing = Existing.FILL


def receive(
    *, actor: Actor, pieces: Iterable[bytes], file_name: str, now: datetime, choices: Choices | None = None
) -> ImportBatch:
    """Take in a file, sealed as it arrives, and propose how it is read and what its columns are.

    Raises:
        UnreadableFile: nothing of it can be imported; nothing is kept.
        KeyServiceUnavailable, VaultNotReady: there are no keys to seal with.
    """
    actor.require(Permission.CUSTOMERS_BATCH_CREATE)
    batch = ImportBatch(
        id=ids.new(), operator_id=actor.id, operator_pseudonym=actor.pseudonym, uploaded_at=now, size=0
    )
    key = parcels.new_key(batch.id)
    stored = sealed_upload.store(
        pieces,
        folder=drafts.folder(),
        suite=key.suite,
        fingerprint_key=parcels.recognising_key("upload"),
    )
    try:
        draft = Draft(file_name[:200], (str(stored.id), stored.key), ())
        inspection = _inspect(draft, choices)
        draft = _seen(draft, inspection, _proposed(actor, inspection))
        batch.fingerprint, batch.size = stored.fingerprint, stored.size
        batch.key_suite, batch.wrapped_key = key.suite.id, key.wrapped
        batch.rows_total = _rows(inspection, draft.sheets)
        batch.findings = {"sheets": _sizes(inspection)}
        drafts.seal(batch, draft, key)
        with transaction.atomic():
            batch.save(force_insert=True)
            journal.append(
                actor=actor, event="batch.uploaded", data={"batch": str(batch.id), "size": stored.size}
            )
    except BaseException:
        sealed_upload.destroy(stored.id, folder=drafts.folder())
        raise
    return batch


def read_again(*, actor: Actor, batch: UUID, choices: Choices, revision: int) -> None:
    """Read the file with a person's corrections of encoding, separator or heading; columns are proposed anew.

    Raises:
        IntakeProblem, UnreadableFile
    """
    with transaction.atomic():
        row = _mine(actor, batch, revision)
        draft = drafts.opened(row)
        inspection = _inspect(draft, choices)
        draft = _seen(draft, inspection, _proposed(actor, inspection))
        row.findings = {"sheets": _sizes(inspection)}
        _keep(row, draft, _rows(inspection, draft.sheets))


def map_columns(
    *,
    actor: Actor,
    batch: UUID,
    revision: int,
    columns: Mapping[str, Sequence[str | None]],
    used: Mapping[str, bool | None],
) -> None:
    """Keep a person's decision on every column and sheet; incomplete decisions are kept too.

    `columns` by sheet name: a field key, "" (dropped) or None (open) for each column; `used` by sheet name.
    """
    with transaction.atomic():
        row = _mine(actor, batch, revision)
        draft = drafts.opened(row)
        sheets = tuple(
            mapping.decided(plan, columns.get(plan.name, plan.columns), used=used.get(plan.name, plan.used))
            for plan in draft.sheets
        )
        sizes = row.findings["sheets"]
        total = sum(size for plan, size in zip(sheets, sizes, strict=True) if plan.used)
        _keep(row, replace(draft, sheets=sheets), total)


def declare(*, actor: Actor, batch: UUID, revision: int, declaration: Declaration) -> None:
    """Keep what the importer declares. Purpose, basis and notice version come from the rulebook as it stands.

    Raises:
        IntakeProblem: purpose not open to the actor; another department; an outside source without supplier.
    """
    said = declaration
    purpose = _purpose(actor, said.purpose)
    if said.department not in actor.department_ids:
        raise IntakeProblem("declaration.department")
    if said.source is Source.EXTERNAL and not (said.supplier.strip() and said.evidence.strip()):
        raise IntakeProblem("declaration.supplier")
    if said.responsible and not Staff.objects.filter(id=said.responsible, is_active=True).exists():
        raise IntakeProblem("declaration.responsible")
    with transaction.atomic():
        row = _mine(actor, batch, revision)
        draft = drafts.opened(row)
        if purpose.consent_based and not agreeing.told(draft.sheets):
            raise IntakeProblem("declaration.consent")
        row.purpose, row.basis, row.notice_version = purpose.key, purpose.basis, purpose.notice_version_id
        row.channel, row.source, row.existing = said.channel, said.source, said.existing
        row.supplier, row.evidence = said.supplier.strip()[:200], said.evidence.strip()[:1000]
        row.department_id, row.responsible_id, row.scope = said.department, said.responsible, said.scope
        _keep(row, draft, row.rows_total)
        journal.append(
            actor=actor,
            event="batch.declared",
            purpose=purpose.key,
            data={
                "batch": str(row.id),
                "purpose": purpose.key,
                "channel": row.channel,
                "source": row.source,
                "scope": row.scope,
            },
        )


def mend(
    *, actor: Actor, batch: UUID, revision: int, sheet: int, row: int, column: int, text: str | None
) -> None:
    """Correct one cell for the import (None: as in the file); the file itself is never changed."""
    mend_row(actor=actor, batch=batch, revision=revision, sheet=sheet, row=row, cells={column: text})


def mend_row(
    *, actor: Actor, batch: UUID, revision: int, sheet: int, row: int, cells: Mapping[int, str | None]
) -> None:
    """Correct cells of one row by column, as `mend`."""
    with transaction.atomic():
        found = _mine(actor, batch, revision)
        draft = drafts.opened(found)
        if not 0 <= sheet < len(draft.sheets):
            raise IntakeProblem("cell.unknown")
        for column, text in cells.items():
            if not 0 <= column < draft.sheets[sheet].layout.width:
                raise IntakeProblem("cell.unknown")
            draft = draft.with_cell((sheet, row), column, text)
        _keep(found, draft, found.rows_total, checked=found.state)


def leave_out(*, actor: Actor, batch: UUID, revision: int, sheet: int, row: int, out: bool) -> None:
    """Leave a row out of the import, or take it in again; it counts as dropped."""
    with transaction.atomic():
        found = _mine(actor, batch, revision)
        draft = drafts.opened(found)
        dropped = draft.dropped | {(sheet, row)} if out else draft.dropped - {(sheet, row)}
        _keep(found, replace(draft, dropped=dropped), found.rows_total, checked=found.state)


def repeat(*, actor: Actor, batch: UUID, revision: int, earlier: UUID) -> None:
    """Take the mapping that stands for these headings and the declaration of an own earlier batch, and check.

    Raises:
        IntakeProblem: no sheet is known; what was declared then is not possible now; as `request_check`.
    """
    with transaction.atomic():
        row = _mine(actor, batch, revision)
        then = ImportBatch.objects.filter(id=earlier, operator_id=actor.id, state=BatchState.DONE).first()
        draft = drafts.opened(row)
        same = remembering.followed(actor, draft)
        if then is None or then.department_id is None or not same:
            raise IntakeProblem("batch.not-alike")
        used = {plan.name: plan.name in same for plan in draft.sheets}
        map_columns(actor=actor, batch=batch, revision=revision, columns={}, used=used)
        said = Declaration(
            then.purpose,
            Channel(then.channel),
            Source(then.source),
            then.department_id,
            Scope(then.scope),
            then.responsible_id,
            then.supplier,
            then.evidence,
            Existing(then.existing),
        )
        declare(actor=actor, batch=batch, revision=revision + 1, declaration=said)
        request_check(actor=actor, batch=batch, revision=revision + 2)


def request_check(*, actor: Actor, batch: UUID, revision: int) -> None:
    """Queue the dry run over the whole file.

    Raises:
        IntakeProblem: columns undecided, fields not for the purpose, nothing declared; `gaps` says which.
    """
    with transaction.atomic():
        row = _mine(actor, batch, revision)
        draft = drafts.opened(row)
        if not row.purpose:
            raise IntakeProblem("declaration.missing")
        purpose = _purpose(actor, row.purpose)
        missing = [
            *drafts.blocked(draft),
            *mapping.gaps(draft.sheets, rulebooks["rulebook"].fields(), purpose),
        ]
        if missing:
            raise IntakeProblem("plan.incomplete", missing)
        remembering.remember(row, draft)
        row.state, row.problem, row.rows_checked = BatchState.CHECKING, "", 0
        row.findings = {"sheets": row.findings["sheets"]}
        row.draft_revision += 1
        row.save()
        queue(CHECK, row)


def start(*, actor: Actor, batch: UUID, now: datetime) -> None:
    """Start the run, or go on with one that was paused or stopped."""
    with transaction.atomic():
        row = _locked(actor, batch)
        if not may_follow(row.state, BatchState.RUNNING):
            raise IntakeProblem("batch.state")
        purpose = _purpose(actor, row.purpose)
        # Declared days ago, perhaps: what is stored now is stored on today's basis and notice.
        row.basis, row.notice_version = purpose.basis, purpose.notice_version_id
        row.state, row.problem, row.started_at = BatchState.RUNNING, "", row.started_at or now
        row.save(update_fields=["state", "problem", "started_at", "basis", "notice_version"])
        journal.append(
            actor=actor,
            event="batch.started",
            purpose=row.purpose,
            data={"batch": str(row.id), "rows": row.rows_total},
        )
        queue(RUN, row)


def pause(*, actor: Actor, batch: UUID) -> None:
    """Stop after the present chunk; `start` goes on."""
    with transaction.atomic():
        row = _locked(actor, batch)
        if not may_follow(row.state, BatchState.PAUSED):
            raise IntakeProblem("batch.state")
        row.state = BatchState.PAUSED
        row.save(update_fields=["state"])
        journal.append(
            actor=actor,
            event="batch.paused",
            purpose=row.purpose,
            data={"batch": str(row.id), "rows": row.rows_done},
        )


def cancel(*, actor: Actor, batch: UUID, now: datetime) -> None:
    """Give the batch up before anything was stored; file, draft and key are destroyed."""
    with transaction.atomic():
        row = _locked(actor, batch)
        if not may_follow(row.state, BatchState.CANCELLED) or row.rows_done:
            raise IntakeProblem("batch.state")
        row.state = BatchState.CANCELLED
        drafts.destroy_file(row, now, key_too=True)
        row.save()
        journal.append(actor=actor, event="batch.cancelled", data={"batch": str(row.id)})


def end(*, actor: Actor, batch: UUID, now: datetime) -> None:
    """Leave it at what a stopped run has stored: it waits for confirmation, the rest of the file is destroyed."""
    with transaction.atomic():
        row = _locked(actor, batch)
        if not may_follow(row.state, BatchState.DONE) or row.state == BatchState.RUNNING or not row.rows_done:
            raise IntakeProblem("batch.state")
        running.close(row, actor=actor, now=now, event="batch.ended")
    settle(batch=batch, now=now)


def accept(*, actor: Actor, batch: UUID, note: str, now: datetime) -> None:
    """A second person accepts the source of a batch from outside; then the department confirms (PIPL 23; A2.2)."""
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().get(id=batch)
        if not may_accept(actor, operator=row.operator_id, standing=row.standing):
            raise IntakeProblem("batch.not-yours")
        row.standing, row.accepted_by_id = Standing.UNCONFIRMED, actor.id
        row.decision_note = note.strip()[:400]
        row.save(update_fields=["standing", "accepted_by", "decision_note"])
        registry.show_batch(actor=actor, batch=row.id, visibility=Visibility.UNCONFIRMED, now=now)
        journal.append(actor=actor, event="batch.accepted", purpose=row.purpose, data={"batch": str(row.id)})


def confirm(*, actor: Actor, batch: UUID, now: datetime) -> int:
    """The owner department's head confirms; the batch's customers become visible as their scope says."""
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().get(id=batch)
        if not may_confirm(
            actor, operator=row.operator_id, department=row.department_id, standing=row.standing
        ):
            raise IntakeProblem("batch.not-yours")
        row.standing, row.decided_by_id, row.decided_at = Standing.CONFIRMED, actor.id, now
        row.save(update_fields=["standing", "decided_by", "decided_at"])
        count = registry.show_batch(actor=actor, batch=row.id, visibility=Visibility.OPEN, now=now)
        journal.append(
            actor=actor,
            event="batch.confirmed",
            purpose=row.purpose,
            data={"batch": str(row.id), "count": count},
        )
    return count


def reject(*, actor: Actor, batch: UUID, note: str, now: datetime) -> int:
    """Say no: the customers that the batch created are destroyed for good, the decision remains.

    Raises:
        IntakeProblem: not this actor's decision; the batch also changed customers that were there before.
    """
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().get(id=batch)
        if not may_reject(
            actor, operator=row.operator_id, department=row.department_id, standing=row.standing
        ):
            raise IntakeProblem("batch.not-yours")
        if not note.strip():
            raise IntakeProblem("reason.missing")
        if row.updated_count:
            raise IntakeProblem("batch.changed-others")
        count = registry.destroy_batch(actor=actor, batch=row.id)
        row.standing, row.decided_by_id, row.decided_at = Standing.REJECTED, actor.id, now
        row.decision_note = note.strip()[:400]
        drafts.destroy_file(row, now, key_too=True)
        row.save()
        row.refused_rows.all().delete()
        journal.append(
            actor=actor,
            event="batch.rejected",
            purpose=row.purpose,
            data={"batch": str(row.id), "count": count},
        )
    return count


def record_rows_shown(*, actor: Actor, batch: UUID, count: int) -> None:
    """Record that rows of the file were shown in clear; only the importer sees them."""
    with transaction.atomic():
        row = _locked(actor, batch)
        journal.append(
            actor=actor,
            event="batch.rows_shown",
            purpose=row.purpose or None,
            data={"batch": str(row.id), "count": count},
        )


def record_download(*, actor: Actor, batch: UUID) -> None:
    """Record that the refused rows were handed out; only the importer gets them."""
    with transaction.atomic():
        row = _locked(actor, batch)
        journal.append(
            actor=actor,
            event="batch.refusals_downloaded",
            purpose=row.purpose,
            data={"batch": str(row.id), "count": row.refused_count},
        )


def destroy_refusals(*, actor: Actor, batch: UUID, now: datetime) -> None:
    """Destroy the refused rows with the batch's key; counts and decisions remain."""
    with transaction.atomic():
        row = _locked(actor, batch)
        if row.state != BatchState.DONE:
            raise IntakeProblem("batch.state")
        drafts.destroy_file(row, now, key_too=True)
        row.save()
        row.refused_rows.all().delete()
        journal.append(actor=actor, event="batch.refusals_destroyed", data={"batch": str(row.id)})


def settle(*, batch: UUID, now: datetime) -> None:
    """After a run: destroy the file, and with it the batch's key when no refused row needs it any more."""
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().get(id=batch)
        if row.state == BatchState.DONE and row.upload_destroyed_at is None:
            drafts.destroy_file(row, now, key_too=not row.refused_count)
            row.save()


def queue(task: str, batch: ImportBatch) -> None:
    """In the caller's transaction: the job exists exactly when the state that asks for it does."""
    app.configure_task(task, queue="intake", lock=f"batch-{batch.id}").defer(batch=str(batch.id))


def _mine(actor: Actor, batch: UUID, revision: int) -> ImportBatch:
    """The importer's own batch, locked, as long as it may be edited and nobody else (another tab) did meanwhile."""
    row = _locked(actor, batch)
    if row.state not in EDITABLE:
        raise IntakeProblem("batch.state")
    if row.draft_revision != revision:
        raise IntakeProblem("batch.changed-meanwhile")
    return row


def _locked(actor: Actor, batch: UUID) -> ImportBatch:
    actor.require(Permission.CUSTOMERS_BATCH_CREATE)
    row = ImportBatch.objects.select_for_update().filter(id=batch, operator_id=actor.id).first()
    if row is None or row.problem == rules.OPERATOR_GONE:
        raise IntakeProblem("batch.unknown")
    return row


def _keep(row: ImportBatch, draft: Draft, total: int, *, checked: str = BatchState.DRAFT) -> None:
    """Save what was decided. A changed plan has to be checked again; a mended cell does not undo the check."""
    drafts.seal(row, draft)
    row.state, row.rows_total = BatchState(checked), total
    row.draft_revision += 1
    row.save()


def _purpose(actor: Actor, key: str) -> PurposeRule:
    purpose = rulebooks["rulebook"].purpose(key)
    if purpose is None or not running.usable(purpose) or not purpose.admits(actor):
        raise IntakeProblem("declaration.purpose")
    return purpose


def _inspect(draft: Draft, choices: Choices | None) -> Inspection:
    with drafts.upload_of(draft) as upload:
        return inspect(upload, draft.file_name, choices=choices)


def _seen(draft: Draft, inspection: Inspection, sheets: Sequence[SheetPlan]) -> Draft:
    """The draft of a file that was just read: nothing mended, nothing left out yet."""
    return replace(
        draft,
        sheets=tuple(sheets),
        cells={},
        dropped=frozenset(),
        looks=tuple(map(Look.of, inspection.sheets)),
        certain=inspection.encoding_certain,
        remarks=tuple(one.text for one in inspection.findings),
    )


def _sizes(inspection: Inspection) -> list[int]:
    return [sheet.rows for sheet in inspection.sheets]  # by place: a sheet's name may be somebody's


def _rows(inspection: Inspection, sheets: Sequence[SheetPlan]) -> int:
    return sum(inspection.sheet(plan.name).rows for plan in sheets if plan.used)


def _proposed(actor: Actor, inspection: Inspection) -> list[SheetPlan]:
    """The plan: what the department last used for the same headings, else what headings and values suggest."""
    found = remembering.known(actor, {s.name: inspection.layout(s.name).header for s in inspection.sheets})
    remembered = {sheet: row.columns for sheet, row in found.items()}
    return mapping.propose(inspection, rulebooks["rulebook"].fields(), remembered)
