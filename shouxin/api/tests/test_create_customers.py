"""A program stores customers: on a stated footing, each row judged, a repeat storing nothing twice."""

from typing import Any

import pytest

from shouxin.api.tests.conftest import Make
from shouxin.customers.registry.models import Channel, Customer, Method, Provenance
from shouxin.journal.models import Entry
from tests.register import Register


def test_created_customer_can_be_read_again(program: Make, register: Register) -> None:
    app = program()
    status, answer = app.call(
        "POST", "customers", {**app.footing(), **app.person("钱七", mobile="13711112222")}
    )
    assert status == 201
    assert answer["revision"] == 1
    _, read = app.read(answer["id"])
    assert read["results"][0]["values"]["person_name"]["text"] == "钱七"
    row = Customer.objects.get(id=answer["id"])
    assert row.owner_department_id == register.world.departments["sales"].id


def test_value_keeps_how_it_came_in(program: Make) -> None:
    app = program()
    app.call("POST", "customers", {**app.footing(channel="feedback"), **app.person()})
    kept = Provenance.objects.order_by("-id").first()
    assert kept is not None
    assert (kept.channel, kept.method, kept.operator) == (Channel.FEEDBACK, Method.API, app.client.pseudonym)


ROWS: dict[str, tuple[dict[str, Any], dict[str, Any], int, str]] = {
    "required field missing": ({}, {"values": {"mobile": "13711112222"}}, 422, "values.person_name"),
    "field the purpose does not need": (
        {},
        {"values": {"person_name": "甲", "ethnicity": "汉"}},
        422,
        "values.ethnicity",
    ),
    "no such field": ({}, {"values": {"person_name": "甲", "shoe_size": "41"}}, 422, "values.shoe_size"),
    "too long": ({}, {"values": {"person_name": "甲" * 40_000}}, 422, "values.person_name"),
    "a number in place of a text": ({}, {"values": {"person_name": 7}}, 422, "values.person_name"),
    "unknown member": ({}, {"colour": "red"}, 422, "colour"),
    "another basis": ({"basis": "consent"}, {}, 422, "basis"),
    "a notice that is not in force": (
        {"notice_version": "019ab000-0000-7000-8000-000000000001"},
        {},
        422,
        "notice_version",
    ),
    "no notice": ({"notice_version": None}, {}, 422, "notice_version"),
    "from outside": ({"source": "external"}, {}, 422, "source"),
    "no such channel": ({"channel": "pigeon"}, {}, 422, "channel"),
    "record of no kind": ({}, {"records": [{"kind": "dream"}]}, 422, "records.0.kind"),
    "lines of no order": (
        {},
        {"records": [{"kind": "contact", "values": {"contact_name": "乙"}, "lines": [{"line_no": "1"}]}]},
        422,
        "records.0.lines",
    ),
    "field outside the token": ({}, {"values": {"person_name": "甲", "wechat_id": "abc"}}, 403, "wechat_id"),
}


@pytest.mark.parametrize("name", list(ROWS))
def test_wrong_request_names_the_field_and_stores_nothing(
    program: Make, register: Register, name: str
) -> None:
    footing, changes, status, field = ROWS[name]
    app = program()
    before = Customer.objects.count()
    found, problem = app.call("POST", "customers", {**app.footing(**footing), **app.person(), **changes})
    assert found == status
    assert field in [error["field"] for error in problem["errors"]]
    assert Customer.objects.count() == before


def test_department_outside_the_clients_own_is_refused(program: Make, register: Register) -> None:
    app = program()
    other = str(register.world.departments["service"].id)
    status, problem = app.call("POST", "customers", {**app.footing(), **app.person(), "department": other})
    assert (status, problem["errors"][0]["field"]) == (422, "department")


def test_wrong_optional_value_is_kept_as_unverified_and_said(program: Make) -> None:
    app = program()
    status, answer = app.call("POST", "customers", {**app.footing(), **app.person("钱七", mobile="12345")})
    assert status == 201
    assert answer["remarks"][0]["field"] == "values.mobile"
    assert "12345" not in str(answer["remarks"])


