"""Lines of an order are changed, added and removed on a page: masked, with history, and never over somebody else's."""

import json
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client

from shouxin.core.policy import Action, Necessity
from shouxin.customers.registry import lines, queries
from shouxin.customers.registry.forms import offered
from shouxin.customers.registry.line_forms import grid_of
from shouxin.customers.registry.lines import LineChange
from shouxin.customers.registry.models import Customer, Record
from shouxin.customers.registry.queries import RecordView
from shouxin.customers.registry.services import EditConflict, RegistryProblem
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.rulebook.purposes.queries import purpose_rule
from shouxin.vault import services as vault
from tests.register import FOOTING, SALES, Register
from tests.world import World

LINE_FIELDS = ["line_discount", "line_no", "line_quantity", "line_sales", "product_name"]


@pytest.fixture
def clerk(world: World, register: Register, client: Client) -> Client:
    world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    return client


def address(register: Register, record: str = "order", customer: str = "huaxin", verb: str = "lines") -> str:
    return f"/customers/{register[customer]}/records/{register.records[record]}/{verb}/"


def stored(register: Register) -> dict[str, list[str]]:
    """The order's lists as they lie in the vault, read as maintenance reads them."""
    order = register.records["order"]
    with transaction.atomic():
        permit = gate.permit_maintenance(
            actor=lines.RESEALER,
            purpose="maintenance",
            customers=[register["huaxin"]],
            fields=LINE_FIELDS,
            reason="test",
            now=clock.now(),
        )
        shown = vault.reveal(permit, records=[order]).of(register["huaxin"], order)
    return {key: json.loads(value.text or "") for key, value in shown.items()}


def seen(register: Register) -> RecordView:
    return queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["huaxin"]),
        fields=LINE_FIELDS,
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        records=[Record.objects.get(id=register.records["order"])],
    ).records[0]


def test_a_line_is_changed_and_its_masked_values_stay(register: Register, clerk: Client) -> None:
    form = clerk.get(address(register)).content.decode()
    assert 'value="办公椅"' in form
    assert 'placeholder="1–2万"' in form
    assert "2999" not in form
    assert "15800" not in form
    done = clerk.post(
        address(register),
        {
            "revision": "1",
            "line-0-product_name": "办公椅",
            "line-0-line_quantity": "12",
            "line-0-line_sales": "",
            "line-1-line_sales": "16000",
        },
    )
    assert done.status_code == 302
    found = stored(register)
    assert found["line_quantity"] == ["12", "1"]
    assert found["line_sales"] == ["2999.00", "16000"]
    assert found["line_discount"] == ["0.1", "0"]
    entry = of_events(["customer.changed"])[0]
    assert entry.data["fields"] == ["line_quantity", "line_sales"]
    assert entry.data["record"] == str(register.records["order"])
    past = clerk.get(address(register, verb="history")).content.decode()
    assert "12 / 1" in past
    assert "10 / 1" in past


def test_a_line_is_added_and_another_removed(register: Register, clerk: Client) -> None:
    done = clerk.post(
        address(register),
        {"revision": "1", "remove": ["0"], "new-0-product_name": "书柜", "new-0-line_quantity": "3"},
    )
    assert done.status_code == 302
    assert stored(register) == {
        "line_no": ["2", "3"],
        "product_name": ["会议桌", "书柜"],
        "line_quantity": ["1", "3"],
        "line_sales": ["15800.00", ""],
        "line_discount": ["0", ""],
    }
    page = clerk.get(f"/customers/{register['huaxin']}/").content.decode()
    assert "书柜" in page
    assert "办公椅" not in page


def test_a_clear_value_that_is_emptied_is_gone(register: Register, clerk: Client) -> None:
    clerk.post(address(register), {"revision": "1", "line-1-line_quantity": ""})
    assert stored(register)["line_quantity"] == ["10", ""]


def test_a_wrong_value_is_named_by_line_and_field(register: Register, clerk: Client) -> None:
    refused = clerk.post(
        address(register), {"revision": "1", "line-1-product_name": "桌" * 4001, "new-0-line_quantity": "3"}
    )
    assert refused.status_code == 422
    assert "第 2 行 产品名称：超过 4000 个字符。" in refused.content.decode()
    assert 'name="new-0-line_quantity" value="3"' in refused.content.decode()
    assert stored(register)["product_name"] == ["办公椅", "会议桌"]
    doubtful = clerk.post(address(register), {"revision": "1", "line-0-line_quantity": "十把"}, follow=True)
    told = doubtful.content.decode()
    assert "第 1 行 数量：" in told
    assert "已按“未核验”保存" in told
    assert seen(register).cells["line_quantity"].mark == 0
    clerk.post(address(register), {"revision": "2", "line-0-line_quantity": "10"})
    assert seen(register).cells["line_quantity"].mark == 1


