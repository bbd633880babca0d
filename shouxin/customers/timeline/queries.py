"""One timeline of a customer: contacts, orders, promises, limits, reads and changes, newest first, keyset-paged.

A dealing stands by its own date; what has none, and every journal entry, by the moment of its entry, which its id
begins with.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core.policy import Action, Actor
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Record, RecordKind
from shouxin.customers.registry.queries import Cell
from shouxin.customers.timeline import rules
from shouxin.customers.timeline.rules import Place
from shouxin.gate.models import Contact
from shouxin.gate.queries import recent_contacts
from shouxin.journal.queries import Line, about

PER_PAGE = 20  # records with trade secrets that whoever serves a customer may see at once
SPARE = 10  # entries of the very moment a page ended at, which may belong to either page
MOST_DATED = 300
DATES = ("interaction_at", "order_date", "contract_signed_on")
SUGGESTED_FOR = timedelta(hours=2)
# Short enough for a line; of an order what was bought, not for how much.
FIELDS = (
    *("interaction_at", "interaction_channel", "interaction_direction", "interaction_outcome"),
    *("interaction_note", "visit_record", "complaint", "order_no", "order_date", "product_name"),
    *("contract_no", "contract_name", "contract_signed_on", "promise_text", "need_text"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line: an entry of the journal, or a record with its masked values; `day_only` where no hour is known."""

    id: UUID
    place: Place
    line: Line | None = None
    record: Record | None = None
    cells: Mapping[str, Cell] | None = None
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[Item]
    next_before: Place | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who looks at whose timeline."""

    actor: Actor
    purpose: str
    row: Customer
    now: datetime

    def cells(self, records: Sequence[Record], fields: Sequence[str]) -> dict[UUID, Mapping[str, Cell]]:
        """The masked values of `records`, in one journalled act."""
        if not records:
            return {}
        view = registry.profile(
            actor=self.actor,
            purpose=self.purpose,
            row=self.row,
            fields=fields,
            action=Action.VIEW,
            reason="",
            now=self.now,
            records=records,
        )
        return {record.id: record.cells for record in view.records}


def page(
    *, actor: Actor, purpose: str, row: Customer, show: str, before: Place | None, now: datetime
) -> Page:
    """One page of `row`'s timeline, by when things happened: the newest first.

    Of a customer with more dealings than one page their dates are opened first, to put them in order; with more than
    `MOST_DATED` they stand by their entry.

    Raises:
        Refused: the actor may not work for `purpose` (journalled).
    """
    asked = _Asked(actor, purpose, row, now)
    kinds, names = rules.SHOWS.get(show, (frozenset(RecordKind.values) - {"contact"}, ()))
    family = merging.family(row.id)
    records, cells = _records(family, kinds, before), {}
    if len(records) <= PER_PAGE:
        cells = asked.cells(records, FIELDS)
    dated = cells or (asked.cells(records, DATES) if len(records) <= MOST_DATED else {})
    items = [_dealing(record, dated.get(record.id, {})) for record in records]
    if names or not show:
        # The everyday view leaves looking alone; it has a filter of its own.
        looking = () if show else rules.SHOWS["reads"][1]
        until = rules.bound(before) if before else None
        lines = about(family, beginning=names, without=looking, limit=PER_PAGE + SPARE, before=until)
        items += [Item(line.id, rules.entered(line.id), line=line) for line in lines]
    if before:
        items = [item for item in items if item.place < before]
    items.sort(key=lambda item: item.place, reverse=True)
    shown, more = items[:PER_PAGE], len(items) > PER_PAGE
    if not cells:
        cells = asked.cells([item.record for item in shown if item.record], FIELDS)
    told = [_with(item, cells) if item.record else item for item in shown if show or not _repeats(item)]
    return Page(told, shown[-1].place if more else None)


def latest(row: Customer, cells: Mapping[UUID, Mapping[str, Cell]], limit: int) -> list[Item]:
    """The newest dealings for the customer's own page, with what that page has opened already.

    What the journal tells stands beside them there, in the page's own timeline.
    """
    kinds = frozenset(RecordKind.values) - {"contact"}
    found = _records(merging.family(row.id), kinds, None)[:MOST_DATED]
    items = [_with(_dealing(record, cells[record.id]), cells) for record in found if record.id in cells]
    return sorted(items, key=lambda item: item.place, reverse=True)[:limit]


def _records(family: Collection[UUID], kinds: Collection[str], before: Place | None) -> list[Record]:
    """Dealings by their entry: all of them, or the newest before a place where there are too many to put in order."""
    if not kinds:
        return []
    wanted = Record.objects.filter(customer_id__in=family, kind__in=kinds).order_by("-id")
    found = list(wanted[: MOST_DATED + 1])
    if len(found) <= MOST_DATED or before is None:
        return found
    return list(wanted.filter(id__lt=rules.bound(before))[: MOST_DATED + 1])


def _dealing(record: Record, cells: Mapping[str, Cell]) -> Item:
    own = next((cells[key].text for key in DATES if key in cells and cells[key].text), None)
    place, day_only = rules.happened(own, record.id)
    return Item(record.id, place, record=record, day_only=day_only)


def _with(item: Item, cells: Mapping[UUID, Mapping[str, Cell]]) -> Item:
    return replace(item, cells=cells.get(item.id, {}))


def _repeats(item: Item) -> bool:
    """Whether a line only tells that a record was added, which stands beside it with its words."""
    return (
        item.line is not None
        and item.line.event == "customer.changed"
        and bool(item.line.data.get("records"))
    )


def unnoted(actor: Actor, customer: UUID, now: datetime) -> Contact | None:
    """The contact that the actor has, or has just had, with this customer; None once it is over and noted."""
    family = merging.family(customer)
    last = next((one for one in recent_contacts(actor=actor, limit=20) if one.customer_id in family), None)
    if last is None or now - last.ends_at > SUGGESTED_FOR:
        return None
    noted = Record.objects.filter(
        customer_id__in=family,
        kind=RecordKind.INTERACTION,
        created_by=actor.id,
        created_at__gte=last.opened_at,
    )
    return None if last.ends_at <= now and noted.exists() else last