def test_taken_number_is_a_conflict(program: Make) -> None:
    app = program()
    status, problem = app.call(
        "POST", "customers", {**app.footing(), **app.person("钱七", customer_no="李小明-10001")}
    )
    assert (status, problem["code"]) == (409, "customer.exists")


def test_organisation_comes_with_contact_and_order(program: Make) -> None:
    app = program()
    records = [
        {"kind": "contact", "values": {"contact_name": "陈一", "contact_mobile": "13522223333"}},
        {
            "kind": "order",
            "values": {"order_no": "A-1"},
            "lines": [{"line_no": "1", "product_name": "椅"}, {"line_no": "2"}],
        },
    ]
    body = {
        **app.footing(),
        "kind": "organisation",
        "values": {"company_name": "长风有限公司"},
        "records": records,
    }
    status, answer = app.call("POST", "customers", body)
    assert status == 201
    assert len(answer["records"]) == 2
    _, read = app.read(answer["id"], fields=("contact_mobile", "line_no"))
    lines = [record["lines"] for record in read["results"][0]["records"] if record["kind"] == "order"]
    assert lines == [[{"line_no": "1"}, {"line_no": "2"}]]


def test_batch_judges_each_row_and_writes_no_half(program: Make) -> None:
    app = program()
    rows = [
        app.person("甲", customer_no="N-1"),
        app.person("乙", customer_no="李小明-10001"),
        app.person("丙", customer_no="N-1"),
        {"kind": "person", "values": {"mobile": "13711112222"}},
        app.person("丁", wechat_id="abc"),
        {
            **app.person("戊"),
            "records": [
                {"kind": "order", "values": {"order_no": "O-1"}},
                {"kind": "order", "values": {"order_no": "O-1"}},
            ],
        },
        app.person("己"),
    ]
    before = Customer.objects.count()
    status, answer = app.call("POST", "customers:batch", {**app.footing(), "rows": rows})
    assert status == 200
    codes = [row["code"] for row in answer["results"]]
    assert codes == [None, "key.taken", "key.taken", "field.required", "client.field", "key.taken", None]
    assert (answer["created"], answer["refused"]) == (2, 5)
    assert Customer.objects.count() == before + 2
    assert [row["errors"][0]["field"] for row in answer["results"] if row["errors"]] == [
        "rows.1.values.customer_no",
        "rows.2.values.customer_no",
        "rows.3.values.person_name",
        "rows.4.values.wechat_id",
        "rows.5.records.0.values.order_no",
    ]
    assert Entry.objects.filter(event="customer.batch_received", actor=app.client.pseudonym).count() == 1
    assert Entry.objects.filter(event="customer.created", actor=app.client.pseudonym).count() == 2


def test_thousand_rows_at_once_and_no_more(program: Make) -> None:
    app = program()
    rows = [app.person(f"客户{n}", customer_no=f"T-{n}") for n in range(1000)]
    status, answer = app.call("POST", "customers:batch", {**app.footing(), "rows": rows})
    assert (status, answer["created"]) == (200, 1000)
    status, problem = app.call(
        "POST", "customers:batch", {**app.footing(), "rows": [*rows, app.person("多")]}
    )
    assert (status, problem["errors"][0]["field"]) == (422, "rows")


def test_repeat_with_the_same_key_stores_nothing_twice(program: Make) -> None:
    app = program()
    body = {**app.footing(), **app.person("钱七", mobile="12345")}
    first = app.call("POST", "customers", body, Idempotency_Key="order-77")
    before = Customer.objects.count()
    assert app.call("POST", "customers", body, Idempotency_Key="order-77") == first
    assert Customer.objects.count() == before
    status, problem = app.call(
        "POST", "customers", {**body, **app.person("别人")}, Idempotency_Key="order-77"
    )
    assert (status, problem["code"]) == (422, "idempotency.reused")


def test_receipt_holds_no_value(program: Make) -> None:
    from shouxin.access.clients.models import ClientReceipt

    app = program()
    rows = [app.person("钱七", customer_no="李小明-10001"), app.person("孙八", mobile="12345")]
    app.call("POST", "customers:batch", {**app.footing(), "rows": rows}, Idempotency_Key="b-1")
    kept = str(ClientReceipt.objects.values_list("answer", flat=True).get())
    assert not [text for text in ("钱七", "孙八", "李小明", "12345") if text in kept]
