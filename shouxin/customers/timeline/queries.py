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
from shouxin.kit import lists
from shouxin.kit.lists import Window

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
    *, actor: Actor, purpose: str, row: Customer, show: str, place: lists.Place, now: datetime
) -> Window[Item]:
    """One page of `row`'s timeline, by when things happened: the newest first. Its edges are places.

    Of a customer with more dealings than one page their dates are opened first, to put them in order; with more than
    `MOST_DATED` they stand by their entry.

    Raises:
        Refused: the actor may not work for `purpose` (journalled).
    """
    asked = _Asked(actor, purpose, row, now)
    kinds, names = rules.SHOWS.get(show, (frozenset(RecordKind.values) - {"contact"}, ()))
    family, edge, newer = merging.family(row.id), rules.place_of(str(place.edge)), place.backwards
    records, by_date = _records(family, kinds, edge, newer=newer)
    cells = asked.cells(records, FIELDS) if by_date and len(records) <= place.size else {}
    dated = cells or (asked.cells(records, DATES) if by_date else {})
    items = [_dealing(record, dated.get(record.id, {})) for record in records]
    if names or not show:
        # The everyday view leaves looking alone; it has a filter of its own.
        looking = () if show else rules.SHOWS["reads"][1]
        bound = rules.bound(edge, newer=newer) if edge else None
        way = {"after": bound} if newer else {"before": bound}
        lines = about(family, beginning=names, without=looking, limit=place.size + SPARE, **way)
        items += [Item(line.id, rules.entered(line.id), line=line) for line in lines]
    if edge:
        items = [item for item in items if (item.place > edge if newer else item.place < edge)]
    items.sort(key=lambda item: item.place, reverse=not newer)
    found = lists.cut(items, place, lambda item: str(item.place))
    if not cells:
        cells = asked.cells([item.record for item in found.rows if item.record], FIELDS)
    told = [_with(item, cells) if item.record else item for item in found.rows if show or not _repeats(item)]
    return replace(found, rows=told)


def latest(row: Customer, cells: Mapping[UUID, Mapping[str, Cell]], limit: int) -> list[Item]:
    """The newest dealings for the customer's own page, with what that page has opened already.

    What the journal tells stands beside them there, in the page's own timeline.
    """
    kinds = frozenset(RecordKind.values) - {"contact"}
    found, _by_date = _records(merging.family(row.id), kinds)
    items = [
        _with(_dealing(record, cells[record.id]), cells)
        for record in found[:MOST_DATED]
        if record.id in cells
    ]
    return sorted(items, key=lambda item: item.place, reverse=True)[:limit]


def _records(
    family: Collection[UUID], kinds: Collection[str], edge: Place | None = None, *, newer: bool = False
) -> tuple[list[Record], bool]:
    """All dealings, and that they stand by their dates; where there are too many to put in order, those next to a
    place by their entry.
    """
    if not kinds:
        return [], True
    wanted = Record.objects.filter(customer_id__in=family, kind__in=kinds).order_by("-id")
    found = list(wanted[: MOST_DATED + 1])
    if len(found) <= MOST_DATED:
        return found, True
    if edge is None:
        return found, False
    bound = rules.bound(edge, newer=newer)
    beyond = wanted.filter(id__gt=bound).order_by("id") if newer else wanted.filter(id__lt=bound)
    return list(beyond[: MOST_DATED + 1]), False


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
