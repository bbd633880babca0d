"""Reading the register, limited to what the actor may see; every value comes through the gate."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import msgspec
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet
from django.db.models.base import ModelState

from shouxin.core.policy import (
    Action,
    Actor,
    ActorKind,
    FieldRule,
    Form,
    Permit,
    PurposeRule,
    Role,
    Sight,
    Storage,
)
from shouxin.core.policy.refusals import LEFT_OUT, left_out
from shouxin.customers.registry import clear, facts, finding, merging
from shouxin.customers.registry.models import Customer, Record, RecordKind, Visibility
from shouxin.gate import limits
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.lists import Edge
from shouxin.kit.statements import execute
from shouxin.people.leaving.queries import departing
from shouxin.vault.services import Revealed

SAME_ACT = timedelta(seconds=2)  # what one transaction wrote carries times as far apart as it took
RECORDS = 200  # of one customer on one page
SECRET_FIELDS = ("customer_needs", "company_financials")  # of the profile; what lists may show to those named
_read_values = msgspec.json.Decoder(dict[str, str]).decode
LIST_FIELDS = ("person_name", "company_name", "customer_no", "mobile", "landline", "email", "uscc")


class Cell(msgspec.Struct, frozen=True, gc=False):
    """One value as a screen or an API answer shows it. `lines` stands in for `text` on order lines."""

    rule: FieldRule
    form: Form
    text: str | None
    lines: tuple[str, ...] = ()
    provenance: UUID | None = None
    mark: int = 0
    problem: str | None = None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record of a customer with its visible values by field key."""

    id: UUID
    kind: str
    created_at: datetime
    cells: Mapping[str, Cell]
    customer_id: UUID | None = None  # whose it is: the customer's own, or of one that was merged into it

    @property
    def lines(self) -> list[dict[str, str]]:
        """Order lines as rows: field key → text."""
        columns = {key: cell.lines for key, cell in self.cells.items() if cell.lines}
        length = max((len(column) for column in columns.values()), default=0)
        return [
            {key: column[n] if n < len(column) else "" for key, column in columns.items()}
            for n in range(length)
        ]


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A customer as the actor may see it."""

    row: Customer
    cells: Mapping[str, Cell]
    records: Sequence[RecordView] = ()
    refusal: object | None = None
    merged_from: Sequence[UUID] = ()  # whose records belong to it, as programs are told
    withheld: int = 0  # older records with trade secrets that this reader is not shown

    def of_kind(self, kind: str) -> list[RecordView]:
        return [record for record in self.records if record.kind == kind]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; all but a wish, which searches alone know, stand in clear columns."""

    kind: str = ""
    segment: str = ""
    province: str = ""
    department: UUID | None = None
    mine: bool = False
    visibility: str = ""
    wish: str = ""
    responsible: UUID | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and by which rows the pages beside it are asked for."""

    customers: list[CustomerView] = field(default_factory=list)
    following: Edge | None = None
    preceding: Edge | None = None
    cut: bool = False  # a departure is announced: a few customers, no further page
    left_out: Mapping[str, int] = field(
        default_factory=dict
    )  # by reason: who may not be used for the purpose


def visible(actor: Actor) -> QuerySet[Customer]:
    """The customers that exist for `actor`; the same rule as the gate's fact (a test compares the two)."""
    departments = list(actor.department_ids)
    wide = Role.HEAD in actor.roles or actor.kind is not ActorKind.STAFF
    scope = Q(responsible_id=actor.id)
    if actor.sight is not Sight.OWN:
        shared = Q() if wide else (~Q(scope="own") | Q(responsible__isnull=True))
        scope |= Q(scope="organisation") | (Q(owner_department_id__in=departments) & shared)
    if actor.sight is Sight.ALL:
        scope = Q()
    waiting = Q(created_by=actor.id) | Q(responsible_id=actor.id)
    if Role.HEAD in actor.roles and actor.sight is not Sight.OWN:
        waiting |= Q(owner_department_id__in=departments)
    return Customer.objects.filter(
        (Q(visibility=Visibility.OPEN) & scope) | (Q(visibility=Visibility.UNCONFIRMED) & waiting),
        absorbed_by__isnull=True,
    ).select_related("owner_department", "responsible")


