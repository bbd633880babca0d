"""Order lines stand as one list per field; what may be seen of them is decided line by line."""

import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from shouxin.core.policy import (
    Action,
    Actor,
    ActorKind,
    CustomerFacts,
    Facts,
    Form,
    Necessity,
    Permission,
    Permit,
    Question,
    Relation,
    Role,
    decide,
    service_actor,
)
from shouxin.kit import ids
from shouxin.vault.services import Shown, reveal, reveal_history, seal
from shouxin.vault.tests import cast
from shouxin.vault.tickets import SealedWrite, WriteTicket

pytestmark = pytest.mark.django_db

LINES = "order_line.b.contract.3"
FIELDS = {
    rule.key: rule
    for rule in (
        cast.rule("line_sales", LINES, masking_rule="M-AMOUNT"),
        cast.rule("line_receiver", LINES, masking_rule="M-NAME"),
        cast.rule("product_name", LINES, level=2),
    )
}
PURPOSE = replace(
    cast.PURPOSE_RULE, fields=dict.fromkeys(FIELDS, Necessity.OPTIONAL), roles=frozenset({Role.CLERK})
)
CLERK = Actor(
    id=uuid4(),
    kind=ActorKind.STAFF,
    pseudonym=uuid4(),
    roles=frozenset({Role.CLERK}),
    permissions=frozenset({Permission.CUSTOMERS_PROFILE_READ}),
)


def permit(actor: Actor, action: Action, customer: UUID) -> Permit:
    known = {customer: CustomerFacts(relation=Relation.OWN)}
    question = Question(actor, PURPOSE.key, action, (customer,), tuple(FIELDS), "test", cast.NOW)
    answer = decide(question, Facts(FIELDS, PURPOSE, known))
    assert isinstance(answer, Permit), answer
    return answer


@pytest.fixture
def customer(vault: None) -> UUID:
    return ids.new()


def store(customer: UUID, order: UUID, **columns: str) -> None:
    leave = permit(service_actor("vault-tests"), Action.WRITE, customer)
    seal(
        ticket=WriteTicket(leave, (cast.PROVENANCE,)),
        writes=[SealedWrite(customer, LINES, order, cast.values(**columns))],
    )


def seen(customer: UUID, order: UUID) -> Mapping[str, Shown]:
    with transaction.atomic():
        return reveal(permit(CLERK, Action.VIEW, customer)).of(customer, order)


def test_each_line_is_masked_by_itself(customer: UUID) -> None:
    order = ids.new()
    store(
        customer,
        order,
        line_sales=json.dumps(["2999.00", "", "15800.00"]),
        line_receiver=json.dumps(["李小明", "欧阳买买提", "王芳"], ensure_ascii=False),
        product_name=json.dumps(["办公椅", "会议桌", "灯"], ensure_ascii=False),
    )
    shown = seen(customer, order)
    assert shown["line_receiver"].form is Form.MASKED
    assert json.loads(shown["line_receiver"].text or "") == ["李**", "欧****", "王*"]
    amounts = json.loads(shown["line_sales"].text or "")
    assert len(amounts) == 3
    assert amounts[1] == ""
    assert not {"2999.00", "15800.00"} & set(amounts)
    assert json.loads(shown["product_name"].text or "") == ["办公椅", "会议桌", "灯"]


def test_earlier_versions_are_masked_line_by_line_too(customer: UUID) -> None:
    order = ids.new()
    store(customer, order, line_receiver=json.dumps(["李小明", "王芳"]))
    store(customer, order, line_receiver=json.dumps(["赵云"]))
    with transaction.atomic():
        versions = reveal_history(permit(CLERK, Action.VIEW, customer), customer_id=customer, record_id=order)
    texts = [json.loads(version.values["line_receiver"].text or "") for version in versions]
    assert texts == [["赵*"], ["李**", "王*"]]


@pytest.mark.parametrize("text", ["李小明", '{"a": "李小明"}', '["李小明", 5]', '["李小明"', "[]"])
def test_what_is_no_list_of_texts_is_hidden_whole(customer: UUID, text: str) -> None:
    order = ids.new()
    store(customer, order, line_receiver=text)
    lines = json.loads(seen(customer, order)["line_receiver"].text or "")
    assert lines == ([] if text == "[]" else ["******"])
