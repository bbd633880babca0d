"""Between what programs send and what the register does: rows judged, batches stored, many customers read."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction

from shouxin.core import identifiers
from shouxin.core.policy import Action, Actor, FieldRule, Form, Necessity, PurposeRule, Refusal
from shouxin.core.text import Text
from shouxin.customers.registry import beside, clear, merging, queries, rules, services, verified
from shouxin.customers.registry.bodies import CustomerIn, Footed, PatchIn, RecordIn
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.models import Customer, Kind, Method, Record, RecordKind, Source
from shouxin.customers.registry.rules import CellProblem, Kept
from shouxin.customers.registry.telling import MARKS, Origins, Teller, Told
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.lots import open_lots
from shouxin.journal import services as journal
from shouxin.kit.problems import FieldError, Problem
from shouxin.kit.registry import Registry
from shouxin.vault import queries as vault
from shouxin.vault.errors import DuplicateKey

NUMBER = "customer_no"
ZONE = ZoneInfo("Asia/Shanghai")
TAKEN = Text("这个编号已经登记。", "This number is registered already.")
INVALID = Text("请求内容有误，见 errors。", "Something in the request is wrong; see errors.")


@dataclass(slots=True)
class Row:
    """One customer sent: what would be stored, what is remarked, why it is refused, what became of it."""

    entry: CustomerEntry
    path: str = ""  # of this customer in what was sent
    remarks: list[FieldError] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    stored: services.Stored | None = None

    @property
    def code(self) -> str | None:
        """Why the row is refused; the code of its only error when there is one."""
        codes = {error.code for error in self.errors}
        return codes.pop() if len(codes) == 1 else "row.invalid" if codes else None


def footing_of(actor: Actor, body: Footed, now: datetime) -> tuple[Footing, PurposeRule]:
    """The footing that `body` declares, after asking whether the purpose may be acted for and stands as declared.

    Raises:
        Refused: not with this token (journalled).
        Problem: 422, the basis or notice is not the purpose's, or the data come from outside.
    """
    gate.admit(actor=actor, purpose=body.purpose, customers=[], fields=[], now=now)
    purpose = rulebooks["rulebook"].purpose(body.purpose)
    if purpose is None:
        raise services.RegistryProblem("purpose.unknown", "purpose")
    errors = []
    if body.basis != purpose.basis:
        text = Text(
            f"该目的的合法性基础是 {purpose.basis}。", f"The basis of this purpose is {purpose.basis}."
        )
        errors.append(FieldError("basis", "basis.not-of-purpose", text))
    if body.notice_version != purpose.notice_version_id:
        text = Text(
            f"现行告知版本是 {purpose.notice_version_id}。",
            f"The notice version in force is {purpose.notice_version_id}.",
        )
        errors.append(FieldError("notice_version", "notice.not-in-force", text))
    supplier = body.supplier.strip() if isinstance(body, PatchIn) else ""
    if body.source is Source.EXTERNAL and isinstance(body, PatchIn):
        # One customer that is there already: what meets a value of ours waits for a person's review.
        if not supplier:
            text = Text("外部来源须写明供应方。", "Data from outside name who supplied them.")
            errors.append(FieldError("supplier", "source.no-supplier", text))
    elif body.source is Source.EXTERNAL:
        text = Text(
            "外部来源的信息须以导入批次提交，由第二人核准来源。",
            "Data from outside come as an import batch whose source a second person accepts.",
        )
        errors.append(FieldError("source", "source.needs-batch", text))
    if errors:
        raise invalid(errors)
    return Footing(purpose.key, body.channel, Method.API, body.source, supplier), purpose


def invalid(errors: Sequence[FieldError]) -> Problem:
    """422 with the names of the fields."""
    return Problem(422, "request.invalid", INVALID, article="个人信息保护法 第6条、第8条", errors=errors)


def judge(actor: Actor, body: CustomerIn, purpose: PurposeRule, now: datetime, path: str = "") -> Row:
    """Check everything about one new customer that needs no database."""
    today = now.astimezone(ZONE).date()
    row = Row(CustomerEntry(body.kind, {}, body.department or actor.department_id, body.scope), path)
    row.entry.province = body.province
    if body.department and body.department not in actor.department_ids:
        text = Text("归口部门不在此客户端的范围内。", "This department is not within the client's scope.")
        row.errors.append(FieldError(f"{path}department", "department.outside", text))
    row.entry.values = _judged(row, body.values, "profile", body.kind, purpose, today, f"{path}values.")
    for number, record in enumerate(body.records):
        row.entry.records.append(_record(row, record, purpose, today, f"{path}records.{number}."))
    return row


def _record(row: Row, body: RecordIn, purpose: PurposeRule, today: date, path: str) -> RecordEntry:
    values = dict(_judged(row, body.values, body.kind, None, purpose, today, f"{path}values."))
    if body.lines and body.kind is not RecordKind.ORDER:
        text = Text("只有订单有明细。", "Only an order has lines.")
        row.errors.append(FieldError(f"{path}lines", "lines.not-an-order", text))
    elif body.lines:
        for number, line in enumerate(body.lines):
            _judged(row, line, "order_line", None, purpose, today, f"{path}lines.{number}.", partial=True)
        values |= _columns(body.lines)
    return RecordEntry(body.kind, values)


def _columns(lines: Sequence[Mapping[str, str]]) -> dict[str, Kept]:
    """Order lines as the register keeps them: lists of equal length under their field keys."""
    keys = sorted({key for line in lines for key in line})
    return {
        key: Kept(
            json.dumps([line.get(key, "").strip() for line in lines], ensure_ascii=False), rules.WELL_FORMED
        )
        for key in keys
    }


def _judged(
    row: Row,
    values: Mapping[str, str],
    record: str,
    subject: str | None,
    purpose: PurposeRule,
    today: date,
    path: str,
    *,
    partial: bool = False,
) -> Mapping[str, Kept]:
    checked = rules.check_record(
        values,
        record=record,
        subject=subject,
        rules=rulebooks["rulebook"].fields(),
        purpose=purpose,
        today=today,
        keys=(NUMBER,),
        partial=partial,
    )
    for problem in checked.problems:
        (row.errors if problem.refuses else row.remarks).append(_error(problem, path))
    return checked.values


def _error(problem: CellProblem, path: str) -> FieldError:
    return FieldError(f"{path}{problem.field}", problem.code, problem.text)


def store(*, actor: Actor, footing: Footing, rows: Sequence[Row], now: datetime, batch: bool) -> None:
    """Store the rows that have no error, each wholly or not at all; runs within the caller's transaction."""
    _mark_taken(rows)
    _store_halving(actor, footing, [row for row in rows if not row.errors], now)
    if batch:
        created = sum(1 for row in rows if row.stored)
        journal.append(
            actor=actor,
            event="customer.batch_received",
            purpose=footing.purpose,
            data={"created": created, "refused": len(rows) - created, "channel": str(footing.channel)},
        )


