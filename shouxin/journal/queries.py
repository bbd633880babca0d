"""Reading the journal: a customer's timeline, the auditor's search, one entry with its proof, how far it is sealed."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import Overlap
from django.db.models import BinaryField, Count, F, Func, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, TruncDate
from django.db.models.lookups import GreaterThan

from shouxin.core.ledger.entry import decode
from shouxin.core.ledger.tiles import WIDTH, nodes_from, split_hashes, tile_path
from shouxin.core.ledger.tree import check_inclusion, inclusion_proof, root_of
from shouxin.core.policy import Actor, Permission
from shouxin.journal import events
from shouxin.journal.models import LISTS, Checkpoint, Entry, Leaf, Tile, named
from shouxin.kit.lists import Place, Sort, Window, cut, window
from shouxin.kit.statements import execute

PAGE = 50
_ABOUT = "SELECT e.body FROM journal_entry e WHERE e.customer = %b::uuid ORDER BY e.id DESC LIMIT %b"
_ABOUT_EVENT = """
SELECT e.body FROM journal_entry e WHERE e.customer = %b::uuid AND e.event = %b ORDER BY e.id DESC LIMIT %b
"""
# Ids begin with the millisecond they were made in, a moment after the entry's time; the day is generous slack.
SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, read from its sealed bytes; `actor` is a pseudonym that people may resolve. `among`: it is about many
    customers and told about one of them, nothing of the others."""

    id: UUID
    at: datetime
    event: str
    actor: UUID
    customer: UUID | None
    purpose: str | None
    data: dict[str, Any]
    among: bool = False

    def sentence(self, language: str) -> str:
        return events.sentence(self.event, self.data, language, among=self.among)


@dataclass(frozen=True, slots=True)
class Filters:
    """What an auditor looks for; None means any. `since` is included, `until` is not."""

    event: str | None = None
    actor: UUID | None = None
    customers: tuple[UUID, ...] = ()  # one, or those who are one; empty means any
    purpose: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The proof that an entry is in the log that `note` signed; hashes in hexadecimal, leaf side first."""

    index: int
    size: int
    leaf: str
    path: tuple[str, ...]
    root: str
    note: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """How far the journal is sealed: `size` entries under the latest checkpoint, `waiting` not yet."""

    size: int
    root: str
    note: str
    at: datetime | None
    waiting: int


def timeline(customer: UUID, limit: int = PAGE, before: UUID | None = None) -> list[Line]:
    """What happened to one customer, the latest first; `before` is the id of the last line of the page above.

    The caller has established that the actor may see this customer.
    """
    return _page(Entry.objects.filter(customer=customer), limit, before)


def about(
    customers: Collection[UUID],
    *,
    beginning: Collection[str] = (),
    without: Collection[str] = (),
    limit: int = PAGE,
    before: UUID | None = None,
    after: UUID | None = None,
) -> list[Line]:
    """What happened to some customers who are one, the latest first: only events whose names begin so, none of those
    whose names begin otherwise. What came after one entry begins with the next one.

    The caller has established that the actor may see these customers.
    """
    found = Entry.objects.filter(customer__in=list(customers))
    if beginning:
        found = found.filter(reduce(or_, (Q(event__startswith=one) for one in beginning)))
    for one in without:
        found = found.exclude(event__startswith=one)
    if after is not None:
        return lines(found.filter(id__gt=after).order_by("id")[:limit])
    return _page(found, limit, before)


def concerning(
    customers: Collection[UUID],
    *,
    beginning: Collection[str] = (),
    limit: int = PAGE,
    before: UUID | None = None,
    after: UUID | None = None,
) -> list[Line]:
    """As `about`, with the lists and search results that the customers stood in, which are told as if they had stood
    there alone; with `after` the earliest first. One statement, which reads no more of either than it gives.

    The caller has established that whoever reads it may see these customers.
    """
    own = Entry.objects.filter(customer__in=list(customers))
    if beginning:
        own = own.filter(reduce(or_, (Q(event__startswith=one) for one in beginning)))
    # An entry that names a customer has no other: so none is in both. Their order is made of what no index has, or the
    # database might walk through the whole ledger for the first few.
    listed = Entry.objects.filter(Overlap(named(), _texts(customers)), event__in=LISTS, customer=None)
    place, order = Cast("id", TextField()), "-id" if after is None else "id"
    bounds = {key: value for key, value in (("id__lt", before), ("id__gt", after)) if value is not None}
    first = own.filter(**bounds).order_by(order)[:limit]
    second = listed.filter(**bounds).order_by(place.desc() if after is None else place.asc())[:limit]
    rows = first.values_list("id", "body").union(second.values_list("id", "body"), all=True)
    found = [_line_of(body) for _id, body in rows.order_by(order)[:limit]]
    return [_alone(line) if line.event in LISTS else line for line in found]


def _texts(customers: Collection[UUID]) -> Value:
    return Value([str(one) for one in customers], output_field=ArrayField(TextField()))


def _alone(line: Line) -> Line:
    """A list as one of those in it is told of it: what was asked for and why, not who else stood there."""
    told = {key: value for key, value in line.data.items() if key in ("fields", "purpose")}
    return replace(line, data=told, among=True)


def of_events(names: Iterable[str], limit: int = PAGE) -> list[Line]:
    """The latest entries of some events, the latest first; for rooms that show the story of a thing of theirs.

    The caller has established that the actor may see these events.
    """
    return _page(Entry.objects.filter(event__in=list(names)), limit, None)


def of_thing(
    names: Iterable[str], said: Mapping[str, str | int], *, since: datetime | None = None, limit: int = PAGE
) -> list[Line]:
    """The latest entries of some events whose data says all of `said` (`{"grant": "…"}`), the latest first.

    One statement, whatever else happened meanwhile: the database looks for the words in the canonical bytes, which the
    reading then confirms. Sorting by time, not by id, keeps it on the index of events.

    The caller has established that the actor may see this thing.
    """
    found = Entry.objects.filter(event__in=list(names))
    if since is not None:
        found = found.filter(id__gte=_first_id(since - SLACK))
    for key, value in said.items():
        found = found.filter(GreaterThan(_place_of(key, value), 0))
    lines = [_line(one) for one in found.order_by("-at", "-id")[:limit]]
    return [line for line in lines if all(line.data.get(key) == value for key, value in said.items())]


def _place_of(key: str, value: str | int) -> Func:
    """Where `"key":"value"` stands in an entry's bytes; 0 where it does not."""
    words = f'"{key}":{json.dumps(value)}'.encode("ascii")
    return Func(
        Value(words, output_field=BinaryField()),
        F("body"),
        function="position",
        arg_joiner=" IN ",
        output_field=IntegerField(),
    )


