"""The register's routes for programs. Identities stand in bodies, never in addresses; values come by the gate alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Router

from shouxin.core.policy import Action, Actor, Permission
from shouxin.core.policy.refusals import left_out, refuse
from shouxin.core.text import Text
from shouxin.customers.registry import exchange, offers, queries, services
from shouxin.customers.registry.bodies import (
    BatchIn,
    BatchOut,
    ChangedOut,
    CreateIn,
    CustomerIn,
    PatchIn,
    QuickRead,
    QuickSearch,
    ReadIn,
    ReadOut,
    SearchIn,
    SearchOut,
    StoredOut,
    problems,
)
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.exchange import NUMBER, Row
from shouxin.customers.registry.models import Customer, Record
from shouxin.customers.registry.queries import Filters
from shouxin.customers.registry.search import MOST, Found, search
from shouxin.customers.registry.telling import Told
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock, ids
from shouxin.kit.problems import FieldError, Problem
from shouxin.kit.programs import AlreadyKept, Asking, ProgramRequest, Route, routes
from shouxin.vault import queries as vault

router = Router(tags=["customers"])
MISSING = Text("请给出要查找的内容。", "Say what to search for.")
LITTLE = Text(
    "只凭一个姓或一个字不予查找；请再加一个字，或姓加后四位。",
    "A surname or one character alone is not searched; add a character, or the last four of a number.",
)
CUSTOMER_FIELDS = ("kind", "values", "department", "scope", "province", "records")


@router.post("/customers", response={201: StoredOut, **problems(404, 409)}, summary="Create a customer")
def create(request: ProgramRequest, body: CreateIn) -> HttpResponse:
    """Store one new customer on the stated footing."""
    answer = _stored(request, body, [CustomerIn(**{key: getattr(body, key) for key in CUSTOMER_FIELDS})])
    row = answer["results"][0]
    if not row["code"]:
        return _json({key: row[key] for key in ("id", "revision", "records")}, 201, remarks=row["remarks"])
    errors = [FieldError(e["field"], e["code"], Text(*e["text"])) for e in row["errors"]]
    if row["code"] == "key.taken":
        ways = [("update", Text("用 PATCH 修改该客户。", "Change that customer with PATCH."))]
        raise Problem(409, "customer.exists", exchange.TAKEN, errors=errors, ways=ways)
    raise exchange.invalid(errors)


@router.post(
    "/customers:batch", response={200: BatchOut, **problems()}, summary="Create up to 1,000 customers"
)
def batch(request: Asking, body: BatchIn) -> dict[str, Any]:
    """Each row is judged by itself and stored wholly or not at all; the answer names every row."""
    answer = _stored(request, body, body.rows)
    for row in answer["results"]:
        row["remarks"], row["errors"] = _told(row["remarks"]), _told(row["errors"])
    return answer


@router.post("/customers:read", response={200: ReadOut, **problems(404)}, summary="Read fields of customers")
def read(request: Asking, body: ReadIn) -> dict[str, Any]:
    """Masked or clear as the client's grant says, or in tokens; who is unknown or out of scope looks the same."""
    actor, now = request.actor, clock.now()
    wanted = [*body.ids, *_by_number(actor, body)]
    customers = list(dict.fromkeys(wanted))
    request.take_rows(len(customers))  # as `_names` counts them, where no number has to be looked up
    found = exchange.read_many(
        actor=actor,
        purpose=body.purpose,
        customers=customers,
        fields=list(dict.fromkeys(body.fields)),
        reason=body.reason,
        now=now,
        tell=body.form not in exchange.forms,
    )
    asked_by_id = len(body.ids)
    otherwise = exchange.forms[body.form](actor, found, now) if body.form in exchange.forms else {}
    results = [
        _placed(n, answer.told)
        if (answer := found[customer]).told
        else {"position": n, **(otherwise.get(customer) or _answered(answer, named=n < asked_by_id))}
        for n, customer in enumerate(wanted)
    ]
    gone = left_out({customer: answer.refusal for customer, answer in found.items() if answer.refusal})
    return {"results": results, "left_out": gone}