def admit_rows(actor: Actor, footing: Footing, rows: Sequence[Row], now: datetime) -> None:
    """Ask for all rows at once; rows with fields outside the token are refused, the others go on."""
    for _ in range(2):
        keys = {key for row in rows if not row.errors for key in _keys(row.entry)}
        try:
            gate.admit(actor=actor, purpose=footing.purpose, customers=[], fields=sorted(keys), now=now)
        except gate.Refused as problem:
            if len(rows) == 1 or not problem.refusal.fields:
                raise
            _mark_outside(rows, problem.refusal)
        else:
            return


def _mark_outside(rows: Sequence[Row], refusal: Refusal) -> None:
    for row in rows:
        for key in sorted(set(refusal.fields) & set(_keys(row.entry))):
            row.errors.append(FieldError(_place(row, key), refusal.code, refusal.reason))


def _place(row: Row, key: str) -> str:
    """Where a field of one customer stands in what was sent."""
    for number, record in enumerate(row.entry.records):
        if key in record.values and key not in row.entry.values:
            return f"{row.path}records.{number}.values.{key}"
    return f"{row.path}values.{key}"


def _keys(entry: CustomerEntry) -> list[str]:
    return [*entry.values, *(key for record in entry.records for key in record.values)]


def _mark_taken(rows: Sequence[Row]) -> None:
    """Customer numbers that are taken, or sent twice: found for the whole batch in one statement."""
    rule = rulebooks["rulebook"].fields().get(NUMBER)
    named = [
        (row, row.entry.values[NUMBER].text) for row in rows if not row.errors and NUMBER in row.entry.values
    ]
    if rule is None or not named:
        return
    holders = vault.key_holders(rule=rule, texts=[text for _, text in named])
    seen: set[str] = set()
    for row, text in named:
        normalised = identifiers.normalise(rule.validator, text)
        if text in holders or normalised in seen:
            row.errors.append(FieldError(_place(row, NUMBER), "key.taken", TAKEN))
        seen.add(normalised)