def counts_since(names: Iterable[str], since: datetime) -> dict[tuple[UUID, str], int]:
    """How often each actor did each of these since a moment; for a room that reports figures."""
    found = Entry.objects.filter(event__in=list(names), at__gte=since, id__gte=_first_id(since - SLACK))
    rows = found.values_list("actor", "event").annotate(count=Count("id")).order_by()
    return {(actor, event): count for actor, event, count in rows}


def counts_by_day(
    names: Iterable[str], since: datetime, zone: tzinfo
) -> list[tuple[date, UUID, str, str, int]]:
    """How often each actor did each of these for each purpose on each day: (day, actor, event, purpose, count)."""
    found = Entry.objects.filter(event__in=list(names), at__gte=since, id__gte=_first_id(since - SLACK))
    rows = found.annotate(day=TruncDate("at", tzinfo=zone)).values_list("day", "actor", "event", "purpose")
    counted = rows.annotate(count=Count("id")).order_by()
    return [(day, actor, event, purpose or "", count) for day, actor, event, purpose, count in counted]


def acts_since(
    names: Iterable[str],
    since: datetime,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> Iterator[Line]:
    """Entries of some events since a moment, the latest first, below the id `before`; those above the id `after`, the
    earliest first.

    The caller has established that the reader may know of them.
    """
    found = Entry.objects.filter(event__in=list(names), at__gte=since, id__gte=_first_id(since - SLACK))
    if before:
        found = found.filter(id__lt=before)
    if after:
        found = found.filter(id__gt=after)
    found = found.order_by("id" if after else "-id")
    for row in (found[:limit] if limit else found).iterator(chunk_size=2000):
        yield _line(row)


def acts_of(actors: Collection[UUID], names: Iterable[str], since: datetime) -> Iterator[Line]:
    """What some actors did since a moment, the earliest first; for a room that reports on people of its own.

    The caller has established that the reader may know of these actors' acts.
    """
    found = Entry.objects.filter(
        actor__in=list(actors), event__in=list(names), at__gte=since, id__gte=_first_id(since - SLACK)
    )
    for entry_row in found.order_by("id").iterator(chunk_size=2000):
        yield _line(entry_row)


def matching(actor: Actor, filters: Filters) -> QuerySet[Entry]:
    """What an auditor looks for; `lines` tells of those on a page.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not read the journal.
    """
    actor.require(Permission.JOURNAL_ENTRY_READ)
    equal = {"event": filters.event, "actor": filters.actor, "purpose": filters.purpose}
    found = Entry.objects.filter(**{key: value for key, value in equal.items() if value is not None})
    if filters.customers:
        found = found.filter(customer__in=filters.customers)
    if filters.since is not None:
        found = found.filter(at__gte=filters.since, id__gte=_first_id(filters.since - SLACK))
    if filters.until is not None:
        found = found.filter(at__lt=filters.until, id__lt=_first_id(filters.until + SLACK))
    return found


def page(actor: Actor, filters: Filters, sort: Sort, place: Place) -> Window[Line]:
    """One page of what an auditor looks for; the latest about one customer, which is asked most, is prepared once.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not read the journal.
    """
    actor.require(Permission.JOURNAL_ENTRY_READ)
    simple = filters == Filters(event=filters.event, customers=filters.customers)
    latest = sort.descending and not sort.column and place.edge is None
    if simple and latest and len(filters.customers) == 1:
        about, most = filters.customers[0], place.size + 1
        if filters.event is None:
            rows = execute(_ABOUT, (about, most))
        else:
            rows = execute(_ABOUT_EVENT, (about, filters.event, most))
        return cut([_line_of(body) for (body,) in rows], place, lambda line: line.id)
    found = window(matching(actor, filters), sort, place)
    return Window(lines(found.rows), found.following, found.preceding)


def lines(rows: Iterable[Entry]) -> list[Line]:
    """These entries, read from their sealed bytes."""
    return [_line(one) for one in rows]


def entry(actor: Actor, entry_id: UUID) -> Line | None:
    """One entry by its id.

    Raises:
        shouxin.core.policy.NotAllowed: the actor may not read the journal.
    """
    actor.require(Permission.JOURNAL_ENTRY_READ)
    found = Entry.objects.filter(id=entry_id).first()
    return _line(found) if found else None


def inclusion(entry_id: UUID) -> Inclusion | None:
    """The proof that an entry is under the latest checkpoint; None while it waits to be sealed.

    Raises:
        shouxin.core.ledger.errors.LedgerError: the stored tree does not prove it.
    """
    leaf = Leaf.objects.filter(entry_id=entry_id).first()
    latest = Checkpoint.objects.order_by("-size").first()
    if leaf is None or latest is None or leaf.index >= latest.size:
        return None
    return inclusion_under(leaf, latest)


def inclusions(entries: Collection[UUID]) -> dict[UUID, Inclusion]:
    """The proofs of many entries under the latest checkpoint; those that wait to be sealed have none.

    Raises:
        shouxin.core.ledger.errors.LedgerError: the stored tree does not prove one.
    """
    latest = Checkpoint.objects.order_by("-size").first()
    if latest is None:
        return {}
    leaves = Leaf.objects.filter(entry_id__in=list(entries), index__lt=latest.size)
    read = _Tiles(latest.size).read  # read once for all of them
    return {leaf.entry_id: _included(leaf, latest, read) for leaf in leaves}


def inclusion_under(leaf: Leaf, latest: Checkpoint) -> Inclusion:
    """The proof that a leaf is under one checkpoint.

    Raises:
        shouxin.core.ledger.errors.LedgerError: the stored tree does not prove it.
    """
    return _included(leaf, latest, _Tiles(latest.size).read)


def _included(leaf: Leaf, latest: Checkpoint, read: Callable[[int, int], list[bytes]]) -> Inclusion:
    path = inclusion_proof(leaf.index, latest.size, nodes_from(read))
    hashed, root = bytes(leaf.leaf_hash), bytes(latest.root)
    check_inclusion(leaf=hashed, index=leaf.index, size=latest.size, proof=path, root=root)
    return Inclusion(
        leaf.index, latest.size, hashed.hex(), tuple(item.hex() for item in path), root.hex(), latest.note
    )


def sealing() -> Sealing:
    """The state of sealing; cheap enough for a page, whatever the size of the journal."""
    latest = Checkpoint.objects.order_by("-size").first()
    if latest is None:
        return Sealing(0, "", "", None, Entry.objects.count())
    waiting = Entry.objects.filter(
        ~Q(id__in=Leaf.objects.values("entry_id")), id__gte=_first_id(latest.at - SLACK)
    )
    return Sealing(latest.size, bytes(latest.root).hex(), latest.note, latest.at, waiting.count())


def names_of_events() -> Sequence[str]:
    """The events rooms have registered, in alphabetical order; for a filter."""
    return sorted(events.events)


class _Tiles:
    """Tiles of a log of `size` leaves; partial ones are put together from what lies below them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def read(self, level: int, index: int) -> list[bytes]:
        key = (level, index)
        if key not in self._read:
            count = self.size >> (8 * level)
            whole = (index + 1) * WIDTH <= count
            self._read[key] = self._stored(level, [index])[0] if whole else self._partial(level, index, count)
        return self._read[key]

    def _partial(self, level: int, index: int, count: int) -> list[bytes]:
        places = range(index * WIDTH, count)
        if level == 0:
            found = Leaf.objects.filter(index__gte=places.start, index__lt=places.stop).order_by("index")
            return [bytes(item) for item in found.values_list("leaf_hash", flat=True)]
        return [root_of(hashes) for hashes in self._stored(level - 1, places)]

    def _stored(self, level: int, indexes: Iterable[int]) -> list[list[bytes]]:
        paths = [tile_path(level, index) for index in indexes]
        found = dict(Tile.objects.filter(path__in=paths).values_list("path", "hashes"))
        return [split_hashes(bytes(found.get(path, b""))) for path in paths]


def _page(found: QuerySet[Entry], limit: int, before: UUID | None) -> list[Line]:
    if before is not None:
        found = found.filter(id__lt=before)
    return [_line(one) for one in found.order_by("-id")[:limit]]


def _line(found: Entry) -> Line:
    return _line_of(found.body)


def _line_of(body: bytes | memoryview) -> Line:
    read = decode(bytes(body))
    return Line(read.id, read.at, read.event, read.actor, read.customer, read.purpose, dict(read.data))


def _first_id(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment (RFC 9562 section 5.7)."""
    return UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)