def test_a_required_value_cannot_be_taken_away_nor_left_out(register: Register) -> None:
    sales = purpose_rule(SALES)
    assert sales is not None
    strict = replace(sales, fields={**sales.fields, "product_name": Necessity.REQUIRED})
    typed = QueryDict("line-0-product_name=&new-0-line_quantity=3")
    grid = grid_of(typed, seen(register), offered("order_line", None, strict), strict, clock.now(), 1)
    assert grid.problems == [
        "第 1 行 产品名称：必填项不能清空。",
        "新增第 1 行 产品名称：缺少必填项“产品名称”。",
    ]


def test_the_second_of_two_people_is_told_what_changed(register: Register, clerk: Client) -> None:
    clerk.post(address(register), {"revision": "1", "remove": ["0"]})
    late = clerk.post(
        address(register),
        {
            "revision": "1",
            "line-1-product_name": "会议桌",
            "line-1-line_quantity": "7",
            "new-0-product_name": "书柜",
        },
    )
    told = late.content.decode()
    assert late.status_code == 409
    assert "别人已经修改了这位客户" in told
    assert "王芳" in told
    assert "第 2 行：产品名称 会议桌，数量 7" in told
    assert 'name="new-0-product_name" value="书柜"' in told
    assert 'name="line-0-line_quantity" value="1"' in told
    assert stored(register)["line_quantity"] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_stored_and_one_is_told(register: Register) -> None:
    actor, start = register.world.actor("clerk"), Barrier(2)
    outcomes: list[str] = []

    def save(quantity: str) -> None:
        try:
            start.wait()
            lines.edit(
                actor=actor,
                footing=FOOTING,
                customer=register["huaxin"],
                record=register.records["order"],
                revision=1,
                fields=LINE_FIELDS,
                change=LineChange({0: {"line_quantity": quantity}}),
                now=clock.now(),
            )
            outcomes.append(quantity)
        except EditConflict as told:
            outcomes.append(f"told of {','.join(told.changes[0].fields)}")
        finally:
            connection.close()

    people = [Thread(target=save, args=[quantity]) for quantity in ("21", "22")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    stored_one = next(outcome for outcome in outcomes if outcome.isdecimal())
    assert sorted(outcomes) == sorted([stored_one, "told of line_quantity"])
    assert stored(register)["line_quantity"] == [stored_one, "1"]


def test_a_line_with_more_than_the_purpose_knows_is_not_torn_apart(register: Register) -> None:
    with pytest.raises(RegistryProblem, match=r"lines\.beyond-purpose"):
        lines.edit(
            actor=register.world.actor("clerk"),
            footing=FOOTING,
            customer=register["huaxin"],
            record=register.records["order"],
            revision=1,
            fields=["product_name"],
            change=LineChange(removed=frozenset({0})),
            now=clock.now(),
        )
    assert stored(register)["product_name"] == ["办公椅", "会议桌"]


def test_another_department_and_another_record_are_refused(
    world: World, register: Register, clerk: Client
) -> None:
    assert clerk.get(address(register, "chen")).status_code == 404
    foreign = address(register, customer="li")
    assert clerk.post(foreign, {"revision": "1", "remove": ["0"]}).status_code == 404
    with pytest.raises(gate.Refused):
        lines.edit(
            actor=world.actor("agent"),
            footing=FOOTING,
            customer=register["huaxin"],
            record=register.records["order"],
            revision=1,
            fields=LINE_FIELDS,
            change=LineChange(removed=frozenset({0})),
            now=clock.now(),
        )
    assert of_events(["write.refused"])
    assert len(stored(register)["product_name"]) == 2


def test_saving_what_stands_changes_nothing(register: Register, clerk: Client) -> None:
    same = {"revision": "1", "line-0-product_name": "办公椅", "line-0-line_sales": "2999.00"}
    told = clerk.post(address(register), same, follow=True).content.decode()
    assert "没有改动" in told
    assert of_events(["customer.changed"]) == []