def _placed(position: int, told: Told) -> Told:
    """Whoever is named twice is told of twice."""
    return told if told.position == position else msgspec.structs.replace(told, position=position)


def _names(body: ReadIn) -> int:
    return 0 if body.customer_nos else len(set(body.ids))


@router.post("/customers:search", response={200: SearchOut, **problems()}, summary="Find customers")
def find(request: Asking, body: SearchIn) -> dict[str, Any]:
    """Customers by (part of) a name, pinyin, phone, number, e-mail or ending, as the screen finds them; masked, at most
    50 a page. What was sent is kept nowhere: the next page is asked for with the same term and `after`."""
    found = _found(request.actor, body)
    request.take_rows(len(found.customers))
    return {
        "hits": [exchange.shown(view) for view in found.customers],
        "more": found.more,
        "crowd": found.crowd,
        "after": str(found.following) if found.following else None,
        "left_out": dict(found.left_out),
    }


def _found(actor: Actor, body: SearchIn) -> Found:
    if not body.term.strip():
        raise _unfit("value.missing", "term", MISSING)
    filters = Filters(
        kind=body.kind, segment=body.segment, province=body.province, department=body.department
    )
    found = search(
        actor=actor,
        purpose=body.purpose,
        term=body.term,
        filters=filters,
        before=body.after,
        rows=MOST,
        now=clock.now(),
    )
    if found.little:
        raise _unfit("search.little", "term", LITTLE)
    return found


def _unfit(code: str, field: str, text: Text) -> Problem:
    return Problem(422, code, text, errors=[FieldError(field, code, text)])


@router.patch(
    "/customers/{uuid:customer}", response={200: ChangedOut, **problems(404, 409)}, summary="Change one"
)
def change(request: ProgramRequest, customer: UUID, body: PatchIn) -> HttpResponse:
    """Change fields of a customer at the revision that was read; a later one is answered with what changed."""
    actor, now = request.actor, clock.now()
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    footing, purpose = exchange.footing_of(actor, body, now)
    row = queries.find(actor, customer)
    if row is None:
        # Asked all the same, so that the refusal stands in the journal; the answer is that of a forbidden one.
        gate.admit(actor=actor, purpose=footing.purpose, customers=[customer], fields=[], now=now)
        raise gate.Refused(refuse("customer.unknown", "ask_head"))
    record = _record(body, row)
    values, remarks = exchange.judge_changes(body, row, record, purpose, now)
    request.take_rows(1)
    target = record.id if record else customer
    waiting = offers.would_wait(footing, [(customer, target, key) for key in values])
    revision = services.edit(
        actor=actor,
        footing=footing,
        customer=customer,
        revision=body.revision,
        values=values,
        now=now,
        record=record.id if record else None,
    )
    told = {"id": str(customer), "revision": revision, "waiting": sorted(key for _c, _r, key in waiting)}
    return _json(told, remarks=_kept(remarks))


def _record(body: PatchIn, row: Customer) -> Record | None:
    if body.record is None:
        return None
    found = Record.objects.filter(id=body.record, customer_id=row.id, ended_at__isnull=True).first()
    if found is None:
        text = Text("该客户没有这条记录。", "This customer has no such record.")
        raise exchange.invalid([FieldError("record", "record.unknown", text)])
    return found


def _stored(request: Asking, body: CreateIn | BatchIn, customers: Sequence[CustomerIn]) -> dict[str, Any]:
    """Judge and store; the answer holds ids and codes, so that it can be kept and given again to a repeat."""
    actor, now = request.actor, clock.now()
    actor.require(Permission.CUSTOMERS_PROFILE_CREATE)
    content = body.model_dump_json()
    earlier = request.receipts.recall(content)
    if earlier is not None:
        return dict(earlier)
    footing, purpose = exchange.footing_of(actor, body, now)
    many = isinstance(body, BatchIn)
    rows = [
        exchange.judge(actor, one, purpose, now, f"rows.{n}." if many else "")
        for n, one in enumerate(customers)
    ]
    exchange.admit_rows(actor, footing, rows, now)
    request.take_rows(len(rows))
    return _deed(request, footing, rows, content, many=many)