def narrowed(found: QuerySet[Customer], filters: Filters, actor: Actor) -> QuerySet[Customer]:
    """`found`, limited to `filters`."""
    wanted = {
        "kind": filters.kind,
        "segment": filters.segment,
        "province": filters.province,
        "visibility": filters.visibility,
        "owner_department_id": filters.department,
        "responsible_id": actor.id if filters.mine else filters.responsible,
    }
    return found.filter(**{key: value for key, value in wanted.items() if value})


def is_cut(actor: Actor) -> bool:
    """Whether lists are cut for `actor`, because their departure is announced (clause D1.1)."""
    return actor.kind is ActorKind.STAFF and departing(actor.id)


def masked(
    *,
    actor: Actor,
    purpose: str,
    rows: Sequence[Customer],
    action: Action,
    now: datetime,
    digest: str = "",
    secrets: bool = False,
) -> list[CustomerView]:
    """The list fields of `rows`, masked, in one journalled act; with the trade secrets among them if asked for.

    Who did not agree to the purpose, or refused it, is not among them.
    """
    return listed(
        actor=actor, purpose=purpose, rows=rows, action=action, now=now, digest=digest, secrets=secrets
    )[0]


def listed(
    *,
    actor: Actor,
    purpose: str,
    rows: Sequence[Customer],
    action: Action,
    now: datetime,
    digest: str = "",
    secrets: bool = False,
) -> tuple[list[CustomerView], dict[str, int]]:
    """As `masked`, with how many of `rows` were left out, by reason."""
    wanted = (*LIST_FIELDS, *SECRET_FIELDS) if secrets else LIST_FIELDS
    try:
        opened = gate.open_sealed(
            actor=actor,
            purpose=purpose,
            customers=[row.id for row in rows],
            fields=[key for key in wanted if key in rulebooks["rulebook"].fields()],
            action=action,
            reason="",
            now=now,
            records=[row.id for row in rows],
            detail={"filter": digest} if digest else {},
        )
    except gate.Refused as refused:
        if refused.refusal.code not in LEFT_OUT:
            raise
        return [], {refused.refusal.code: len(rows)}  # of one customer alone; several are counted by the gate
    shown = set(opened.permit.customers)
    origins = clear.origins(row for row in rows if row.id in shown)
    views = [
        CustomerView(row, cells_of(opened.permit, opened.revealed, row, row.id, origins=origins))
        for row in rows
        if row.id in shown
    ]
    return views, left_out(opened.permit.refused)


_TOLD = """
SELECT id, kind, revision, absorbed_by, CASE WHEN public_values <> '{}' THEN public_values::text END
FROM customers_customer WHERE id = ANY(%b::uuid[])
"""


def rows_of(customers: Sequence[UUID]) -> dict[UUID, Customer]:
    """The rows of these customers, whoever asks: what of them may be shown is for the gate to say.

    With what programs are told of a customer; the rest is asked for when somebody wants it. A prepared statement:
    a program's read is short enough for Django's own way of asking to be a good part of it.
    """
    return {
        customer: told(customer, kind, revision, absorbed, _read_values(public) if public else {})
        for customer, kind, revision, absorbed, public in execute(_TOLD, [list(customers)])
    }


def told(
    customer: UUID, kind: str, revision: int, absorbed: UUID | None, public: Mapping[str, str]
) -> Customer:
    """A row of which these columns are known, as `from_db` makes it with the others deferred, but sooner."""
    row, state = Customer.__new__(Customer), ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    row.__dict__.update(
        _state=state,
        id=customer,
        kind=kind,
        revision=revision,
        absorbed_by=absorbed,
        public_values=public,
    )
    return row


