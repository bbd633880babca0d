"""One search for duplicates, from beginning to end; what is found again is not kept twice."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from shouxin.core.ledger.entry import JSON
from shouxin.customers.duplicates import exact, probable, reading
from shouxin.customers.duplicates.models import DuplicateRun, PairState, RunState, SuspectedPair
from shouxin.customers.duplicates.rules import Suspicion, reasons_of
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.kit.statements import execute

Found = tuple[UUID, UUID, Suspicion]
KEEP_AT_ONCE = 1_000
# What somebody decided stands; what nobody decided takes the newest score.
_KEEP = """
INSERT INTO duplicates_pair (id, customer_id, other_id, score, reasons, state, run_id, found_at)
SELECT i, a, b, s, string_to_array(r, ' '), 'open', %b, %b
FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::float8[], %b::text[]) AS w(i, a, b, s, r) ORDER BY a, b
ON CONFLICT (customer_id, other_id) DO UPDATE
SET score = CASE WHEN duplicates_pair.run_id = EXCLUDED.run_id
        THEN GREATEST(duplicates_pair.score, EXCLUDED.score) ELSE EXCLUDED.score END,
    reasons = CASE WHEN duplicates_pair.run_id = EXCLUDED.run_id AND duplicates_pair.score > EXCLUDED.score
        THEN duplicates_pair.reasons ELSE EXCLUDED.reasons END,
    run_id = EXCLUDED.run_id
WHERE duplicates_pair.state IN ('open', 'later', 'handed')
"""


class Stopped(Exception):
    """Told to stop before the end; what was found so far is kept."""


def begin(run: UUID, now: datetime) -> DuplicateRun | None:
    """The run, under way; None when it is over already."""
    with transaction.atomic():
        row = DuplicateRun.objects.select_for_update().filter(id=run).first()
        if row is None or row.state not in {RunState.QUEUED, RunState.RUNNING}:
            return None
        row.state, row.began_at, row.compared = RunState.RUNNING, row.began_at or now, 0
        row.customers = len(reading.comparable())
        row.save()
    return row


def search(row: DuplicateRun, now: datetime, stop: Callable[[], bool]) -> None:
    """Find exact duplicates, then probable ones if asked for and possible; ends the run.

    Raises:
        Stopped: `stop` said so.
    """
    for found in exact.pairs(now, stop):
        keep(row, found, now)
    if row.thorough and probable.is_available():
        _search_thoroughly(row, now, stop)
    if stop():
        raise Stopped
    _end(row, now)


def _search_thoroughly(row: DuplicateRun, now: datetime, stop: Callable[[], bool]) -> None:
    rows, numbers = probable.Rows(), list[UUID]()
    for batch in reading.batches(reading.comparable(), now):
        if stop():
            raise Stopped
        rows.add(list(batch.values()))
        numbers += batch
        DuplicateRun.objects.filter(id=row.id).update(compared=len(numbers))
    some: list[Found] = []
    for pair in probable.pairs(rows):
        one, other = sorted((numbers[pair.first], numbers[pair.second]))
        some.append((one, other, Suspicion(min(pair.score, 1.0), reasons_of(pair.levels))))
        if len(some) >= KEEP_AT_ONCE:
            if stop():
                raise Stopped
            keep(row, some, now)
            some = []
    keep(row, some, now)


def keep(row: DuplicateRun, found: Sequence[Found], now: datetime) -> None:
    """Keep suspected pairs; the same pair, found again, is the same row."""
    if found:
        ordered = sorted(found, key=lambda one: one[:2])
        execute(
            _KEEP,
            [
                row.id,
                now,
                [ids.new() for _ in ordered],
                [one for one, _, _ in ordered],
                [other for _, other, _ in ordered],
                [suspicion.score for _, _, suspicion in ordered],
                [" ".join(suspicion.reasons) for _, _, suspicion in ordered],
            ],
        )


def _end(row: DuplicateRun, now: datetime) -> None:
    """The run is over: what nobody decided and it did not find again is no longer suspected."""
    with transaction.atomic():
        standing = Customer.objects.filter(absorbed_by__isnull=True)
        gone = ~Exists(standing.filter(id=OuterRef("customer_id"))) | ~Exists(
            standing.filter(id=OuterRef("other_id"))
        )
        complete = row.thorough and probable.is_available()
        over = (
            gone | ~Q(run_id=row.id) if complete else gone
        )  # a quick run cannot find what only probabilities show
        SuspectedPair.objects.filter(over, state=PairState.OPEN).delete()
        row.refresh_from_db()
        row.state, row.finished_at, row.problem = RunState.DONE, now, ""
        row.compared = row.compared if complete else row.customers
        row.found = SuspectedPair.objects.filter(state=PairState.OPEN, run_id=row.id).count()
        row.save()
        data: dict[str, JSON] = {"run": str(row.id), "compared": row.compared, "found": row.found}
        journal.append(actor=reading.DEDUPLICATION, event="duplicates.run_finished", data=data)


def fail(run: UUID, code: str, now: datetime) -> None:
    """The run cannot go on; `code` says why on its page."""
    with transaction.atomic():
        row = DuplicateRun.objects.select_for_update().get(id=run)
        if row.state in {RunState.QUEUED, RunState.RUNNING}:
            row.state, row.finished_at, row.problem = RunState.FAILED, now, code
            row.save()
            data = {"run": str(row.id), "code": code}
            journal.append(actor=reading.DEDUPLICATION, event="duplicates.run_failed", data=data)
