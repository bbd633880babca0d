"""The way from sealed to shown. Only what a permit names leaves, in the form the permit states."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec
from django.db import connection, transaction

from shouxin.core import identifiers
from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import Action, FieldRule, Form, Permit
from shouxin.journal import services as journal
from shouxin.kit import bounded
from shouxin.kit.statements import settle
from shouxin.vault import database, many, payload
from shouxin.vault.errors import NotPermitted, TamperFound, Tampering
from shouxin.vault.groups import (
    LOCKED,
    READABLE,
    Fetched,
    Loaded,
    Pair,
    grouped,
    load,
    open_record,
    readable,
    unlock,
)
from shouxin.vault.keyring import keyring
from shouxin.vault.payload import Value, decode
from shouxin.vault.tickets import SEALED

LINES = (
    "order_line"  # records of this kind have no row of their own: their fields are columns within an order
)
_read_lines = msgspec.json.Decoder(list[str]).decode
_write_lines = msgspec.json.Encoder().encode


class Shown(msgspec.Struct, frozen=True, gc=False):
    """One value as it may be seen. `text` is None when the form is HIDDEN, or when it is broken."""

    text: str | None
    form: Form
    provenance: UUID | None
    mark: int
    problem: str | None
    broken: Tampering | None = None


Record = tuple[UUID, UUID]  # (customer, record)
Opened = tuple[dict[str, Shown], bytes]  # what is shown of a record, and what one of its groups holds
Plan = Sequence[
    tuple[str, Form, Callable[[str], str | None] | None]
]  # how each field is seen; None: as it stands
Way = tuple[
    str, Plan, Mapping[bytes, list[many.Row]], list[Opened]
]  # a group, its rows, what was opened of them


PLANS = 1024  # kept
# With the forms and the rules that each was made of: as long as they are kept, no others can have their identity.
_plans: dict[int, tuple[Mapping[str, Form], Mapping[str, FieldRule], str, Mapping[str, Plan]]] = {}


@dataclass(slots=True)
class Revealed:
    """What a permit opened.

    Attributes:
        values: per (customer, record), the permitted fields that have a value. A field whose blob was tampered
            with stands here hidden and marked broken, so that it cannot be mistaken for an empty one.
        revisions: per (customer, record), the revision of each storage group, to hand back as expected.
        alarms: everything that was found broken; each is in the journal already.
        closed: groups whose state forbids looking, with that state.
    """

    values: dict[Record, dict[str, Shown]] = field(default_factory=dict)
    revisions: dict[Record, dict[str, int]] = field(default_factory=dict)
    alarms: list[TamperFound] = field(default_factory=list)
    closed: dict[Pair, str] = field(default_factory=dict)

    def of(self, customer: UUID, record: UUID | None = None) -> Mapping[str, Shown]:
        """The fields of one record; of the customer's profile when no record is named."""
        return self.values.get((customer, record or customer), {})

    def records(self, customer: UUID) -> list[UUID]:
        """The records of this customer that were opened, oldest first."""
        return sorted(record for owner, record in self.values if owner == customer)


@dataclass(frozen=True, slots=True)
class Version:
    """One revision of a record's storage group: who (pseudonym) sealed it, when, and the permitted fields."""

    group: str
    revision: int
    at: datetime
    by: UUID
    values: Mapping[str, Shown]


def reveal(permit: Permit, *, records: Collection[UUID] | None = None, profile: str = "list") -> Revealed:
    """Open what `permit` names, all of it in one statement; `records` narrows to some records.

    Raises:
        NotPermitted: the permit is for writing.
        RuntimeError: outside a transaction, where an alarm could not be recorded with the refusal.
        KeyServiceUnavailable: the key provider does not answer; nothing is shown.
    """
    check(permit)
    found = _reveal(permit, records, profile)
    sound(permit, found.alarms)
    return found


def reveal_at_once(
    permit: Permit,
    *,
    records: Collection[UUID] | None = None,
    profile: str = "list",
    fetched: Fetched | None = None,
) -> Revealed:
    """As `reveal`, where nothing else is changed: without a transaction, of which reading has no need.

    The caller journals before it lets a value go. An alarm is committed by itself, here. `fetched` is what was read
    with the facts that the permit rests on; where it does not hold all that the permit opens, it is left alone.

    Raises:
        NotPermitted, KeyServiceUnavailable: as `reveal`.
        RuntimeError: inside a transaction, whose rollback would take an alarm away.
    """
    journal.stand_alone()
    check_action(permit)
    found = _reveal(permit, records, profile, fetched)
    if found.alarms:
        settle()
        with transaction.atomic(durable=True):
            sound(permit, found.alarms)
    return found


