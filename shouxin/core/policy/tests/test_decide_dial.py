"""拨号不看号: who may have a number dialled that they do not see, one row each."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shouxin.core.policy import (
    Action,
    ActorKind,
    ContactFact,
    Facts,
    Form,
    GroupState,
    Permit,
    Question,
    Refusal,
    Relation,
    Role,
    decide,
    permissions_of,
    service_actor,
)
from shouxin.core.policy.tests.cast import (
    CLERK,
    CUSTOMER,
    FACTS,
    FIELDS,
    HER,
    NOW,
    OTHER,
    STANDING,
    field,
    question,
)

BARE = replace(FACTS, grants=())
STRICT = replace(STANDING, approvals=2, lasts=timedelta(days=7), daily_limit=5)
WIDE = replace(STANDING, own_customers_only=False)


def dialling(*fields: str, **changes: Any) -> Question:
    return question(Action.DIAL, *(fields or ("mobile",)), **changes)


def her(facts: Facts = BARE, **changes: Any) -> Facts:
    return replace(facts, customers={CUSTOMER: replace(HER, **changes)})


def acting(*roles: Role) -> Any:
    return replace(CLERK, roles=frozenset(roles), permissions=permissions_of(roles))


PROVED = replace(CLERK, second_factor_at=NOW)
SECRET_NUMBER = replace(BARE, fields={**FIELDS, "mobile": field("mobile", sensitive=True)})

REFUSED: list[tuple[str, Question, Facts, str]] = [
    ("the officer", dialling(actor=acting(Role.OFFICER)), BARE, "role.not-allowed"),
    ("an administrator", dialling(actor=acting(Role.SECURITY_ADMIN)), BARE, "role.not-allowed"),
    ("a program", dialling(actor=replace(CLERK, kind=ActorKind.CLIENT)), BARE, "role.not-allowed"),
    ("a service actor", dialling(actor=service_actor("search")), BARE, "role.not-allowed"),
    ("without a reason", dialling(reason=" "), BARE, "reason.missing"),
    ("outside a contact", dialling(), her(contact=None), "contact.missing"),
    (
        "in a contact for another purpose",
        dialling(),
        her(contact=ContactFact("service", NOW + timedelta(minutes=5))),
        "contact.missing",
    ),
    ("after the contact", dialling(), her(contact=ContactFact("sales", NOW)), "contact.missing"),
    ("what is no number", dialling("job_title"), BARE, "dial.no-number"),
    ("a number outside the purpose", dialling("vehicle_plate"), BARE, "field.not-for-purpose"),
    ("a sensitive number", dialling(), SECRET_NUMBER, "grant.sensitive"),
    ("a colleague's customer", dialling(), her(relation=Relation.DEPARTMENT), "grant.missing"),
    ("a customer all may see masked", dialling(), her(relation=Relation.ORGANISATION), "grant.missing"),
    ("seen by a view of all", dialling(), her(relation=Relation.OVERSEEN), "sight.masked-only"),
    ("out of scope", dialling(), her(relation=Relation.NONE), "customer.unknown"),
    ("processing restricted", dialling(), her(restricted=True), "customer.restricted"),
    ("locked", dialling(), her(states={"base": GroupState.LOCKED}), "state.locked"),
    ("of high risk, factor not fresh", dialling(), her(high_risk=True), "risk.second-factor"),
    ("of high risk without a strict grant", dialling(actor=PROVED), her(high_risk=True), "risk.grant"),
    (
        "two customers at once",
        dialling(customers=(CUSTOMER, OTHER)),
        replace(BARE, customers={CUSTOMER: HER, OTHER: HER}),
        "grant.missing",
    ),
]

ALLOWED: list[tuple[str, Question, Facts, int]] = [
    ("one's own customer, no grant at all", dialling(), BARE, 0),
    ("one's own customer, and no grant is used up", dialling(), FACTS, 0),
    (
        "a colleague's customer with a grant that covers it",
        dialling(),
        her(replace(FACTS, grants=(WIDE,)), relation=Relation.DEPARTMENT),
        1,
    ),
    (
        "of high risk with a strict grant and a fresh factor",
        dialling(actor=PROVED),
        her(replace(FACTS, grants=(STRICT,)), high_risk=True),
        1,
    ),
]


@pytest.mark.parametrize(
    ("asked", "known", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(asked: Question, known: Facts, code: str) -> None:
    answer = decide(asked, known)
    assert isinstance(answer, Refusal)
    assert answer.code == code


@pytest.mark.parametrize(
    ("asked", "known", "used"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED]
)
def test_allowed(asked: Question, known: Facts, used: int) -> None:
    answer = decide(asked, known)
    assert isinstance(answer, Permit)
    assert answer.form(CUSTOMER, "mobile") is Form.CLEAR
    assert len(answer.grants) == used


def test_dialling_of_high_risk_raises_the_alarm() -> None:
    answer = decide(dialling(actor=PROVED), her(replace(FACTS, grants=(STRICT,)), high_risk=True))
    assert isinstance(answer, Permit)
    assert answer.alarms == (CUSTOMER,)


def test_leave_to_dial_is_no_leave_to_see() -> None:
    assert isinstance(decide(dialling(), BARE), Permit)
    answer = decide(question(Action.REVEAL, "mobile"), BARE)
    assert isinstance(answer, Refusal)
    assert answer.code == "grant.missing"
