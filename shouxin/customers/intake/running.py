"""The work of a batch: the dry run over the whole file, and the run itself, chunk by chunk.

A chunk is one transaction: customers, records, journal entries, refused rows, counts and the place reached stand
together or not at all. So a run may be killed anywhere and goes on at the place that stands in the batch.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core import identifiers
from shouxin.core.policy import Actor, FieldRule, PurposeRule, service_actor
from shouxin.core.text import Text
from shouxin.customers.intake import drafts
from shouxin.customers.intake.assembling import (
    REASONS,
    Assembled,
    Assembler,
    Held,
    HeldRecord,
    Outcome,
    lines_of,
)
from shouxin.customers.intake.convert import Parsed, Reader, RowProblem, parse
from shouxin.customers.intake.export import RefusedRow
from shouxin.customers.intake.grouping import Gatherer, Group
from shouxin.customers.intake.mapping import CONTRACT_KEY, CUSTOMER_KEY, ORDER_KEY, SheetPlan
from shouxin.customers.intake.models import BatchState, Existing, ImportBatch, Standing
from shouxin.customers.intake.reading import Row, rows
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.models import (
    Channel,
    Customer,
    Kind,
    Method,
    Record,
    RecordKind,
    Scope,
    Source,
    Visibility,
)
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault
from shouxin.vault.errors import DuplicateKey
from shouxin.vault.parcels import ParcelKey

IMPORTER = service_actor("import")
MAINTENANCE = "maintenance"
ATTEMPTS = 3  # a customer number claimed by somebody else in between is seen at the next attempt
PROBLEM_ROWS = 5_000  # so many rows with problems are listed after a check; all are counted
SHARED_FIELDS = ("mobile", "id_number", "email", "uscc")
EARLIER = {RecordKind.ORDER: ORDER_KEY, RecordKind.CONTRACT: CONTRACT_KEY}


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
        return {key for plan in self.draft.sheets if plan.used for key in plan.columns if key}

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


class NotRunnable(Exception):
    """The batch cannot be worked on as it is; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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
    if purpose is None or purpose.notice_version_id is None:
        raise NotRunnable("purpose.inactive")
    upload = stack.enter_context(drafts.upload_of(draft))

    def read(plan: SheetPlan) -> Iterable[Row]:
        return rows(upload, plan.layout)

    readers = {
        number: Reader.of(number, plan, rules, purpose, today)
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


@dataclass(slots=True)
class Summary:
    """What a dry run counts."""

    rows: int = 0
    refused: int = 0
    remarked: int = 0
    customers: int = 0
    existing: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    problems: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    first: dict[tuple[str, str, bool], tuple[int, int, Text]] = field(default_factory=dict)
    left_out: int = 0
    whole: list[tuple[int, int, str, bool]] = field(
        default_factory=list
    )  # what only the whole file shows of a row
    problem_rows: list[tuple[int, int]] = field(default_factory=list)
    shared: dict[str, Counter[str]] = field(default_factory=lambda: {key: Counter() for key in SHARED_FIELDS})

    def see(self, row: Parsed) -> None:
        """Count one row."""
        self.rows += 1
        self.refused += row.refused
        for values in row.values.values():
            self.filled.update(values.keys())
        for problem in row.problems:
            place = (problem.field, problem.code, problem.refuses)
            self.problems[place] += 1
            self.first.setdefault(place, (row.sheet, row.number, problem.text))
            if problem.code in REASONS and len(self.whole) < PROBLEM_ROWS:
                self.whole.append((row.sheet, row.number, problem.code, problem.refuses))
        if row.problems:
            self.remarked += not row.refused
            if len(self.problem_rows) < PROBLEM_ROWS:
                self.problem_rows.append((row.sheet, row.number))

    def see_customer(self, done: Assembled, rules: dict[str, FieldRule]) -> None:
        """Count one customer, and whose identifiers it shares with another one."""
        self.customers += Outcome.CREATED in done.outcomes
        for key in SHARED_FIELDS:
            if kept := done.profile.get(key):
                self.shared[key][identifiers.normalise(rules[key].validator, kept.text)] += 1

    def as_json(self) -> dict[str, Any]:
        """Counts and codes; no value of a customer."""
        return {
            "rows": self.rows,
            "refused": self.refused,
            "remarked": self.remarked,
            "customers": self.customers,
            "existing": self.existing,
            "filled": dict(sorted(self.filled.items())),
            "problems": [
                {
                    "field": f,
                    "code": c,
                    "refuses": r,
                    "count": n,
                    "first": list(self.first[f, c, r][:2]),
                    "text": [self.first[f, c, r][2].zh, self.first[f, c, r][2].en],
                }
                for (f, c, r), n in self.problems.most_common()
            ],
            "left_out": self.left_out,
            "whole": [list(place) for place in self.whole],
            "problem_rows": [list(place) for place in self.problem_rows],
            "shared": {key: sum(n for n in seen.values() if n > 1) for key, seen in self.shared.items()},
        }


def check(work: Work, progress: Callable[[int], None]) -> Summary:
    """Go through the whole file without storing anything; `progress` is told the number of rows seen."""
    summary = Summary()
    for chunk in work.gatherer.chunks():
        texts: list[str] = []
        for group in chunk:
            found = parsed_group(work, group)
            kept = [row for row in found if (row.sheet, row.number) not in work.draft.dropped]
            done = Assembler(None, Existing(work.batch.existing), external=work.external).run(kept)
            for row in kept:
                summary.see(row)
            summary.rows += len(found) - len(kept)
            summary.left_out += len(found) - len(kept)
            summary.see_customer(done, work.rules)
            texts += {row.customer_key for row in found if row.customer_key}
        if texts:
            held = vault_queries.key_holders(rule=work.rules[CUSTOMER_KEY], texts=texts)
            summary.existing += len({customer for customer, _ in held.values()})
        progress(summary.rows)
    return summary


def run_chunk(work: Work, chunk: Sequence[Group], now: datetime) -> bool:
    """Store one chunk in one transaction; False when the batch was paused, cancelled or worked on by another."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _store_chunk(work, chunk, now)
        except DuplicateKey:
            if attempt == ATTEMPTS - 1:
                raise
    return False


def _store_chunk(work: Work, chunk: Sequence[Group], now: datetime) -> bool:
    # Locked, so that of two workers on one batch the second finds the place moved on and stops.
    batch = ImportBatch.objects.select_for_update().get(id=work.batch.id)
    if batch.state != BatchState.RUNNING or batch.rows_done != work.batch.rows_done:
        return False
    groups = [parsed_group(work, group) for group in chunk]
    held = _held(work, groups, now)
    counts: Counter[Outcome] = Counter()
    refused: list[RefusedRow] = []
    entries: list[CustomerEntry] = []
    for found in groups:
        kept = [row for row in found if (row.sheet, row.number) not in work.draft.dropped]
        counts[Outcome.DROPPED] += len(found) - len(kept)
        known = held.get(_first_key(found))
        done = Assembler(known, Existing(batch.existing), external=work.external).run(kept)
        counts.update(done.outcomes)
        refused += [
            _refused(row)
            for row, outcome in zip(kept, done.outcomes, strict=True)
            if outcome is Outcome.REFUSED
        ]
        if done.stored:
            entries.append(_entry(batch, done, known))
    if entries:
        registry.store(actor=work.actor, footing=footing_of(batch), entries=entries, now=now)
    if refused:
        drafts.refused_parcel(batch, work.key, batch.rows_done, refused).save()
    _count(batch, counts, now)
    work.batch = batch
    return True


def _count(batch: ImportBatch, counts: Counter[Outcome], now: datetime) -> None:
    batch.rows_done += counts.total()
    batch.created_count += counts[Outcome.CREATED]
    batch.updated_count += counts[Outcome.UPDATED]
    batch.merged_count += counts[Outcome.MERGED]
    batch.refused_count += counts[Outcome.REFUSED]
    batch.dropped_count += counts[Outcome.DROPPED]
    batch.started_at = batch.started_at or now
    batch.save(
        update_fields=[
            "rows_done",
            "created_count",
            "updated_count",
            "merged_count",
            "refused_count",
            "dropped_count",
            "started_at",
        ]
    )


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


def _first_key(found: Sequence[Parsed]) -> str:
    return next((row.customer_key for row in found if row.customer_key), "")


def _held(work: Work, groups: Sequence[Sequence[Parsed]], now: datetime) -> dict[str, Held]:
    """The customers of this chunk that are in the register already, by the customer number as it stands in the file."""
    texts = {key for found in groups if (key := _first_key(found))}
    if not texts:
        return {}
    holders = vault_queries.key_holders(rule=work.rules[CUSTOMER_KEY], texts=texts)
    standing = {row.id: row for row in Customer.objects.filter(id__in={c for c, _ in holders.values()})}
    writable = _writable(work, standing.values(), now)
    held = {
        text: Held(
            customer,
            standing[customer].kind,
            customer in writable,
            standing[customer].batch_id == work.batch.id,
        )
        for text, (customer, _) in holders.items()
        if customer in standing
    }
    wanted = {text: known for text, known in held.items() if known.writable or known.ours}
    if wanted:
        _open(work, groups, wanted, now)
    return held


def _writable(work: Work, customers: Iterable[Customer], now: datetime) -> set[UUID]:
    """Whom the importer may change; being refused is an answer here, and stands in the journal."""
    ids = [row.id for row in customers]
    if not ids:
        return set()
    try:
        permit = gate.admit(actor=work.actor, purpose=work.batch.purpose, customers=ids, fields=[], now=now)
    except gate.Refused:
        return set()
    return set(permit.customers)


def _open(work: Work, groups: Sequence[Sequence[Parsed]], held: dict[str, Held], now: datetime) -> None:
    """Fill in what the register holds of these customers, as far as the file speaks of it; never leaves the process."""
    records = _records(work, groups, held)
    permit = gate.permit_maintenance(
        actor=IMPORTER,
        purpose=MAINTENANCE,
        customers=[known.id for known in held.values()],
        fields=sorted(work.fields),
        reason="import",
        now=now,
    )
    shown = vault.reveal(permit, records=[*(known.id for known in held.values()), *records])
    public = {row.id: row.public_values for row in Customer.objects.filter(id__in=permit.customers)}
    for known in held.values():
        texts = {key: value.text for key, value in shown.of(known.id).items() if value.text}
        known.values = {**texts, **{k: v for k, v in public.get(known.id, {}).items() if k in work.fields}}
    of = {known.id: known for known in held.values()}
    for record, (customer, kind) in records.items():
        texts = {key: value.text or "" for key, value in shown.of(customer, record).items()}
        lines = {key: texts.pop(key) for key in list(texts) if work.rules[key].record == "order_line"}
        of[customer].records.append(HeldRecord(record, kind, texts, lines_of(lines)))


def _records(
    work: Work, groups: Sequence[Sequence[Parsed]], held: dict[str, Held]
) -> dict[UUID, tuple[UUID, str]]:
    """The records of these customers that rows may complete or repeat: record → (customer, kind)."""
    found: dict[UUID, tuple[UUID, str]] = {}
    for kind, field_key in EARLIER.items():
        pairs = {
            (held[first].id, text)
            for rows_ in groups
            if (first := _first_key(rows_)) in held
            for row in rows_
            if (text := row.key(field_key, kind.value))
        }
        if pairs:
            holders = vault_queries.key_holders_within(rule=work.rules[field_key], pairs=pairs)
            found.update({record: (customer, kind.value) for (customer, _), record in holders.items()})
    kinds = {
        kind for kind in ("contact", "interaction") if any(work.rules[f].record == kind for f in work.fields)
    }
    if kinds:
        rows_of = Record.objects.filter(
            customer_id__in=[known.id for known in held.values()], kind__in=kinds, ended_at__isnull=True
        )
        found.update({row.id: (row.customer_id, row.kind) for row in rows_of})
    return found


def _refused(row: Parsed) -> RefusedRow:
    whole = tuple(p.text for p in row.problems if p.refuses and p.column is None)
    cells: dict[int, tuple[Any, ...]] = {}
    for problem in row.problems:
        if problem.refuses and problem.column is not None:
            cells[problem.column] = (*cells.get(problem.column, ()), problem.text)
    return RefusedRow(row.number, row.cells, whole, cells)


def finish(work: Work, now: datetime) -> None:
    """The end of a run: the file is destroyed, the reconciliation stands, the batch waits for confirmation."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(id=work.batch.id)
        if batch.state != BatchState.RUNNING:
            return
        external = batch.source == Source.EXTERNAL
        batch.state, batch.finished_at = BatchState.DONE, now
        batch.rows_total = batch.rows_done
        batch.standing = Standing.QUARANTINED if external else Standing.UNCONFIRMED
        journal.append(
            actor=work.actor,
            event="batch.imported",
            purpose=batch.purpose,
            data={
                "batch": str(batch.id),
                "rows": batch.rows_done,
                "created": batch.created_count,
                "updated": batch.updated_count,
                "merged": batch.merged_count,
                "refused": batch.refused_count,
                "dropped": batch.dropped_count,
                "source": batch.source,
                "channel": batch.channel,
            },
        )
        batch.save()
    work.batch = batch