def _reveal(
    permit: Permit, records: Collection[UUID] | None, profile: str, fetched: Fetched | None = None
) -> Revealed:
    found = Revealed()
    if fetched is not None and _reveal_whole(found, permit, records, profile, fetched):
        return found
    if len(permit.forms) >= many.LEAST:
        _reveal_many(found, permit, None if records is None else list(records), profile)
        return found
    for group, fields in _groups(permit, records, fetched):
        _reveal_group(found, permit, group, fields, profile)
    return found


def _reveal_whole(
    found: Revealed, permit: Permit, records: Collection[UUID] | None, profile: str, fetched: Fetched
) -> bool:
    """One customer's profile, of which every group came along with the decision; False, and nothing is revealed, where
    anything is not as it mostly is: that is for a closer look, group by group."""
    customer = fetched.asked.customer
    if permit.forms.keys() != {customer}:
        return False
    plan = _plan_of(permit, permit.forms[customer], profile)
    if not fetched.has(plan, None if records is None else list(records)):
        return False
    opened: dict[str, tuple[int, bytes]] = {}
    identity, wholes = customer.bytes, keyring.wholes()
    for row in fetched.rows:
        group, state, changes, head, version, suite, epoch, wrapped, record, revision, sealed = row[1:]
        if group not in plan:
            continue
        if group in opened or state not in READABLE or record != customer or None in (sealed, wrapped, head):
            return False
        shape = (group, version, suite, epoch)
        whole = wholes.get(shape) or many.whole(shape)
        if whole is None:
            return False
        plain = whole.open(identity, wrapped, head, changes, identity, revision, sealed)
        if plain is None:
            return False
        opened[group] = (revision, plain)
    if opened:
        place = (customer, customer)
        shown = found.values[place] = {}
        revisions = found.revisions[place] = {}
        for group, fields in plan.items():
            if group in opened:
                revisions[group], plain = opened[group]
                _put(fields, [(shown, plain)])
    return True


def _plan_of(permit: Permit, forms: Mapping[str, Form], profile: str) -> Mapping[str, Plan]:
    """How one customer is seen. A decision that is given again has the very same rules and forms, and so the plan."""
    known = _plans.get(id(forms))
    if known is None or known[0] is not forms or known[1] is not permit.fields or known[2] != profile:
        known = (forms, permit.fields, profile, Plans(permit, profile).of(forms))
        bounded.keep(_plans, id(forms), known, PLANS)
    return known[3]


def _reveal_many(found: Revealed, permit: Permit, records: list[UUID] | None, profile: str) -> None:
    """As group by group: profiles are opened whole, and whatever is not as it mostly is, step by step."""
    plans, asked = Plans(permit, profile), None if records is None else set(records)
    wanted = [(customer, plans.of(forms)) for customer, forms in permit.forms.items()]
    own = asked is not None and permit.forms.keys() <= asked <= permit.forms.keys() | permit.refused.keys()
    groups = plans.groups
    rows = many.read(list(permit.forms), groups, records, own=own) if groups else {}
    openings, readable_now = many.Openings(), READABLE | (LOCKED if _maintains(permit) else frozenset())
    ways: dict[int, list[Way]] = {}  # by the very plan, which customers share
    for customer, plan in wanted:
        openings.ask()
        identity, place = customer.bytes, (customer, customer)
        shown, revisions = None, {}
        if id(plan) not in ways:
            ways[id(plan)] = [
                (group, fields, rows[group], []) for group, fields in plan.items() if group in rows
            ]
        for group, fields, theirs, column in ways[id(plan)]:
            there = theirs.get(identity)
            if there is None:
                continue
            row, plain = there[0], None
            if len(there) == 1 and row[2] in readable_now and row[9] == identity:
                plain = openings.open(row)
            if plain is None:
                _reveal_group(found, permit, many.loaded(there), [one[0] for one in fields], profile)
                continue
            if shown is None:
                shown, revisions = (
                    found.values.setdefault(place, {}),
                    found.revisions.setdefault(place, {}),
                )
            revisions[group] = row[10]
            column.append((shown, plain))
    for way in ways.values():
        for _, fields, _, column in way:
            _put(fields, column)


