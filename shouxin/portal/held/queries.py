"""What is held about the customer who asks, opened by the gate as for anybody else, with where each value came from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from shouxin.core.policy import Action, Actor, FieldRule, Form, GroupState, PurposeRule
from shouxin.customers.quality.models import Standing
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Provenance, Record
from shouxin.customers.registry.queries import Cell, CustomerView
from shouxin.customers.timeline.reads import READS
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.models import LISTS
from shouxin.journal.queries import Line, concerning, of_events
from shouxin.people.telling import Person, persons
from shouxin.portal.held import handed, rules
from shouxin.portal.held.handed import REACHED
from shouxin.rights import secrecy
from shouxin.rulebook.catalogue.models import Field, RetentionRule
from shouxin.vault import queries as vault_queries

PURPOSE = "individual_rights"
REASON = "own_access"
RECORDS = 200
PER_PAGE = 20
SEEN = frozenset({*READS, *LISTS}) - {"read.refused"}  # what showed nothing is no reading
INSIDE, LOOKED_BACK = "maintenance.opened", 300


@dataclass(frozen=True, slots=True)
class Item:
    """One value as its owner sees it; `purpose` is None while nobody states why it is held."""

    rule: FieldRule
    form: Form
    text: str | None
    provenance: Provenance | None
    purpose: PurposeRule | None
    retention: RetentionRule | None


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """An order, a contract, a contact…: when it was made and what stands in it."""

    kind: str
    created_at: datetime
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Held:
    """All of it: what the profile holds by category, and the records, newest first; `more` records are not listed."""

    categories: Mapping[str, Sequence[Item]]
    records: Sequence[HeldRecord]
    more: int = 0

    @property
    def purposes(self) -> Collection[PurposeRule]:
        """For what any of it is held."""
        items = [
            *chain.from_iterable(self.categories.values()),
            *chain.from_iterable(r.items for r in self.records),
        ]
        return {item.purpose.key: item.purpose for item in items if item.purpose}.values()


@dataclass(frozen=True, slots=True)
class Reads:
    """One page of who saw what; `fields` are those that may be told, `following` asks for the page below."""

    lines: Sequence[tuple[Line, Sequence[str]]]
    readers: Mapping[UUID, Person]
    following: UUID | None


def disclosed() -> list[str]:
    """The fields that people see of themselves; never one that is held under a duty of secrecy."""
    told = secrecy.told()
    return [key for key in rulebooks["rulebook"].fields() if key in told]


def held(*, me: Actor, now: datetime, clear: bool = False) -> Held:
    """Everything held about `me`: masked, or `clear` for whoever typed a second code just now.

    Raises:
        shouxin.gate.services.Refused: the purpose is not in force, or the second code is too old (journalled).
    """
    family = merging.family(me.id)
    rows = Customer.objects.in_bulk(family)
    theirs = Record.objects.filter(customer_id__in=family, ended_at__isnull=True).order_by("-id")
    records = list(theirs[:RECORDS])
    more = theirs.count() - len(records) if len(records) == RECORDS else 0
    views = [_view(me, rows[one], records, now, clear=clear) for one in family if one in rows]
    cells = [cell for view in views for cell in view.cells.values()]
    kept = [record for view in views for record in view.records]
    about_cells = _About([*cells, *(cell for record in kept for cell in record.cells.values())])
    categories: dict[str, list[Item]] = {}
    for cell in cells:
        categories.setdefault(about_cells.category(cell), []).append(about_cells.item(cell))
    listed = [
        HeldRecord(record.kind, record.created_at, [about_cells.item(cell) for cell in record.cells.values()])
        for record in sorted(kept, key=lambda one: one.created_at, reverse=True)
        if record.cells
    ]
    return Held({key: categories[key] for key in rules.in_order(set(categories))}, listed, more)


def _view(me: Actor, row: Customer, records: Sequence[Record], now: datetime, *, clear: bool) -> CustomerView:
    own = [record for record in records if record.customer_id == row.id]
    seen = registry.profile(
        actor=me,
        purpose=PURPOSE,
        row=row,
        fields=disclosed(),
        action=Action.VIEW,
        reason="",
        now=now,
        records=own,
    )
    present = {*seen.cells, *(key for record in seen.records for key in record.cells)}
    if not (clear and present):
        return seen
    return registry.profile(
        actor=me,
        purpose=PURPOSE,
        row=row,
        fields=[key for key in disclosed() if key in present],
        action=Action.REVEAL,
        reason=REASON,
        now=now,
        records=own,
    )


class _About:
    """Where values came from, for what and until when: looked up once for all of a page."""

    def __init__(self, cells: Collection[Cell]) -> None:
        self._origins = Provenance.objects.in_bulk({cell.provenance for cell in cells if cell.provenance})
        self._retention = RetentionRule.objects.in_bulk()
        keys = {cell.rule.key for cell in cells}
        self._category = dict(Field.objects.filter(key__in=keys).values_list("key", "category"))

    def category(self, cell: Cell) -> str:
        return rules.category_of(self._category.get(cell.rule.key, ""))

    def item(self, cell: Cell) -> Item:
        origin = self._origins.get(cell.provenance) if cell.provenance else None
        purpose = rulebooks["rulebook"].purpose(origin.held_for) if origin else None
        stated = purpose if rules.is_stated(cell.rule.key, purpose) else None
        code = stated.retention_of(cell.rule) if stated else cell.rule.retention_rule
        text = " / ".join(cell.lines) if cell.lines else cell.text
        return Item(cell.rule, cell.form, text, origin, stated, self._retention.get(code))


def reads(*, me: Actor, before: UUID | None) -> Reads:
    """Who saw what of `me`, latest first. Reads of fields held under a duty of secrecy are not there, nor is a gap."""
    shown, told = frozenset(disclosed()), list[tuple[Line, Sequence[str]]]()
    family, place = merging.family(me.id), before
    failed = handed.not_taken(family)
    while len(told) <= PER_PAGE:
        found = concerning(family, beginning=tuple(SEEN | REACHED), limit=PER_PAGE + 1, before=place)
        used = handed.used(found)
        for line in found:
            all_of_them = used.get(line.id) or line.data.get("fields") or []
            fields = [key for key in all_of_them if key in shown]
            # Which contact a program of ours used may not be written down; that it used one is told all the same.
            reached = line.event in REACHED and not all_of_them
            if (fields or reached) and line.data.get("sending") not in failed:
                told.append((line, fields))
        if len(found) <= PER_PAGE:
            break
        place = found[-1].id
    lines = told[:PER_PAGE]
    following = lines[-1][0].id if len(told) > PER_PAGE else None
    return Reads(lines, persons({line.actor for line, _fields in lines}), following)


@dataclass(frozen=True, slots=True)
class Inside:
    """What programs of ours do with everybody's information inside the process, and when they did it last."""

    reason: str
    at: datetime


def inside() -> list[Inside]:
    """By reason, the latest first; values never leave the process, and nobody in particular is meant."""
    found: dict[str, datetime] = {}
    for line in of_events([INSIDE], LOOKED_BACK):
        reason = line.data.get("reason")
        if isinstance(reason, str):
            found.setdefault(reason, line.at)
    return [Inside(reason, at) for reason, at in sorted(found.items(), key=lambda one: one[1], reverse=True)]


def locked(me: Actor) -> list[FieldRule]:
    """What is held about `me` and out of use, as it was denied or is kept for the law alone: nobody may look at it."""
    family, known = merging.family(me.id), rulebooks["rulebook"].fields()
    shut = locked_groups(me)
    kept = {key for row in Standing.objects.filter(id__in=family) for key in row.values}
    told = frozenset(disclosed())
    return [known[key] for key in sorted(kept & told) if known[key].storage_group in shut]


def locked_groups(me: Actor) -> set[str]:
    """The storage groups of `me` that are locked."""
    states = vault_queries.states(merging.family(me.id))
    return {
        group for groups in states.values() for group, state in groups.items() if state is GroupState.LOCKED
    }
