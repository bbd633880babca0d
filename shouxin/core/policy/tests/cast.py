"""The fixed cast of the decision's tests: one clerk, one customer, a purpose and a handful of fields."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shouxin.core.policy import (
    Action,
    Actor,
    ActorKind,
    ContactFact,
    CustomerFacts,
    Exposure,
    Facts,
    FieldRule,
    Grant,
    Necessity,
    PurposeRule,
    PurposeStatus,
    Question,
    Relation,
    Role,
    Storage,
    Use,
    permissions_of,
)
from shouxin.core.text import Text

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
CUSTOMER = UUID(int=1)
OTHER = UUID(int=2)
GRANT = UUID(int=9)
NOTICE = UUID(int=7)


def field(key: str, **changes: Any) -> FieldRule:
    return replace(
        FieldRule(
            key=key,
            name=Text(key, key),
            record="profile",
            level=3,
            exposure=Exposure.PRIVATE,
            personal=True,
            sensitive=False,
            trade_secret=False,
            uses=frozenset({Use.BUSINESS}),
            masking_rule="M-PHONE",
            storage=Storage.INDEXED,
            indexes=("exact",),
            storage_group="base",
            retention_rule="R-CUST-BASE",
            validator="",
            active=True,
        ),
        **changes,
    )


FIELDS = {
    rule.key: rule
    for rule in (
        field("mobile"),
        field("id_number", sensitive=True, masking_rule="M-ID-LIST"),
        field("company_name", exposure=Exposure.PUBLIC, level=1, masking_rule="M-NONE"),
        field("job_title", exposure=Exposure.SEMI_PUBLIC, level=2, masking_rule="M-NONE"),
        field("ethnicity", masking_rule="M-NONE"),
        field("password_hash", masking_rule="M-SECRET", level=4),
        field("tags", uses=frozenset({Use.MARKETING})),
        field("religion", storage=Storage.FORBIDDEN, masking_rule="M-SECRET"),
        field("dormant", active=False),
        field("vehicle_plate"),
    )
}

PURPOSE = PurposeRule(
    key="sales",
    name=Text("销售", "Sales"),
    basis="contract",
    article="个人信息保护法 第13条",
    consent_based=False,
    roles=frozenset({Role.CLERK, Role.HEAD}),
    use=Use.BUSINESS,
    fields={key: Necessity.OPTIONAL for key in FIELDS if key != "vehicle_plate"},
    status=PurposeStatus.ACTIVE,
    notice_version_id=NOTICE,
    services=frozenset({"search"}),
)

CLERK = Actor(
    id=UUID(int=100),
    kind=ActorKind.STAFF,
    pseudonym=UUID(int=101),
    roles=frozenset({Role.CLERK}),
    permissions=permissions_of([Role.CLERK]),
)

STANDING = Grant(
    id=GRANT,
    kind="standing",
    purpose="sales",
    fields=frozenset({"mobile", "id_number"}),
    until=NOW + timedelta(days=1),
    daily_limit=30,
    used_today=0,
)

HER = CustomerFacts(relation=Relation.OWN, contact=ContactFact("sales", NOW + timedelta(minutes=30)))

FACTS = Facts(fields=FIELDS, purpose=PURPOSE, customers={CUSTOMER: HER}, grants=(STANDING,))


def question(action: Action = Action.REVEAL, *fields: str, **changes: Any) -> Question:
    asked = Question(
        actor=CLERK,
        purpose="sales",
        action=action,
        customers=(CUSTOMER,),
        fields=fields or ("mobile",),
        reason="order",
        now=NOW,
    )
    return replace(asked, **changes)