def _put(fields: Plan, column: Sequence[Opened]) -> None:
    """What may be seen of the fields of one group, field by field: one mask for many customers after the other."""
    read = payload.columns([plain for _, plain in column])
    for name, form, see in fields:
        for (shown, _), (provenances, cells) in zip(column, read, strict=True):
            if name in cells:
                cell = cells[name]
                text = cell.text if see is None else see(cell.text)
                shown[name] = Shown(text, form, provenances[cell.provenance], cell.mark, cell.problem)


def reveal_history(permit: Permit, *, customer_id: UUID, record_id: UUID, limit: int = 50) -> list[Version]:
    """Earlier and present versions of one record's permitted fields, newest first, at most `limit` a group.

    Raises:
        NotPermitted, RuntimeError, KeyServiceUnavailable: as `reveal`.
    """
    check(permit)
    versions: list[Version] = []
    alarms: list[TamperFound] = []
    for group, fields in _groups(permit, [record_id]):
        if group.customer_id != customer_id or not readable(group, maintenance=_maintains(permit)):
            continue
        try:
            key = unlock(group)
        except TamperFound as alarm:
            alarms.append(alarm)
            continue
        for revision, at, by, sealed in _kept(group, record_id, limit):
            try:
                values = decode(key.open(sealed, record=record_id, revision=revision))
                shown = {
                    name: _show(permit, permit.forms[customer_id][name], name, values[name])
                    for name in fields
                    if name in values
                }
            except SealBroken:
                alarms.append(TamperFound(customer_id, group.group, record_id, Tampering.BLOB_ALTERED))
                shown = dict.fromkeys(fields, _broken(Tampering.BLOB_ALTERED))
            versions.append(Version(group.group, revision, at, by, shown))
    sound(permit, alarms)
    return versions


def check_action(permit: Permit) -> None:
    if permit.action is Action.WRITE:
        raise NotPermitted("a permit to write opens nothing")


def check(permit: Permit) -> None:
    check_action(permit)
    if not connection.in_atomic_block:
        raise RuntimeError("sealed values are opened inside the transaction that records it")


def _maintains(permit: Permit) -> bool:
    return permit.action is Action.MAINTAIN


def _groups(
    permit: Permit, records: Collection[UUID] | None, fetched: Fetched | None = None
) -> Iterator[tuple[Loaded, list[str]]]:
    """The groups to open, each with the keys of its fields that this customer's permit names."""
    group_of = {key: rule.storage_group for key, rule in permit.fields.items() if rule.storage in SEALED}
    layouts: dict[tuple[str, ...], dict[str, list[str]]] = {}  # most customers have the same
    wanted: dict[Pair, list[str]] = {}
    for customer, forms in permit.forms.items():
        there = Form.ABSENT not in forms.values()
        shape = tuple(forms) if there else tuple(key for key in forms if forms[key] is not Form.ABSENT)
        layout = layouts.get(shape)
        if layout is None:
            layout = layouts[shape] = {}
            for key in shape:
                if key in group_of:
                    layout.setdefault(group_of[key], []).append(key)
        for group, fields in layout.items():
            wanted[customer, group] = fields
    only = None if records is None else list(records)
    here = fetched is not None and fetched.holds(wanted, only)
    loaded = grouped(fetched.rows) if fetched and here else load(list(wanted), only)
    for pair, fields in wanted.items():
        if pair in loaded:
            yield loaded[pair], fields


def _reveal_group(found: Revealed, permit: Permit, group: Loaded, fields: list[str], profile: str) -> None:
    if not readable(group, maintenance=_maintains(permit)):
        found.closed[group.pair] = group.state
        return
    try:
        key = unlock(group)
    except TamperFound as alarm:
        found.alarms.append(alarm)
        for record in group.blobs:
            _hide(found, group, record, fields, alarm.what)
        return
    forms = permit.forms[group.customer_id]
    for record, (revision, _) in group.blobs.items():
        place = (group.customer_id, record)
        try:
            values = open_record(group, key, record)
        except TamperFound as alarm:
            found.alarms.append(alarm)
            _hide(found, group, record, fields, alarm.what)
            continue
        found.revisions.setdefault(place, {})[group.group] = revision
        shown = found.values.setdefault(place, {})
        for name in fields:
            value = values.get(name)
            if value is not None:
                shown[name] = _show(permit, forms[name], name, value, profile)


