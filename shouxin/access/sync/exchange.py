"""Between tokens and values: a read answered in tokens, and tokens resolved by the gate like any other read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shouxin.access.sync import services
from shouxin.access.sync.models import CustomerToken
from shouxin.access.sync.services import Place
from shouxin.core.policy import Actor, Refusal
from shouxin.customers.registry import exchange
from shouxin.customers.registry.exchange import Answer
from shouxin.customers.registry.queries import CustomerView
from shouxin.gate import services as gate


def in_tokens(actor: Actor, answers: Mapping[UUID, Answer], now: datetime) -> dict[UUID, dict[str, Any]]:
    """What was read, each value replaced by the client's token for it. Lines of orders have none."""
    views = {customer: answer.view for customer, answer in answers.items() if answer.view is not None}
    places = [place for customer, view in views.items() for place in _places(customer, view)]
    tokens = services.tokens_for(actor=actor, places=places, now=now)
    return {customer: _shown(customer, view, tokens) for customer, view in views.items()}


def _places(customer: UUID, view: CustomerView) -> list[Place]:
    found = [(customer, customer, ""), *((customer, customer, key) for key in view.cells)]
    for record in view.records:
        found += [(customer, record.id, key) for key, cell in record.cells.items() if not cell.lines]
    return found


def _shown(customer: UUID, view: CustomerView, tokens: Mapping[Place, str]) -> dict[str, Any]:
    def replaced(record: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: {**value, "form": "token", "text": tokens[customer, record, key]}
            for key, value in values.items()
        }

    told = exchange.shown(view)
    return {
        "token": tokens[customer, customer, ""],
        "kind": told["kind"],
        "revision": told["revision"],
        "values": replaced(customer, told["values"]),
        "records": [
            {"kind": record["kind"], "values": replaced(UUID(record["id"]), record["values"]), "lines": []}
            for record in told["records"]
        ],
    }


@dataclass(frozen=True, slots=True)
class Resolved:
    """One token that was asked for: its field (empty for a whole customer), its values, or why not."""

    token: str
    field: str = ""
    values: Mapping[str, Any] | None = None
    refusal: Refusal | None = None


def known_tokens(actor: Actor, tokens: Sequence[str]) -> dict[str, CustomerToken]:
    """Those of `tokens` that are this client's own; another client's mean nothing here."""
    return {row.token: row for row in CustomerToken.objects.filter(client_id=actor.id, token__in=set(tokens))}


def resolve(
    *,
    actor: Actor,
    purpose: str,
    known: Mapping[str, CustomerToken],
    fields: Sequence[str],
    reason: str,
    now: datetime,
) -> dict[str, Resolved]:
    """The values behind tokens, in the form the gate permits; `fields` are read of whole customers.

    Raises:
        Refused: the purpose or a field is not within the client's grant (journalled).
    """
    wanted: dict[UUID, set[str]] = {}
    for row in known.values():
        wanted.setdefault(row.customer_id, set()).update([row.field] if row.field else fields)
    groups: dict[frozenset[str], list[UUID]] = {}
    for customer, keys in wanted.items():
        groups.setdefault(frozenset(keys), []).append(customer)
    answers: dict[UUID, Answer] = {}
    for named, customers in groups.items():
        if named:
            answers |= _read(actor, purpose, customers, sorted(named), reason, now)
    found = {token: _resolved(row, answers.get(row.customer_id), fields) for token, row in known.items()}
    # Where another field of the same customer was asked for, no value may also mean that this one alone is closed.
    apart: dict[str, dict[UUID, None]] = {}
    for token, row in known.items():
        if row.field and len(wanted[row.customer_id]) > 1 and _unclear(found[token]):
            apart.setdefault(row.field, {})[row.customer_id] = None
    for key, closed in apart.items():
        alone = _read(actor, purpose, list(closed), [key], reason, now)
        for token, row in known.items():
            if row.field == key and row.customer_id in alone:
                found[token] = _resolved(row, alone[row.customer_id], fields)
    return found


def _unclear(found: Resolved) -> bool:
    """Whether the answer may be about another field than its own."""
    return not found.values if found.refusal is None else bool(found.refusal.fields)


def _read(
    actor: Actor, purpose: str, customers: Sequence[UUID], fields: Sequence[str], reason: str, now: datetime
) -> Mapping[UUID, Answer]:
    try:
        return exchange.read_many(
            actor=actor, purpose=purpose, customers=customers, fields=fields, reason=reason, now=now
        )
    except gate.Refused as problem:
        each = problem.refusal.each
        if not each:  # it speaks of the token, the purpose or the fields, and ends the request
            raise
        return {customer: Answer(customer, None, each.get(customer)) for customer in customers}


def _resolved(row: CustomerToken, answer: Answer | None, fields: Sequence[str]) -> Resolved:
    if answer is None:
        return Resolved(row.token, row.field, {})
    if answer.view is None:
        return Resolved(row.token, row.field, refusal=answer.refusal)
    told = exchange.shown(answer.view)
    if row.record_id == row.customer_id:
        values = told["values"]
    else:
        values = next((r["values"] for r in told["records"] if r["id"] == str(row.record_id)), {})
    keys = [row.field] if row.field else fields
    return Resolved(row.token, row.field, {key: values[key] for key in keys if key in values})
