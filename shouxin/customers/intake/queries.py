"""Reading import batches, limited to what the actor may see; what comes out of the file goes to its importer alone."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Actor, Permission, PurposeRule, Role
from shouxin.customers.intake import drafts
from shouxin.customers.intake.drafts import Draft
from shouxin.customers.intake.models import BatchState, ImportBatch, Standing
from shouxin.customers.intake.reading import Row, rows
from shouxin.customers.intake.rules import OPERATOR_GONE
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import queries as journal
from shouxin.people import queries as people
from shouxin.people.models import Staff
from shouxin.vault.errors import VaultError

PER_PAGE = 50
UNFINISHED = (
    BatchState.DRAFT,
    BatchState.CHECKING,
    BatchState.CHECKED,
    BatchState.RUNNING,
    BatchState.PAUSED,
    BatchState.FAILED,
)
STORY = 2_000  # entries of one batch that its story is told from


def visible(actor: Actor) -> QuerySet[ImportBatch]:
    """The batches that exist for `actor`: the own ones, a head's departments', for the officer all."""
    actor.require(Permission.CUSTOMERS_BATCH_READ)
    found = ImportBatch.objects.select_related("operator", "department", "responsible")
    if Role.OFFICER in actor.roles:
        return found
    # Whoever moved or left has lost what they imported.
    mine = Q(operator_id=actor.id) & ~Q(problem=OPERATOR_GONE)
    if Role.HEAD in actor.roles:
        mine |= Q(department_id__in=list(actor.department_ids))
    return found.filter(mine)


def find(actor: Actor, batch: UUID) -> ImportBatch | None:
    """The batch, or None when it does not exist for this actor."""
    return visible(actor).filter(id=batch).first()


def own(actor: Actor, batch: UUID) -> ImportBatch | None:
    """The actor's own batch, or None."""
    return visible(actor).filter(id=batch, operator_id=actor.id).exclude(problem=OPERATOR_GONE).first()


def still_own(staff_id: UUID, batch: UUID) -> None:
    """Ask again while something long is under way: whoever left or moved meanwhile gets no more of it.

    Raises:
        Staff.DoesNotExist, NotAllowed, drafts.Gone: not theirs any more.
    """
    if own(people.actor_by_id(staff_id), batch) is None:
        raise drafts.Gone


def waiting(actor: Actor) -> QuerySet[ImportBatch]:
    """The batches that wait for this actor's word; the officer confirms where a head imported (rules.may_confirm)."""
    if not actor.may(Permission.CUSTOMERS_BATCH_READ):
        return ImportBatch.objects.none()
    wanted = Q(pk__in=[])
    if actor.may(Permission.CUSTOMERS_BATCH_RELEASE):
        wanted |= Q(standing=Standing.QUARANTINED)
    if actor.may(Permission.CUSTOMERS_BATCH_CONFIRM):
        wanted |= Q(standing=Standing.UNCONFIRMED, department_id__in=list(actor.department_ids))
    if Role.OFFICER in actor.roles:
        heads = Staff.objects.filter(roles__contains=[Role.HEAD.value])
        wanted |= Q(standing=Standing.UNCONFIRMED, operator__in=heads)
    return visible(actor).filter(wanted).exclude(operator_id=actor.id)


def unfinished(actor: Actor) -> QuerySet[ImportBatch]:
    """The actor's own imports that have not come to their end."""
    if not actor.may(Permission.CUSTOMERS_BATCH_CREATE):
        return ImportBatch.objects.none()
    return visible(actor).filter(operator_id=actor.id, state__in=UNFINISHED)


def listed(actor: Actor, show: str) -> QuerySet[ImportBatch]:
    """A list as its tab names it: mine, unfinished, waiting; everything else shows all there are."""
    if show == "mine":
        found = visible(actor).filter(operator_id=actor.id)
    elif show == "unfinished":
        found = unfinished(actor)
    else:
        found = waiting(actor) if show == "waiting" else visible(actor)
    return found.order_by("-id")


def file_names(actor: Actor, batches: Iterable[ImportBatch]) -> dict[UUID, str]:
    """The names of the actor's own files; those of others, and destroyed ones, are absent."""
    found = {}
    for batch in batches:
        if batch.operator_id == actor.id:
            with suppress(drafts.Gone, VaultError, CryptoError):
                found[batch.id] = drafts.opened(batch).file_name
    return found


def same_file(actor: Actor, batch: ImportBatch) -> list[ImportBatch]:
    """Earlier batches of the very same file that the actor may know of."""
    found = visible(actor).filter(fingerprint=bytes(batch.fingerprint), id__lt=batch.id)
    return list(found.exclude(state=BatchState.CANCELLED).order_by("-id")[:5])


def last_done(actor: Actor) -> ImportBatch | None:
    """The actor's latest finished import, whose declaration may be taken again."""
    done = visible(actor).filter(operator_id=actor.id, state=BatchState.DONE)
    return done.exclude(standing=Standing.REJECTED).order_by("-id").first()


def purposes(actor: Actor) -> list[PurposeRule]:
    """The purposes that the actor may import for."""
    return [p for p in rulebooks["rulebook"].purposes_of(actor) if p.notice_version_id is not None]


def story(batch: ImportBatch) -> list[journal.Line]:
    """What happened to a batch, the latest first."""
    names = [name for name in journal.names_of_events() if name.startswith("batch.")]
    return journal.of_thing(names, {"batch": str(batch.id)}, since=batch.uploaded_at, limit=STORY)


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows of one sheet. `total` counts those of the whole list that is paged through."""

    rows: list[Row] = field(default_factory=list)
    number: int = 1
    total: int = 0

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def sheet_page(draft: Draft, sheet: int, number: int, total: int) -> RowPage:
    """One page of a sheet's rows; raises as `drafts.upload_of`."""
    number = max(1, min(number, max(1, -(-total // PER_PAGE))))
    with drafts.upload_of(draft) as upload:
        wanted = islice(rows(upload, draft.sheets[sheet].layout), (number - 1) * PER_PAGE, number * PER_PAGE)
        return RowPage(list(wanted), number, total)


def chosen_page(draft: Draft, sheet: int, places: Sequence[int], number: int) -> RowPage:
    """One page of the rows of a sheet that are named by their numbers, in the order of the file."""
    places = sorted(set(places))
    number = max(1, min(number, max(1, -(-len(places) // PER_PAGE))))
    wanted = places[(number - 1) * PER_PAGE : number * PER_PAGE]
    return RowPage(rows_at(draft, sheet, wanted), number, len(places))


def rows_at(draft: Draft, sheet: int, places: Collection[int]) -> list[Row]:
    """The rows with these numbers."""
    if not places:
        return []
    with drafts.upload_of(draft) as upload:
        return list(_picked(rows(upload, draft.sheets[sheet].layout, start_at_row=min(places)), places))


def _picked(every: Iterator[Row], places: Collection[int]) -> Iterator[Row]:
    last, wanted = max(places), frozenset(places)
    for row in every:
        if row.number in wanted:
            yield row
        if row.number >= last:
            return
