"""The work of a batch: the dry run over the whole file, and the run itself, chunk by chunk.

A chunk is one transaction: customers, records, journal entries, refused rows, counts and the place reached stand
together or not at all. So a run may be killed anywhere and goes on at the place that stands in the batch.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected

from shouxin.core.policy import Actor, FieldRule, Permission, PurposeRule, PurposeStatus
from shouxin.customers.intake import agreeing, drafts
from shouxin.customers.intake.agreeing import Given
from shouxin.customers.intake.assembling import REASONS, Assembled, Assembler, Held, Outcome
from shouxin.customers.intake.convert import Parsed, Reader, RowProblem, parse
from shouxin.customers.intake.export import RefusedRow
from shouxin.customers.intake.grouping import Gatherer, Group
from shouxin.customers.intake.holding import Holding
from shouxin.customers.intake.mapping import SheetPlan
from shouxin.customers.intake.models import BatchState, Existing, ImportBatch, Standing
from shouxin.customers.intake.reading import Row, rows
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.models import Channel, Kind, Method, Scope, Source, Visibility
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import statements
from shouxin.people import queries as people
from shouxin.vault.errors import DuplicateKey
from shouxin.vault.parcels import ParcelKey

PIECE_ROWS = 500  # of a chunk that is stored beside others
LOCKED_SECONDS = 5  # that a chunk stored beside others waits for a lock
ATTEMPTS = 3  # a customer number claimed by somebody else in between is seen at the next attempt


@dataclass(slots=True)
class Work:
    """An open batch: what its rows are read, checked and stored with."""

    batch: ImportBatch
    actor: Actor
    key: ParcelKey
    draft: drafts.Draft
    rules: dict[str, FieldRule]
    purpose: PurposeRule
    readers: dict[int, Reader]
    gatherer: Gatherer

    @property
    def fields(self) -> set[str]:
        mapped = {key for plan in self.draft.sheets if plan.used for key in plan.columns if key}
        return mapped - set(agreeing.KEYS)

    @property
    def columns_left_out(self) -> int:
        """Columns with a name or values that are not imported."""
        return sum(
            not key and any([plan.layout.header[column], *map(str.strip, look.values(column))])
            for plan, look in zip(self.draft.sheets, self.draft.looks, strict=True)
            if plan.used
            for column, key in enumerate(plan.columns)
        )

    @property
    def external(self) -> bool:
        return self.batch.source == Source.EXTERNAL

    def forget(self) -> None:
        """To be called at the end of a chunk: no value is remembered beyond it."""
        for reader in self.readers.values():
            for checking in reader.checkings.values():
                checking.forget()

    def holding(self, now: datetime) -> Holding:
        """The register as this batch meets it."""
        return Holding(self.batch, self.actor, self.rules, self.fields, now)

    def kept(self, found: Sequence[Parsed]) -> list[Parsed]:
        """Without the rows that a person chose to leave out."""
        return [row for row in found if (row.sheet, row.number) not in self.draft.dropped]


class NotRunnable(Exception):
    """The batch cannot be worked on as it is; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def importer(batch: ImportBatch) -> Actor:
    """The importer with the rights of this moment.

    Raises:
        Staff.DoesNotExist, NotAllowed: has left, or may not import any more.
    """
    actor = people.actor_by_id(batch.operator_id)
    actor.require(Permission.CUSTOMERS_BATCH_CREATE)
    return actor


def usable(purpose: PurposeRule) -> bool:
    """Whether anything may be collected for it now: in force, with a notice in force."""
    return purpose.status is PurposeStatus.ACTIVE and purpose.notice_version_id is not None


def open_work(batch: ImportBatch, actor: Actor, today: date, stack: ExitStack) -> Work:
    """Everything a check or a run needs; the file stays open until `stack` closes.

    Raises:
        NotRunnable: the purpose is no longer in force.
        drafts.Gone, UnreadableFile, KeyServiceUnavailable: the file cannot be read.
    """
    key = drafts.key_of(batch)
    draft = drafts.opened(batch, key)
    book = rulebooks["rulebook"]
    purpose, rules = book.purpose(batch.purpose), dict(book.fields())
    if purpose is None or not usable(purpose):
        raise NotRunnable("purpose.inactive")
    upload = stack.enter_context(drafts.upload_of(draft))

    def read(plan: SheetPlan) -> Iterable[Row]:
        return rows(upload, plan.layout)

    pages = agreeing.Book.of(purpose.key, today) if purpose.consent_based else None
    readers = {
        number: Reader.of(number, plan, rules, purpose, today, pages)
        for number, plan in enumerate(draft.sheets)
        if plan.used
    }
    gatherer = Gatherer(draft.sheets, read, rules, draft.corrections, batch.rows_total)
    return Work(batch, actor, key, draft, rules, purpose, readers, gatherer)


def parsed_group(work: Work, group: Group) -> list[Parsed]:
    """The rows of a group as values and problems."""
    found = []
    for sheet, row in group.rows:
        parsed = parse(work.readers[sheet], row, work.draft.corrections.of(sheet, row.number))
        if group.why:
            parsed.problems.append(RowProblem(None, group.why, REASONS[group.why], refuses=True))
        found.append(parsed)
    return found


