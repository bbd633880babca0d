"""One timeline of a customer: contacts, orders, promises, limits, reads and changes, newest first, keyset-paged.

Records and journal entries both have ids that begin with the moment they were made in, so one id is the place in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core.policy import Action, Actor
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Record, RecordKind
from shouxin.customers.registry.queries import Cell
from shouxin.customers.timeline import rules
from shouxin.gate.models import Contact
from shouxin.gate.queries import recent_contacts
from shouxin.journal.queries import Line, about

PER_PAGE = 20  # records with trade secrets that whoever serves a customer may see at once
SUGGESTED_FOR = timedelta(hours=2)
# Short enough for a line; of an order what was bought, not for how much.
FIELDS = (
    *("interaction_at", "interaction_channel", "interaction_direction", "interaction_outcome"),
    *("interaction_note", "visit_record", "complaint", "order_no", "order_date", "product_name"),
    *("contract_no", "contract_name", "contract_signed_on", "promise_text", "need_text"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line: an entry of the journal, or a record with its masked values."""

    id: UUID
    line: Line | None = None
    record: Record | None = None
    cells: Mapping[str, Cell] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[Item]
    next_before: UUID | None


def page(*, actor: Actor, purpose: str, row: Customer, show: str, before: UUID | None, now: datetime) -> Page:
    """One page of `row`'s timeline. The values are opened in one journalled act.

    Raises:
        Refused: the actor may not work for `purpose` (journalled).
    """
    found, records, more = _merged(row, show, before)
    cells: dict[UUID, Mapping[str, Cell]] = {}
    if records:
        view = registry.profile(
            actor=actor,
            purpose=purpose,
            row=row,
            fields=FIELDS,
            action=Action.VIEW,
            reason="",
            now=now,
            records=records,
        )
        cells = {record.id: record.cells for record in view.records}
    items = [
        item if item.record is None else _with(item, cells) for item in found if show or not _repeats(item)
    ]
    return Page(items, found[-1].id if more and found else None)


def latest(row: Customer, cells: Mapping[UUID, Mapping[str, Cell]], limit: int) -> list[Item]:
    """The newest dealings for the customer's own page, with what that page has opened already.

    What the journal tells stands beside them there, in the page's own timeline.
    """
    kinds = frozenset(RecordKind.values) - {"contact"}
    found = Record.objects.filter(customer_id__in=merging.family(row.id), kind__in=kinds).order_by("-id")[
        :limit
    ]
    return [_with(Item(record.id, record=record), cells) for record in found]


def _with(item: Item, cells: Mapping[UUID, Mapping[str, Cell]]) -> Item:
    return Item(item.id, record=item.record, cells=cells.get(item.id, {}))


def _merged(
    row: Customer, show: str, before: UUID | None, limit: int = PER_PAGE
) -> tuple[list[Item], list[Record], bool]:
    kinds, names = rules.SHOWS.get(show, (frozenset(RecordKind.values) - {"contact"}, ()))
    family = merging.family(row.id)
    records: list[Record] = []
    if kinds:
        wanted = Record.objects.filter(customer_id__in=family, kind__in=kinds).order_by("-id")
        records = list(wanted.filter(id__lt=before)[: limit + 1] if before else wanted[: limit + 1])
    lines: list[Line] = []
    if names or not show:
        # The everyday view leaves looking alone; it has a filter of its own.
        looking = () if show else rules.SHOWS["reads"][1]
        lines = about(family, beginning=names, without=looking, limit=limit + 1, before=before)
    items = [Item(record.id, record=record) for record in records] + [
        Item(line.id, line=line) for line in lines
    ]
    items.sort(key=lambda item: item.id, reverse=True)
    shown = items[:limit]
    return shown, [item.record for item in shown if item.record], len(items) > limit


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