def _deed(
    request: Asking, footing: Footing, rows: Sequence[Row], content: str, *, many: bool
) -> dict[str, Any]:
    actor, now = request.actor, clock.now()
    try:
        with transaction.atomic():
            exchange.store(actor=actor, footing=footing, rows=rows, now=now, batch=many)
            answer = _results(rows)
            if answer["created"]:
                request.receipts.keep(content, answer)
    except AlreadyKept:
        return dict(request.receipts.recall(content) or {})
    except gate.Refused:
        # What the gate wrote was rolled back with the deed: ask once more, so that the refusal stands.
        exchange.admit_rows(actor, footing, rows, now)
        raise
    return answer


def _results(rows: Sequence[Row]) -> dict[str, Any]:
    created = sum(1 for row in rows if row.stored)
    return {
        "created": created,
        "refused": len(rows) - created,
        "results": [
            {
                "row": number,
                "id": str(row.stored.customer) if row.stored else None,
                "revision": 1 if row.stored else None,
                "records": [str(record) for record in row.stored.records] if row.stored else [],
                "remarks": _kept(row.remarks),
                "code": row.code,
                "errors": _kept(row.errors),
            }
            for number, row in enumerate(rows)
        ],
    }


def _by_number(actor: Actor, body: ReadIn) -> list[UUID]:
    """The customers behind customer numbers; an unknown number gets an id that nobody has, and so its answer."""
    if not body.customer_nos:
        return []
    usable = gate.usable_fields(
        actor=actor, purpose=body.purpose, fields=[NUMBER], action=Action.SEARCH, now=clock.now()
    )
    rule = rulebooks["rulebook"].fields().get(NUMBER)
    if rule is None or NUMBER not in usable:
        raise gate.Refused(refuse("client.field", "extend_client", fields=NUMBER).about([NUMBER]))
    holders = vault.key_holders(rule=rule, texts=body.customer_nos)
    return [holders[text][0] if text in holders else ids.new() for text in body.customer_nos]


def _answered(answer: exchange.Answer, *, named: bool) -> dict[str, Any]:
    if answer.view is not None:
        return exchange.shown(answer.view)
    refusal = answer.refusal or refuse("customer.unknown")
    said: dict[str, Any] = {"code": refusal.code, "reason": refusal.reason.in_(_language())}
    return {"id": str(answer.id), **said} if named else said


def _kept(errors: Sequence[FieldError]) -> list[dict[str, Any]]:
    """Errors with both languages, as a receipt keeps them."""
    return [{"field": e.field, "code": e.code, "text": [e.text.zh, e.text.en]} for e in errors]


def _told(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same in the language of this request."""
    return [{**e, "text": Text(*e["text"]).in_(_language())} for e in errors]


def _language() -> str:
    return get_language() or "zh-hans"


_encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode


def _json(
    answer: dict[str, Any], status: int = 200, *, remarks: Sequence[Mapping[str, Any]] | None = None
) -> HttpResponse:
    if remarks is not None:
        answer["remarks"] = _told(remarks)
    return HttpResponse(_encode(answer), status=status, content_type="application/json")


# These three are described here with the others, and answered without Django (decision 50).
routes.register("customers:batch", Route(batch, BatchIn.model_validate))
routes.register(
    "customers:read",
    Route(read, ReadIn.model_validate, msgspec.json.Decoder(QuickRead).decode, names=_names),
)
routes.register(
    "customers:search", Route(find, SearchIn.model_validate, msgspec.json.Decoder(QuickSearch).decode)
)
