"""The vault tests' own small world: five fields, one purpose, permits made by the real decision."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from shouxin.core.policy import (
    Action,
    Actor,
    CustomerFacts,
    Exposure,
    Facts,
    FieldRule,
    Necessity,
    Permission,
    Permit,
    PurposeRule,
    PurposeStatus,
    Question,
    Storage,
    Use,
    decide,
    service_actor,
)
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.vault.payload import Value
from shouxin.vault.searching import Alternative
from shouxin.vault.services import Sealed, matching, seal
from shouxin.vault.tickets import Provenance, SealedWrite, WriteTicket

PURPOSE = "sales_contract"
PROFILE, SECRET, ORDER = "profile.b.cust-base.3", "profile.b.cust-base.4s", "order.b.contract.2"
NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
KEEPER = service_actor("vault-tests")


def rule(key: str, group: str, **attributes: Any) -> FieldRule:
    defaults: dict[str, Any] = {
        "record": group.partition(".")[0],
        "level": 3,
        "exposure": Exposure.PRIVATE,
        "personal": True,
        "sensitive": False,
        "trade_secret": False,
        "uses": frozenset({Use.BUSINESS}),
        "masking_rule": "M-NONE",
        "storage": Storage.SEALED,
        "indexes": (),
        "retention_rule": "R-CUST-BASE",
        "validator": "TEXT",
        "active": True,
    }
    return FieldRule(key=key, name=Text(key, key), storage_group=group, **(defaults | attributes))


FIELDS = {
    field.key: field
    for field in (
        rule("person_name", PROFILE, masking_rule="M-NAME", validator="NAME"),
        rule("mobile", PROFILE, masking_rule="M-PHONE", validator="MOBILE", indexes=("exact", "last4")),
        rule("customer_no", PROFILE, indexes=("unique", "exact")),
        rule("note", PROFILE),
        rule("id_number", SECRET, masking_rule="M-ID-LIST", validator="ID-CN18", indexes=("exact", "last4")),
        rule("order_note", ORDER),
    )
}
PURPOSE_RULE = PurposeRule(
    key=PURPOSE,
    name=Text("履行合同", "Contract"),
    basis="contract",
    article="PIPL 13(1)(2)",
    consent_based=False,
    roles=frozenset(),
    use=None,
    fields=dict.fromkeys(FIELDS, Necessity.OPTIONAL),
    status=PurposeStatus.ACTIVE,
    notice_version_id=uuid4(),
    services=frozenset({KEEPER.name}),
)
PROVENANCE = Provenance(uuid4(), PURPOSE, "13(1)(2)", uuid4(), "test", "R-CUST-BASE")
OPERATOR = Actor(
    id=uuid4(),
    kind=KEEPER.kind,
    pseudonym=uuid4(),
    name=KEEPER.name,
    permissions=frozenset(
        {Permission.VAULT_KEY_ROTATE, Permission.VAULT_KEY_READ, Permission.RISK_MARK_APPROVE}
    ),
)


def permit(
    *customers: UUID, action: Action = Action.MAINTAIN, fields: tuple[str, ...] = tuple(FIELDS)
) -> Permit:
    """A permit of the maintenance actor, clear values, for these customers."""
    answer = decide(
        Question(OPERATOR, PURPOSE, action, customers, fields, "test", NOW),
        Facts(FIELDS, PURPOSE_RULE, {c: CustomerFacts() for c in customers}),
    )
    assert isinstance(answer, Permit), answer
    return answer


def matched(asked: Sequence[Alternative], possible: Mapping[UUID, Collection[int]]) -> set[UUID]:
    """Of the possible customers those that really hold what is asked, journalled as opened by the maintenance actor."""
    entry = journal.beside(
        actor=OPERATOR, event="maintenance.opened", purpose=PURPOSE, data={"count": len(possible)}
    )
    return {customer for customer, _ in matching(permit(*possible), asked, possible, entry)}


def ticket(*customers: UUID, created: tuple[UUID, ...] = ()) -> WriteTicket:
    return WriteTicket(permit(*customers, action=Action.WRITE), (PROVENANCE,), frozenset(created))


def values(**texts: str | None) -> dict[str, Value | None]:
    return {key: None if text is None else Value(text, PROVENANCE.id, 1) for key, text in texts.items()}


def write(
    customer: UUID,
    group: str = PROFILE,
    *,
    record: UUID | None = None,
    expected: int | None = None,
    **texts: str | None,
) -> SealedWrite:
    return SealedWrite(customer, group, record or customer, values(**texts), expected)


def store(*writes: SealedWrite) -> Sealed:
    """Seal as somebody who may, whether or not the customers exist already."""
    customers = tuple({w.customer_id for w in writes})
    with transaction.atomic():
        return seal(ticket=ticket(*customers), writes=writes)


def new_customer(**texts: str | None) -> UUID:
    """A customer with these profile fields."""
    customer = ids.new()
    fields: dict[str, Any] = {"person_name": "王芳"} | texts
    store(write(customer, **fields))
    return customer
