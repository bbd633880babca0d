"""What the journal keeps of the gate's decisions: reads, the consents they rest on, who was left out, refusals."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Action, CustomerFacts, Permit, Question, Refusal
from shouxin.core.policy.refusals import left_out
from shouxin.gate import facts
from shouxin.gate.rules import EMERGENCY
from shouxin.journal import services as journal

PER_PAGE = {Action.VIEW: "list.viewed", Action.SEARCH: "list.searched"}
PER_CUSTOMER = {
    Action.REVEAL: "field.revealed",
    Action.DIAL: "number.dialled",
    Action.READ: "field.read",
}


def refusal_of(question: Question, refusal: Refusal, customer: UUID | None = None) -> None:
    """A question that was refused, whole or for one of its customers."""
    with transaction.atomic(savepoint=False):
        journal.append_many(**_told(question, refusal, customer))


def refused_at_once(question: Question, refusal: Refusal) -> None:
    """The same of a whole question, committed when this returns."""
    journal.append_at_once(**_told(question, refusal))


def _told(question: Question, refusal: Refusal, customer: UUID | None = None) -> dict[str, Any]:
    only = question.customers[0] if len(question.customers) == 1 else None
    data = {
        "code": refusal.code,
        "purpose": question.purpose[:64],
        "action": question.action.value,
        "fields": sorted(facts.rules["rulebook"].fields().keys() & question.fields),
        "count": len(question.customers),
    }
    return {
        "actor": question.actor,
        "event": "write.refused" if question.action is Action.WRITE else "read.refused",
        "purpose": question.purpose[:64],
        "rows": [(customer or only, data)],
    }


def opened(permit: Permit, detail: Mapping[str, Any], known: Mapping[UUID, CustomerFacts]) -> None:
    """An opening and who was left out of it, within the caller's transaction."""
    journal.append_many(**reads(permit, detail, known))
    tell_left_out(permit)


def reads(permit: Permit, detail: Mapping[str, Any], known: Mapping[UUID, CustomerFacts]) -> dict[str, Any]:
    """What the journal keeps of an opening: one entry a page of a list, else one a customer, each of
    two profiles side by side included.

    Where the purpose rests on consent, the versions of the notices agreed to stand in it (clause A3.1).
    """
    shared = {"purpose": permit.purpose, "fields": sorted(permit.fields), **detail}
    event, customers = PER_PAGE.get(permit.action), permit.customers
    rows: list[journal.Row]
    if event and detail.get("page") == "profile":  # of one customer, or of two that are compared
        event, rows = "profile.viewed", [(one, {**shared, **_agreed(known, one)}) for one in customers]
    elif event:
        listed = [str(customer) for customer in customers]
        counted = {"left_out": numbers(permit)} if numbers(permit) else {}
        data = {**shared, "count": len(customers), "customers": listed}
        rows = [(None, {**data, **_agreed(known, *customers), **counted})]
    else:
        event = PER_CUSTOMER[permit.action]
        reason = EMERGENCY if permit.emergency else permit.reason
        data = {**shared, "reason": reason, "grants": [str(grant) for grant in permit.grants]}
        rows = _of_each(customers, known, data)
    return {"actor": permit.actor, "event": event, "purpose": permit.purpose, "rows": rows}


def _of_each(
    customers: Sequence[UUID], known: Mapping[UUID, CustomerFacts], data: Mapping[str, Any]
) -> list[journal.Row]:
    """An entry for each; those who agreed to the same notices share what it tells, and it is encoded once for them."""
    told: dict[tuple[str, ...], Mapping[str, Any]] = {}
    rows: list[journal.Row] = []
    for one in customers:
        agreed = known[one].agreed_under if one in known else ()
        if agreed not in told:
            told[agreed] = {**data, **_agreed(known, one)}
        rows.append((one, told[agreed]))
    return rows


def tell_left_out(permit: Permit) -> None:
    """Of a batch of single reads: how many were left out, by reason, in one entry."""
    if permit.action in PER_CUSTOMER and numbers(permit):
        journal.append(
            actor=permit.actor,
            event="batch.left_out",
            purpose=permit.purpose,
            data={"purpose": permit.purpose, "count": len(permit.customers), "left_out": numbers(permit)},
        )


def numbers(permit: Permit) -> dict[str, int]:
    """How many were left out, by the code of the reason as the journal writes it."""
    return {code.replace(".", "_"): count for code, count in left_out(permit.refused).items()}


def _agreed(known: Mapping[UUID, CustomerFacts], *customers: UUID) -> dict[str, list[str]]:
    versions = {version for one in customers if one in known for version in known[one].agreed_under}
    return {"notices": sorted(versions)} if versions else {}