def find(actor: Actor, customer: UUID) -> Customer | None:
    """The customer, or None when it does not exist for this actor."""
    row = finding.standing(customer)
    return row if row is not None and facts.exists_for(actor, row) else None


def find_merged(actor: Actor, customer: UUID) -> Customer | None:
    """As `find`; one that was merged into another is found as well, by whoever sees the other."""
    row = find(actor, customer)
    if row is not None:
        return row
    gone = merging.absorbed().filter(id=customer).first()
    return gone if gone and gone.absorbed_by and find(actor, gone.absorbed_by) else None


def profile(
    *,
    actor: Actor,
    purpose: str,
    row: Customer,
    fields: Sequence[str],
    action: Action,
    reason: str,
    now: datetime,
    records: Sequence[Record] | None = None,
) -> CustomerView:
    """One customer with its records: masked (VIEW), or with clear values as the grant allows (REVEAL, READ).

    Raises:
        Refused: journalled; says why and what would work.
    """
    related, withheld, secret_rows = list(records or ()), 0, 0
    if records is None:
        related, withheld, secret_rows = _shown_records(actor, row, fields, now)
    opened = gate.open_sealed(
        actor=actor,
        purpose=purpose,
        customers=[row.id, *sorted({record.customer_id for record in related} - {row.id})],
        fields=fields,
        action=action,
        reason=reason,
        now=now,
        records=[row.id, *(record.id for record in related)],
        profile="detail",
        detail={"page": "profile"},
        secret_rows=secret_rows,
    )
    if row.id in opened.permit.refused:
        raise gate.Refused(opened.permit.refused[row.id])
    return CustomerView(
        row,
        cells_of(opened.permit, opened.revealed, row, row.id, origins=clear.origins([row])),
        [
            RecordView(
                record.id,
                record.kind,
                record.created_at,
                cells_of(opened.permit, opened.revealed, row, record.id, record.kind, of=record.customer_id),
                record.customer_id,
            )
            for record in related
            if record.customer_id not in opened.permit.refused
        ],
        withheld=withheld,
    )


def named(
    *, actor: Actor, purpose: PurposeRule, row: Customer, record: Record | None, now: datetime
) -> CustomerView | None:
    """Whose value one looks at, by the masked name; None where the purpose knows no name or shows none."""
    wanted = ["company_name", "person_name", *(["contact_name"] if record else [])]
    fields = [key for key in wanted if key in purpose.fields]
    if not fields:
        return None
    try:
        return profile(
            actor=actor,
            purpose=purpose.key,
            row=row,
            fields=fields,
            action=Action.VIEW,
            reason="",
            now=now,
            records=[record] if record else [],
        )
    except gate.Refused:
        return None


def _shown_records(
    actor: Actor, row: Customer, fields: Sequence[str], now: datetime
) -> tuple[list[Record], int, int]:
    """The records of a customer's page, how many more are withheld, and how many of them show trade secrets.

    The newest few with trade secrets belong to serving the customer; the long list of them is a list in bulk. Records
    of customers that were merged into this one are among them.
    """
    theirs = Record.objects.filter(customer_id__in=merging.family(row.id), ended_at__isnull=True)
    found = list(theirs.order_by("-id")[:RECORDS])
    known = rulebooks["rulebook"].fields()
    kinds = {known[key].record for key in fields if key in known and known[key].trade_secret}
    kinds = {"order" if kind == "order_line" else kind for kind in kinds}
    secret = [record for record in found if record.kind in kinds]
    if len(secret) <= limits.BULK:
        return found, 0, 0
    if limits.secret_rows(actor, now):
        return found, 0, len(secret)
    left_out = {record.id for record in secret[limits.BULK :]}
    return [record for record in found if record.id not in left_out], len(left_out), 0


@dataclass(frozen=True, slots=True)
class Past:
    """What was written at one moment by somebody (pseudonym): field → text as shown now, None where it is hidden.

    `emptied` names the clear fields that were taken away.
    """

    at: datetime
    by: UUID
    values: Mapping[str, str | None]
    emptied: frozenset[str] = frozenset()