def _hide(found: Revealed, group: Loaded, record: UUID, fields: list[str], what: Tampering) -> None:
    shown = found.values.setdefault((group.customer_id, record), {})
    shown.update(dict.fromkeys(fields, _broken(what)))


def _broken(what: Tampering) -> Shown:
    return Shown(None, Form.HIDDEN, None, 0, None, what)


def _show(permit: Permit, form: Form, name: str, value: Value, profile: str = "list") -> Shown:
    see = _seen(permit, form, name, profile)
    text = value.text if see is None else see(value.text)
    return Shown(text, form, value.provenance, value.mark, value.problem)


def _seen(permit: Permit, form: Form, name: str, profile: str) -> Callable[[str], str | None] | None:
    """What makes of a value what may be seen of it in this form; None where that is all of it."""
    if form is Form.CLEAR:
        return None
    if form is not Form.MASKED:
        return _nothing
    rule = permit.fields[name]
    if rule.record == LINES:
        return partial(_mask_lines, rule.masking_rule, profile=profile)
    return identifiers.masker(rule.masking_rule, profile)


def _nothing(_text: str) -> None:
    return None


class Plans:
    """Which groups are opened for a customer, and how each field in them is seen: worked out once for all customers of
    whom the same may be seen."""

    def __init__(self, permit: Permit, profile: str) -> None:
        self._permit, self._profile = permit, profile
        self._group_of = {
            key: rule.storage_group for key, rule in permit.fields.items() if rule.storage in SEALED
        }
        self._plans: dict[tuple[tuple[str, Form], ...], dict[str, Plan]] = {}
        self._last: tuple[Mapping[str, Form] | None, dict[str, Plan]] = (None, {})

    @property
    def groups(self) -> set[str]:
        return {group for plan in self._plans.values() for group in plan}

    def of(self, forms: Mapping[str, Form]) -> Mapping[str, Plan]:
        """By storage group."""
        last, plan = self._last
        if last is not forms:
            shape = tuple(forms.items())
            found = self._plans.get(shape)
            plan = self._plans[shape] = self._plan(forms) if found is None else found
            self._last = (forms, plan)
        return plan

    def _plan(self, forms: Mapping[str, Form]) -> dict[str, Plan]:
        plan: dict[str, list[tuple[str, Form, Callable[[str], str | None] | None]]] = {}
        for key, form in forms.items():
            group = self._group_of.get(key)
            if group is not None and form is not Form.ABSENT:
                see = _seen(self._permit, form, key, self._profile)
                plan.setdefault(group, []).append((key, form, see))
        return {**plan}


def _mask_lines(rule: str, text: str, *, profile: str) -> str:
    """A column of order lines stands as one JSON list of texts; each line is masked by itself.

    Anything else than such a list is hidden whole: what it means is not known, so neither is what may be seen.
    """
    try:
        lines = _read_lines(text)
    except msgspec.DecodeError:
        lines = None
    masked = (
        [identifiers.HIDDEN]
        if lines is None
        else [identifiers.mask(rule, line, profile=profile) for line in lines]
    )
    return _write_lines(masked).decode()


def _kept(group: Loaded, record: UUID, limit: int) -> list[tuple[int, datetime, UUID, bytes]]:
    return database.execute(
        "SELECT revision, at, by, sealed FROM vault_sealed_record"
        " WHERE customer_id = %b AND storage_group = %b::text AND record_id = %b UNION ALL "
        "SELECT revision, at, by, sealed FROM vault_sealed_history"
        " WHERE customer_id = %b AND storage_group = %b::text AND record_id = %b ORDER BY revision DESC LIMIT %b",
        [group.customer_id, group.group, record, group.customer_id, group.group, record, limit],
    )


def sound(permit: Permit, alarms: list[TamperFound]) -> None:
    """Record every alarm, in the transaction of the refusal."""
    for alarm in alarms:
        journal.append(
            actor=permit.actor,
            event="tampering.found",
            customer=alarm.customer_id,
            purpose=permit.purpose,
            data={"group": alarm.group, "record": alarm.record_id, "what": alarm.what.value},
        )
