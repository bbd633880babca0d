"""Sealing for customers of whom nothing is stored yet: no group to lock, to read or to merge into, only rows to add.

An import is mostly this. Rows are made while the database stores the ones before them (kit.statements.copy).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shouxin.core import identifiers
from shouxin.core.crypto.beginning import CHANGES, HEAD_BYTES, VERSION, Beginner
from shouxin.core.crypto.indexes import KINDS, code_of
from shouxin.core.crypto.suites import Suite
from shouxin.core.crypto.wrapping import WrappingKey
from shouxin.core.policy import FieldRule, GroupState
from shouxin.kit import cells, clock, statements
from shouxin.vault.control import Control, Pair
from shouxin.vault.errors import RevisionConflict
from shouxin.vault.payload import encode, encode_entered
from shouxin.vault.tickets import SealedWrite, WriteTicket
from shouxin.vault.tokens import KEYS

_RECORDS = ("customer_id", "storage_group", "record_id", "revision", "sealed", "at", "by")
_GROUPS = ("customer_id", "storage_group", "state", "since", "changes", "head")
_DATA_KEYS = ("customer_id", "storage_group", "version", "suite", "epoch", "wrapped")
_TOKENS = ("customer_id", "record_id", "place", "field", "kind", "version", "token")

# What gives the tokens of a value, and the cells that name field, kind and version.
Token = tuple[Callable[[str, bytes], list[int]], bytes]
Planned = tuple[str, Callable[[str], str], list[Token]]  # a field, its normal form, what it is found by
Groups = dict[str, list[SealedWrite]]


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """How groups begin under one wrapping key, and the cells that name it beside their data keys."""

    beginner: Beginner
    named: bytes

    @classmethod
    def under(cls, key: WrappingKey, suite: Suite) -> "_Wrapping":
        named = cells.int4(VERSION) + cells.int2(suite.id) + cells.int4(key.id)
        return cls(Beginner(suite, key), named)


@dataclass(frozen=True, slots=True)
class _Edges:
    """What is alike in all rows of a batch."""

    state: bytes  # of a group: its state, since when, how many changes
    stamp: bytes  # of a record: when and by whom
    record: bytes = cells.start(len(_RECORDS))
    group: bytes = cells.start(len(_GROUPS))
    key: bytes = cells.start(len(_DATA_KEYS))
    first: bytes = cells.int4(1)  # revision


class Beginning:
    """The first values of new customers, in one batch."""

    def __init__(self, ticket: WriteTicket, chosen: Control, writes: Sequence[SealedWrite]) -> None:
        self._chosen = chosen
        self._fields = ticket.permit.fields
        self._by = ticket.permit.actor.pseudonym
        self._writes = writes
        self._customers = _gathered(writes)
        self._groups: list[bytes] = []
        self._keys: list[bytes] = []
        self._named: dict[str, tuple[bytes, bytes]] = {}  # names of groups, and as cells
        self._origin: tuple[UUID | None, bytes] = (None, b"")  # the provenance met last
        self._coded: dict[str, bytes] = {}  # and their codes

    @property
    def changes(self) -> dict[UUID, dict[str, int]]:
        """What the journal is to name of each customer (sealing.Sealed); customers of the same groups share it."""
        known: dict[tuple[str, ...], dict[str, int]] = {}
        found = {}
        for customer, groups in self._customers.items():
            names = tuple(groups)
            marks = known.get(names)
            if marks is None:
                marks = known[names] = dict.fromkeys(groups, CHANGES)
            found[customer] = marks
        return found

    def store(self) -> None:
        """Add everything but the business keys, which are claimed before (tokens.TokenBatch)."""
        if not self._writes:
            return
        # Asked before the rows are made: nothing else can be asked while they are taken.
        own = self._chosen.wrappings(
            [(c, group) for c, groups in self._customers.items() for group in groups]
        )
        statements.copy("vault_sealed_record", _RECORDS, self._sealed(own))
        statements.copy("vault_group", _GROUPS, self._groups)
        statements.copy("vault_data_key", _DATA_KEYS, self._keys)
        statements.copy("vault_search_token", _TOKENS, self._tokens())

    def _sealed(self, own: Mapping[Pair, WrappingKey]) -> Iterator[bytes]:
        """The rows of the blobs; those of their groups and keys are put aside meanwhile."""
        now = cells.moment(clock.now())
        edges = _Edges(
            cells.text(GroupState.COLLECTED.value) + now + cells.int8(CHANGES), now + cells.uuid(self._by)
        )
        shared = _Wrapping.under(self._chosen.wrapping, self._chosen.suite)
        for customer, groups in self._customers.items():
            if not own and all(
                len(writes) == 1 and writes[0].record_id is customer for writes in groups.values()
            ):
                yield self._profile(customer, groups, shared, edges)
            else:
                yield self._several(customer, groups, shared, own, edges)

    def _profile(self, customer: UUID, groups: Groups, wrapping: _Wrapping, edges: _Edges) -> bytes:
        """As `_several` for what an import mostly brings: a profile alone, one record a group."""
        names = [self._named.get(group) or self._name(group) for group in groups]
        identity, length, payload = customer.bytes, cells.length, self._payload
        place = cells.UUID + identity
        record_start, group_start, key_start = edges.record + place, edges.group + place, edges.key + place
        record_middle, stamp = place + edges.first, edges.stamp
        # All heads are of one length, and so are all wrapped keys of a suite.
        state = edges.state + length(HEAD_BYTES)
        named = wrapping.named + length(wrapping.beginner.wrapped_bytes)
        plain = zip(
            (name for name, _ in names), (payload(writes[0]) for writes in groups.values()), strict=True
        )
        begun = wrapping.beginner.begin_profile(identity, plain)
        rows, beside, keys = list[bytes](), list[bytes](), list[bytes]()
        for (_name, cell), (wrapped, head, blob) in zip(names, begun, strict=True):
            rows += (record_start, cell, record_middle, length(len(blob)), blob, stamp)
            beside += (group_start, cell, state, head)
            keys += (key_start, cell, named, wrapped)
        self._groups.append(b"".join(beside))
        self._keys.append(b"".join(keys))
        return b"".join(rows)

    def _several(
        self,
        customer: UUID,
        groups: Groups,
        shared: _Wrapping,
        own: Mapping[Pair, WrappingKey],
        edges: _Edges,
    ) -> bytes:
        """The rows of a customer's blobs."""
        identity, width, raw = customer.bytes, cells.UUID, cells.raw
        rows: list[bytes] = []
        for group, writes in groups.items():
            name, name_cell = self._named.get(group) or self._name(group)
            place = width + identity + name_cell
            alone = own.get((customer, group)) if own else None
            wrapping = _Wrapping.under(alone, self._chosen.suite) if alone else shared
            records = [(write.record_id.bytes, self._payload(write)) for write in writes]
            wrapped, head, blobs = wrapping.beginner.begin(identity, name, records)
            self._groups += (edges.group, place, edges.state, raw(head))
            self._keys += (edges.key, place, wrapping.named, raw(wrapped))
            for (record, _plain), blob in zip(records, blobs, strict=True):
                rows += (edges.record, place, width, record, edges.first, raw(blob), edges.stamp)
        return b"".join(rows)

    def _payload(self, write: SealedWrite) -> bytes:
        origin = write.provenance
        if origin is None:
            return encode(write.told())
        if origin is not self._origin[0]:  # most often all values of a batch are of one
            self._origin = (origin, origin.bytes)
        return encode_entered(write.values, self._origin[1])

    def _tokens(self) -> Iterator[bytes]:
        """The rows of the search indexes."""
        start, cell, width = cells.start(len(_TOKENS)) + cells.UUID, cells.int4, cells.UUID
        planned: dict[tuple[str, ...], list[Planned]] = {}
        last, identity = None, b""
        for write in self._writes:
            values = write.values
            names = tuple(values)
            plan = planned.get(names)
            if plan is None:
                plan = planned[names] = self._plan(names)
            if not plan:
                continue
            if write.customer_id is not last:
                last, identity = write.customer_id, write.customer_id.bytes
            record = identity if write.record_id is last else write.record_id.bytes
            place = start + identity + width + record + self._code(write.group)
            rows: list[bytes] = []
            for key, normal, tokens in plan:
                value = values[key]
                normalised = normal(value.text) if value else ""
                if not normalised:
                    continue
                for tokens_of, named in tokens:
                    before = place + named
                    for token in tokens_of(normalised, identity):
                        rows += (before, cell(token))
            yield b"".join(rows)

    def _plan(self, names: tuple[str, ...]) -> list["Planned"]:
        """For a write of these fields: which are indexed, and how."""
        rules = [self._fields[key] for key in sorted(names)]
        plan = [
            (
                rule.key,
                identifiers.normaliser(rule.validator),
                [token for kind in rule.indexes for token in self._kinds(rule, kind)],
            )
            for rule in rules
        ]
        return [(key, normal, tokens) for key, normal, tokens in plan if tokens]

    def _kinds(self, rule: FieldRule, kind: str) -> list[Token]:
        if kind in KEYS:
            return []
        named = cells.int4(code_of(rule.key)) + cells.int2(KINDS[kind].number)
        return [
            (index.writer(rule.key, kind), named + cells.int2(index.version))
            for index in self._chosen.indexes
        ]

    def _code(self, group: str) -> bytes:
        coded = self._coded.get(group)
        if coded is None:
            coded = self._coded[group] = cells.int4(code_of(group))
        return coded

    def _name(self, group: str) -> tuple[bytes, bytes]:
        named = self._named[group] = (group.encode(), cells.text(group))
        return named


def _gathered(writes: Sequence[SealedWrite]) -> Mapping[UUID, Groups]:
    """The writes by customer and group.

    Raises:
        RevisionConflict: a write expects that something stands already.
        ValueError: one record's group is written twice.
    """
    found: dict[UUID, Groups] = {}
    last, groups = None, Groups()
    for write in writes:
        if write.customer_id is not last:  # they come customer by customer
            last = write.customer_id
            groups = found.setdefault(last, {})
        if write.expected_revision:
            raise RevisionConflict(
                last, write.group, write.record_id, expected=write.expected_revision, found=0
            )
        others = groups.setdefault(write.group, [])
        if others and any(other.record_id == write.record_id for other in others):
            raise ValueError("one record's group is written twice in one batch")
        others.append(write)
    return found
