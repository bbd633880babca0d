"""Routes for systems that keep tokens instead of values."""

from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Router

from shouxin.access.sync import exchange, services
from shouxin.access.sync.bodies import AcknowledgeIn, AcknowledgeOut, ListIn, ListOut, ResolveIn, ResolveOut
from shouxin.core.policy import Action, Permission
from shouxin.core.text import Text
from shouxin.customers.registry.bodies import problems
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.kit.programs import ProgramRequest

router = Router(tags=["connected systems"])
UNKNOWN = Text("没有这个代号，或不属于此客户端。", "No such token, or not one of this client's.")


@router.post("/tokens:resolve", response={200: ResolveOut, **problems()}, summary="Resolve tokens")
def resolve(request: ProgramRequest, body: ResolveIn) -> HttpResponse:
    """The values behind tokens, masked or clear as the client's grant says; every read is journalled."""
    actor, now = request.actor, clock.now()
    actor.require(Permission.CUSTOMERS_PROFILE_READ)
    # Asked before a token is looked up: whoever may not read learns nothing about tokens either.
    gate.usable_fields(actor=actor, purpose=body.purpose, fields=[], action=Action.SEARCH, now=now)
    tokens = list(dict.fromkeys(body.tokens))
    known = exchange.known_tokens(actor, tokens)
    # Those that nobody knows count like customers, so that guessing is as dear as reading.
    request.take_rows(len({row.customer_id for row in known.values()}) + len(tokens) - len(known))
    found = exchange.resolve(
        actor=actor,
        purpose=body.purpose,
        known=known,
        fields=list(dict.fromkeys(body.fields)),
        reason=body.reason,
        now=now,
    )
    return _json({"results": [_told(token, found.get(token)) for token in body.tokens]})


@router.post("/changes:list", response={200: ListOut, **problems()}, summary="Changes not yet acknowledged")
def list_changes(request: ProgramRequest, body: ListIn) -> HttpResponse:
    """Which customers changed, by this client's token, and in which fields; acknowledge them when done."""
    rows, more = services.list_open(actor=request.actor, after=body.cursor, limit=body.limit, now=clock.now())
    changes = [
        {
            "id": str(row.id),
            "token": row.token,
            "fields": row.fields,
            "merged_into": row.merged_into or None,
            "revision": row.revision,
            "at": row.at.isoformat(),
        }
        for row in rows
    ]
    return _json({"changes": changes, "cursor": changes[-1]["id"] if changes else None, "more": more})


@router.post(
    "/changes:acknowledge", response={200: AcknowledgeOut, **problems()}, summary="Acknowledge changes"
)
def acknowledge(request: ProgramRequest, body: AcknowledgeIn) -> HttpResponse:
    """Say that these changes stand in the connected system now; twice does no harm."""
    asked = list(dict.fromkeys(body.ids))
    unknown = services.acknowledge(actor=request.actor, changes=asked, now=clock.now())
    return _json({"acknowledged": len(asked) - len(unknown), "unknown": [str(change) for change in unknown]})


def _told(token: str, found: exchange.Resolved | None) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    if found is None:
        return {"token": token, "code": "token.unknown", "reason": UNKNOWN.in_(language)}
    answer: dict[str, Any] = {"token": token, "field": found.field or None}
    if found.refusal is not None:
        return {**answer, "code": found.refusal.code, "reason": found.refusal.reason.in_(language)}
    return {**answer, "values": found.values}


def _json(answer: dict[str, Any]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")