def _store_halving(actor: Actor, footing: Footing, rows: Sequence[Row], now: datetime) -> None:
    """All at once; when a key turns out to be taken, by halves, until the row is found that holds it."""
    if not rows:
        return
    try:
        with transaction.atomic():
            done = services.store(actor=actor, footing=footing, entries=[row.entry for row in rows], now=now)
    except DuplicateKey as problem:
        if len(rows) == 1:
            keys = sorted({key for _, key in problem.taken})
            rows[0].errors += [FieldError(_place(rows[0], key), "key.taken", TAKEN) for key in keys]
            return
        middle = len(rows) // 2
        _store_halving(actor, footing, rows[:middle], now)
        _store_halving(actor, footing, rows[middle:], now)
    else:
        for row, stored in zip(rows, done, strict=True):
            row.stored = stored


def judge_changes(
    body: PatchIn, row: Customer, record: Record | None, purpose: PurposeRule, now: datetime
) -> tuple[dict[str, Kept | None], list[FieldError]]:
    """What a change would store, and its remarks.

    Raises:
        Problem: 422 with the fields that cannot be changed so.
    """
    kind = record.kind if record else "profile"
    subject = None if record else row.kind
    judged = Row(CustomerEntry(Kind(row.kind), {}))
    given = {key: text for key, text in body.values.items() if text is not None and text.strip()}
    today = now.astimezone(ZONE).date()
    kept = _judged(judged, given, kind, subject, purpose, today, "values.", partial=True)
    fields = rulebooks["rulebook"].fields()
    emptied = [key for key in body.values if key not in given]
    for key in emptied:
        problem = _not_removable(key, fields.get(key), kind, purpose)
        if problem:
            judged.errors.append(problem)
    if judged.errors:
        raise invalid(judged.errors)
    return {**kept, **dict.fromkeys(emptied, None)}, judged.remarks


def _not_removable(key: str, rule: FieldRule | None, kind: str, purpose: PurposeRule) -> FieldError | None:
    if rule is None or not rule.active or rule.record != kind or key not in purpose.fields:
        return FieldError(
            f"values.{key}", "field.unknown", Text("没有这个字段。", "There is no such field here.")
        )
    if purpose.fields[key] is Necessity.REQUIRED:
        text = Text(
            f"必填项“{rule.name.zh}”不能清空。", f"“{rule.name.en}” is required and cannot be emptied."
        )
        return FieldError(f"values.{key}", "field.required", text)
    return None


class Answer(msgspec.Struct, frozen=True):
    """One customer that was asked for: shown, as a view or as programs are `told` of it, or refused with the reason."""

    id: UUID | None
    view: queries.CustomerView | None
    refusal: Refusal | None
    told: Told | None = None


# Other ways of answering a read than by values: rooms above sign up theirs under the `form` a program asks for.
Shown = Mapping[UUID, Mapping[str, Any]]
forms: Registry[Callable[[Actor, Mapping[UUID, Answer], datetime], Shown]] = Registry("forms of answers")


def read_many(
    *,
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    fields: Sequence[str],
    reason: str,
    now: datetime,
    tell: bool = False,
) -> dict[UUID, Answer]:
    """Named fields of many customers, lot by lot: one question to the gate, one opening, one journal entry each.

    Who withdraws while it runs is left out from the next lot on. With `tell` profiles are `told`, each under its place
    among `customers`; wherever related records are asked for they are viewed.

    Raises:
        Refused: none of them may be read; journalled.
    """
    known = rulebooks["rulebook"].fields()
    with_records = any(known[f].record != "profile" for f in fields if f in known)
    # Read before the values are opened, or with them: a change in between is met by a conflict, never overwritten.
    alone = len(customers) == 1 and not with_records
    rows = {} if alone else queries.rows_of(customers)
    related = _related(customers) if with_records else {}
    families = merging.families(customers) if with_records else {}
    found: dict[UUID, Answer] = {}
    refused: list[gate.Refused] = []
    for lot, opened in open_lots(
        actor=actor,
        purpose=purpose,
        customers=customers,
        fields=fields,
        action=Action.READ,
        reason=reason,
        now=now,
        records=[*customers, *(record.id for records in related.values() for record in records)],
        beside=alone,
    ):
        if isinstance(opened, gate.Refused):
            refused.append(opened)
            why, each = opened.refusal, opened.refusal.each
            found.update({customer: Answer(customer, None, each.get(customer, why)) for customer in lot})
        elif tell and not with_records:
            _tell(found, lot, opened, rows, now)
        else:
            found.update(_answers(lot, opened, rows, related, families, now))
    if refused and all(answer.view is None and answer.told is None for answer in found.values()):
        each = {customer: why for one in refused for customer, why in one.refusal.each.items()}
        raise gate.Refused(replace(refused[0].refusal, each=each))
    return found