def history(
    *, actor: Actor, purpose: PurposeRule, row: Customer, now: datetime, record: Record | None = None
) -> list[Past]:
    """Every version of the profile's fields, or of one record's, masked, newest first.

    Raises:
        Refused: journalled.
    """
    fields = rulebooks["rulebook"].fields()
    kinds = {record.kind, *(["order_line"] if record.kind == "order" else [])} if record else {"profile"}
    keys = [key for key in purpose.fields if key in fields and fields[key].record in kinds]
    opened = gate.open_history(
        actor=actor,
        purpose=purpose.key,
        customer=row.id,
        record=record.id if record else row.id,
        fields=keys,
        now=now,
    )
    found = [
        Past(version.at, version.by, {key: shown.text for key, shown in version.values.items()})
        for version in opened.versions
    ]
    if record is None:
        found += _clear_history(opened.permit, row.id)
    return _together(found)


def _clear_history(permit: Permit, customer: UUID) -> list[Past]:
    """Versions of the values that stand in clear, as far as the permit shows them."""
    shown = {
        key
        for key, rule in permit.fields.items()
        if rule.storage is Storage.CLEAR and permit.form(customer, key) is Form.CLEAR
    }
    found = []
    for version in clear.versions(customer):
        texts = {key: kept[0] if kept else "" for key, kept in version.values.items() if key in shown}
        emptied = frozenset(key for key in texts if version.values[key] is None)
        if texts:
            found.append(Past(version.at, version.by, texts, emptied))
    return found


def _together(found: Iterable[Past]) -> list[Past]:
    """Newest first, one entry per act: the storage groups somebody wrote at once."""
    acts: list[Past] = []
    for past in sorted(found, key=lambda past: past.at, reverse=True):
        last = acts[-1] if acts else None
        if (
            last
            and last.by == past.by
            and last.at - past.at <= SAME_ACT
            and not last.values.keys() & past.values.keys()
        ):
            acts[-1] = Past(last.at, past.by, {**last.values, **past.values}, last.emptied | past.emptied)
        else:
            acts.append(past)
    return acts


def cells_of(
    permit: Permit,
    revealed: Revealed,
    row: Customer,
    record: UUID,
    kind: str = "profile",
    *,
    origins: Mapping[UUID, Mapping[str, clear.Origin]] = MappingProxyType({}),
    of: UUID | None = None,
) -> dict[str, Cell]:
    """The visible values of one record by field key, in the catalogue's order; `of` whom, if not of `row`."""
    values, standing = revealed.of(of or row.id, record), origins.get(row.id, {})
    cells: dict[str, Cell] = {}
    for key, rule in permit.fields.items():
        if rule.storage is Storage.CLEAR:
            text = row.public_values.get(key) if kind == "profile" else None
            if text and permit.form(row.id, key) is Form.CLEAR:
                cells[key] = clear_cell(rule, text, standing.get(key))
        elif key in values:
            shown = values[key]
            lines = tuple(json.loads(shown.text)) if rule.record == "order_line" and shown.text else ()
            cells[key] = Cell(
                rule,
                shown.form,
                None if lines else shown.text,
                lines,
                shown.provenance,
                shown.mark,
                shown.problem,
                shown.broken is not None,
            )
    return cells


def clear_cell(rule: FieldRule, text: str, origin: clear.Origin | None) -> Cell:
    """The visible value of a field that stands in clear."""
    if origin is None:
        return Cell(rule, Form.CLEAR, text)
    return Cell(
        rule, Form.CLEAR, text, provenance=origin.provenance, mark=origin.mark, problem=origin.problem
    )


def count_records(customer: UUID) -> dict[str, int]:
    """How many records of each kind a customer has."""
    found = dict.fromkeys(RecordKind.values, 0)
    theirs = Record.objects.filter(customer_id__in=merging.family(customer), ended_at__isnull=True)
    for kind in theirs.values_list("kind", flat=True):
        found[kind] += 1
    return found