def run_chunk(work: Work, chunk: Sequence[Group], now: datetime) -> bool:
    """Store one chunk in one transaction; False when the batch was paused, cancelled or worked on by another.

    Of two batches that bring one customer the second waits for the first and sees it at its next attempt.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic(), _uncollected():
                batch = _locked(work)
                if batch is None:
                    return False
                work.batch = _count(batch, _store_chunk(work, batch, chunk, now), now)
                return True
        except (DuplicateKey, OperationalError) as error:
            deadlock = isinstance(error.__cause__, DeadlockDetected)
            if attempt == ATTEMPTS - 1 or not (deadlock or isinstance(error, DuplicateKey)):
                raise
    return False


class NotInTurn(Exception):
    """The batch is no longer where this chunk follows: nothing of it is stored."""


def store_in_turn(work: Work, chunk: Sequence[Group], now: datetime, turn: Callable[[], bool]) -> None:
    """As `run_chunk`, beside the chunks before it, which others store: `turn` waits until they are committed and tells
    whether to go on. Who waits long for somebody's lock gives up, since that may be one of those that wait for us.

    Raises:
        NotInTurn, and whatever storing raises: nothing is stored.
    """
    with transaction.atomic(), _uncollected():
        statements.execute(f"SET LOCAL lock_timeout = '{LOCKED_SECONDS}s'")
        batch = ImportBatch.objects.get(id=work.batch.id)
        if batch.state != BatchState.RUNNING:
            raise NotInTurn
        stored = _store_in_pieces(work, batch, chunk, now)
        locked = _locked(work) if turn() else None
        if locked is None:
            raise NotInTurn
        work.batch = _count(locked, stored, now)


def _store_in_pieces(work: Work, batch: ImportBatch, chunk: Sequence[Group], now: datetime) -> "_Stored":
    """As `_store_chunk`, a few hundred rows at a time: several processes at once hold little each."""
    place, counts, consents = work.batch.rows_done, Counter[Outcome](), list[int | None]()
    for piece in _pieces(chunk):
        stored = _store_chunk(work, batch, piece, now)
        work.batch.rows_done += stored.counts.total()  # by it what was refused in the piece is found again
        counts += stored.counts
        consents.append(stored.consents)
    work.batch.rows_done = place
    return _Stored(counts, None if None in consents else sum(filter(None, consents)))


def _pieces(chunk: Sequence[Group]) -> Iterator[list[Group]]:
    """Groups together until they have `PIECE_ROWS` rows."""
    piece, rows = list[Group](), 0
    for group in chunk:
        piece.append(group)
        rows += len(group.rows)
        if rows >= PIECE_ROWS:
            yield piece
            piece, rows = [], 0
    if piece:
        yield piece


@contextmanager
def _uncollected() -> Iterator[None]:
    """A chunk makes no cycles, but so many objects that the collector would look at all gathered rows over and over."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _locked(work: Work) -> ImportBatch | None:
    """The batch, locked, so that of two workers on it the second finds the place moved on; None when it must stop."""
    batch = ImportBatch.objects.select_for_update().get(id=work.batch.id)
    if batch.state != BatchState.RUNNING or batch.rows_done != work.batch.rows_done:
        return None
    # Sealed again while the run was paused: whoever goes on opens the batch anew.
    return batch if batch.key_suite == work.key.suite.id else None


@dataclass(frozen=True, slots=True)
class _Stored:
    """What became of the rows of a chunk, and how many consents were written down."""

    counts: Counter[Outcome]
    consents: int | None  # None where nobody is asked


def _store_chunk(work: Work, batch: ImportBatch, chunk: Sequence[Group], now: datetime) -> _Stored:
    groups = [parsed_group(work, group) for group in chunk]
    work.forget()
    numbered = {group.customer: rows for group, rows in zip(chunk, groups, strict=True) if group.customer}
    held = work.holding(now).opened(numbered)
    counts: Counter[Outcome] = Counter()
    refused: list[RefusedRow] = []
    entries: list[tuple[CustomerEntry, Given | None]] = []
    said = said_before(work, held, now)
    for group, found in zip(chunk, groups, strict=True):
        kept = work.kept(found)
        counts[Outcome.DROPPED] += len(found) - len(kept)
        known = held.get(group.customer)
        object_to(kept, known, said)
        done = Assembler(known, Existing(batch.existing), external=work.external).run(kept)
        counts.update(done.outcomes)
        refused += [
            _refused(row)
            for row, outcome in zip(kept, done.outcomes, strict=True)
            if outcome is Outcome.REFUSED
        ]
        if done.stored:
            entries.append((_entry(batch, done, known), _agreed(kept, known, said)))
    consents = _store_all(work, batch, entries, now)
    if refused:
        drafts.refused_parcel(batch, work.key, work.batch.rows_done, refused).save()
    return _Stored(counts, consents if work.purpose.consent_based else None)