def _answers(
    customers: Sequence[UUID],
    opened: gate.Opened,
    rows: Mapping[UUID, Customer],
    related: Mapping[UUID, Sequence[Record]],
    families: Mapping[UUID, Sequence[UUID]],
    now: datetime,
) -> dict[UUID, Answer]:
    """What was opened of one lot, each customer shown or refused."""
    rows, origins, checked = _about(customers, opened, rows, now)
    found = {}
    for customer in customers:
        row = rows.get(customer)
        if row is None or customer not in opened.permit.forms:
            found[customer] = Answer(customer, None, opened.permit.refused.get(customer))
            continue
        cells = queries.cells_of(opened.permit, opened.revealed, row, customer, origins=origins)
        views = [
            queries.RecordView(
                record.id,
                record.kind,
                record.created_at,
                queries.cells_of(opened.permit, opened.revealed, row, record.id, record.kind),
            )
            for record in related.get(customer, ())
        ]
        view = queries.CustomerView(row, cells, views, merged_from=families.get(customer, [])[1:])
        found[customer] = Answer(customer, verified.marked(view, checked), None)
    return found


def _tell(
    found: dict[UUID, Answer],
    customers: Sequence[UUID],
    opened: gate.Opened,
    rows: Mapping[UUID, Customer],
    now: datetime,
) -> None:
    """As `_answers`, of profiles alone, behind what was found of the lots before."""
    rows, origins, checked = _about(customers, opened, rows, now)
    teller, forms, refused = Teller(opened, origins, checked), opened.permit.forms, opened.permit.refused
    for place, customer in enumerate(customers, len(found)):
        row = rows.get(customer)
        if row is None or customer not in forms:
            found[customer] = Answer(customer, None, refused.get(customer))
        else:
            found[customer] = Answer(customer, None, None, teller.tell(place, row))


def _about(
    customers: Sequence[UUID], opened: gate.Opened, rows: Mapping[UUID, Customer], now: datetime
) -> tuple[Mapping[UUID, Customer], Origins, verified.Known]:
    """The rows of these customers, the footing of their clear values, and what of them was verified."""
    told = opened.beside
    if told is not None:
        rows, origins = beside.read(customers[0], told)
    else:
        rows = rows or queries.rows_of(customers)
        origins = clear.origins(rows[one] for one in customers if one in rows)
    return rows, origins, verified.checked(opened.permit.customers, now, told)


def _related(customers: Sequence[UUID]) -> dict[UUID, list[Record]]:
    found: dict[UUID, list[Record]] = {}
    for record in Record.objects.filter(customer_id__in=customers, ended_at__isnull=True).order_by("-id"):
        found.setdefault(record.customer_id, []).append(record)
    return found


def shown(view: queries.CustomerView) -> dict[str, Any]:
    """A customer as programs are told of it."""
    return {
        "id": str(view.row.id),
        "kind": view.row.kind,
        "revision": view.row.revision,
        "merged_into": str(view.row.absorbed_by) if view.row.absorbed_by else None,
        "merged_from": [str(one) for one in view.merged_from],
        "values": _cells(view.cells),
        "records": [
            {
                "id": str(record.id),
                "kind": record.kind,
                "values": _cells({key: cell for key, cell in record.cells.items() if not cell.lines}),
                "lines": record.lines,
            }
            for record in view.records
            if record.cells
        ],
    }


def _cells(cells: Mapping[str, queries.Cell]) -> dict[str, Any]:
    return {
        key: {
            "form": cell.form,
            "text": None if cell.form is Form.HIDDEN else cell.text,
            "mark": MARKS.get(cell.mark, "unverified"),
            "problem": cell.problem,
            "broken": cell.broken,
        }
        for key, cell in cells.items()
    }