def said_before(work: Work, held: Mapping[str, Held], now: datetime) -> agreeing.Standing | None:
    """What those of the chunk who are there already said, where the purpose rests on consent."""
    if not work.purpose.consent_based:
        return None
    return agreeing.Standing.of(work.purpose.key, [one.id for one in held.values()], now)


def object_to(rows: Sequence[Parsed], known: Held | None, said: agreeing.Standing | None) -> None:
    """Refuse rows whose consent stands against what the customer said later."""
    if known is None or said is None:
        return
    for row in rows:
        code = said.obstacle(known.id, row.consent) if row.consent else ""
        if code:
            row.problems.append(RowProblem(None, code, agreeing.PROBLEMS[code], refuses=True))


def _agreed(rows: Sequence[Parsed], known: Held | None, said: agreeing.Standing | None) -> Given | None:
    """The latest consent of a customer's rows that is to be written down; of a refused row nothing is."""
    found = [row.consent for row in rows if row.consent and not row.refused] if said else []
    last = max(found, key=lambda one: one.on, default=None)
    return None if last is None or (known and said and said.is_newer(known.id, last)) else last


def _store_all(
    work: Work, batch: ImportBatch, entries: Sequence[tuple[CustomerEntry, Given | None]], now: datetime
) -> int:
    """Store the chunk, each consent with whoever gave it; gives how many consents were written down."""
    together: dict[Given | None, list[CustomerEntry]] = {}
    for entry, given in entries:
        together.setdefault(given, []).append(entry)
    footing = footing_of(batch)
    for given, some in together.items():
        told = replace(footing, agreement=agreeing.agreement(given)) if given else footing
        registry.store(actor=work.actor, footing=told, entries=some, now=now)
    return sum(given is not None for _entry, given in entries)


def _count(batch: ImportBatch, stored: _Stored, now: datetime) -> ImportBatch:
    """The batch, locked before, at its new place."""
    counts = stored.counts
    if stored.consents is not None:
        before = batch.findings.get("consents", 0)
        batch.findings = {**batch.findings, "consents": before + stored.consents}
    batch.rows_done += counts.total()
    batch.created_count += counts[Outcome.CREATED]
    batch.updated_count += counts[Outcome.UPDATED]
    batch.merged_count += counts[Outcome.MERGED]
    batch.waiting_count += counts[Outcome.WAITING]
    batch.refused_count += counts[Outcome.REFUSED]
    batch.dropped_count += counts[Outcome.DROPPED]
    batch.started_at = batch.started_at or now
    batch.save(
        update_fields=[
            "rows_done",
            "created_count",
            "updated_count",
            "merged_count",
            "waiting_count",
            "refused_count",
            "dropped_count",
            "started_at",
            "findings",
        ]
    )
    return batch


def footing_of(batch: ImportBatch) -> Footing:
    """On what footing the batch's values are kept."""
    return Footing(
        batch.purpose,
        Channel(batch.channel),
        Method.IMPORT,
        Source(batch.source),
        batch.supplier,
        batch.id,
    )


def _entry(batch: ImportBatch, done: Assembled, held: Held | None) -> CustomerEntry:
    waiting = Visibility.QUARANTINED if batch.source == Source.EXTERNAL else Visibility.UNCONFIRMED
    return CustomerEntry(
        Kind(done.kind),
        done.profile,
        batch.department_id,
        Scope(batch.scope),
        batch.responsible_id,
        waiting,
        records=done.records,
        id=held.id if held else None,
    )


def _refused(row: Parsed) -> RefusedRow:
    whole = tuple(p.text for p in row.problems if p.refuses and p.column is None)
    cells: dict[int, tuple[Any, ...]] = {}
    for problem in row.problems:
        if problem.refuses and problem.column is not None:
            cells[problem.column] = (*cells.get(problem.column, ()), problem.text)
    return RefusedRow(row.number, row.cells, whole, cells, row.sheet)


def finish(work: Work, now: datetime) -> None:
    """The end of a run: the reconciliation stands, the batch waits for acceptance or confirmation."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(id=work.batch.id)
        if batch.state == BatchState.RUNNING and batch.rows_done == work.batch.rows_done:
            close(batch, actor=work.actor, now=now)
    work.batch = batch


def close(batch: ImportBatch, *, actor: Actor, now: datetime, event: str = "batch.imported") -> None:
    """Close a locked batch at what it has stored, in the caller's transaction."""
    external = batch.source == Source.EXTERNAL
    batch.state, batch.finished_at = BatchState.DONE, now
    batch.rows_total = batch.rows_done
    batch.standing = Standing.QUARANTINED if external else Standing.UNCONFIRMED
    batch.save()
    journal.append(
        actor=actor,
        event=event,
        purpose=batch.purpose,
        data={
            "batch": str(batch.id),
            "rows": batch.rows_done,
            "created": batch.created_count,
            "updated": batch.updated_count,
            "merged": batch.merged_count,
            "waiting": batch.waiting_count,
            "refused": batch.refused_count,
            "dropped": batch.dropped_count,
            "consents": batch.findings.get("consents", 0),
            "source": batch.source,
            "channel": batch.channel,
        },
    )
