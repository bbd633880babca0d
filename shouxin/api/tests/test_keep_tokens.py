"""A connected system keeps tokens instead of values, resolves them by the gate, is told of changes and acknowledges."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from standardwebhooks import Webhook

from shouxin.access.sync import queries as sync
from shouxin.access.sync.models import CustomerChange, CustomerToken
from shouxin.access.webhooks import services as webhooks
from shouxin.access.webhooks.rules import CHANGED, Wanted
from shouxin.api.tests.conftest import Make, Program
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.journal.models import Entry
from shouxin.kit import clock
from tests.harness.jobs import run_queued
from tests.harness.receiver import Receiver
from tests.register import FOOTING, PHONE, SALES, Register, kept

FIELDS = ("person_name", "mobile", "id_number")


def tokens(app: Program, *names: str, fields: tuple[str, ...] = FIELDS) -> list[dict[str, Any]]:
    status, answer = app.read(*(app.register[name] for name in names), fields=fields, form="token")
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["results"]
    return found


def resolve(app: Program, *asked: str, **changes: Any) -> tuple[int, Any]:
    body = {"purpose": SALES, "reason": "delivery", "tokens": list(asked), **changes}
    return app.call("POST", "tokens:resolve", body)


def edit(register: Register, name: str = "li", **values: str) -> None:
    row = Customer.objects.get(id=register[name])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values=kept(values),
        now=clock.now(),
    )


def test_answer_in_tokens_holds_no_value_and_stays_the_same(program: Make, register: Register) -> None:
    app = program()
    (li,) = tokens(app, "li")
    assert {value["form"] for value in li["values"].values()} == {"token"}
    assert set(li["values"]) == set(FIELDS)
    told = json.dumps(li, ensure_ascii=False)
    for secret in (PHONE, "李小明", "李", str(register["li"]), PHONE[-4:]):
        assert secret not in told
    assert tokens(app, "li") == [li]
    assert Entry.objects.filter(event="field.read", customer=register["li"]).count() == 2
    other = program(name="另一系统")
    assert tokens(other, "li")[0]["token"] != li["token"]


def test_customer_out_of_scope_gets_no_token(program: Make, register: Register) -> None:
    app = program()
    li, other = tokens(app, "li", "service")
    assert li["token"].startswith("cst_")
    assert other["code"] == "customer.unknown"
    assert "token" not in other


def test_tokens_are_resolved_to_the_permitted_form(program: Make, register: Register) -> None:
    app = program()
    (li,) = tokens(app, "li")
    phone, number = li["values"]["mobile"]["text"], li["values"]["id_number"]["text"]
    status, answer = resolve(app, phone, number, li["token"], fields=["person_name"])
    assert status == 200
    mobile, masked, whole = answer["results"]
    assert (mobile["field"], mobile["values"]["mobile"]["text"]) == ("mobile", PHONE)
    assert masked["values"]["id_number"]["form"] == "masked"
    assert whole["values"]["person_name"]["text"] == "李小明"
    assert set(whole["values"]) == {"person_name"}


def test_tokens_of_contacts_belong_to_that_contact(program: Make, register: Register) -> None:
    app = program()
    (huaxin,) = tokens(app, "huaxin", fields=("contact_name", "contact_mobile", "order_no"))
    contact = next(record for record in huaxin["records"] if record["kind"] == "contact")
    asked = contact["values"]["contact_mobile"]["text"]
    _status, answer = resolve(app, asked)
    assert answer["results"][0]["values"]["contact_mobile"]["text"] == "13511112222"


def test_token_of_another_client_means_nothing(program: Make, register: Register) -> None:
    app, thief = program(), program(name="另一系统")
    (li,) = tokens(app, "li")
    status, answer = resolve(thief, li["values"]["mobile"]["text"], "cst_" + "a" * 26)
    assert status == 200
    assert [one["code"] for one in answer["results"]] == ["token.unknown", "token.unknown"]
    assert not Entry.objects.filter(event="field.read", actor=thief.client.pseudonym).exists()


def test_guessed_tokens_are_as_dear_as_reads(program: Make, register: Register) -> None:
    app = program(daily_rows=3)
    guesses = ["cst_" + letter * 26 for letter in "abcd"]
    assert resolve(app, *guesses)[1]["code"] == "limit.daily-rows"
    assert resolve(app, *guesses[:3])[0] == 200
    assert resolve(app, guesses[3])[0] == 429


def test_resolving_asks_the_gate(program: Make, register: Register) -> None:
    app = program()
    (li,) = tokens(app, "li")
    asked = li["values"]["mobile"]["text"]
    assert resolve(app, asked, purpose="marketing")[0] == 403
    assert resolve(app, li["token"], fields=["home_address"])[0] == 403
    Customer.objects.filter(id=register["li"]).update(restricted=True)
    status, answer = resolve(app, asked)
    assert (status, answer["results"][0]["code"]) == (200, "customer.restricted")


def listen(app: Program, url: str, register: Register) -> str:
    asked = webhooks.propose(
        actor=register.world.actor("sales_head"),
        client=app.client.id,
        wanted=Wanted(url, [CHANGED], ["127.0.0.1"], "同步"),
        now=clock.now(),
    )
    officer = register.world.actor("officer")
    return webhooks.approve(actor=officer, endpoint=asked.id, now=clock.now())[1]


@pytest.mark.clause("C5.1")
def test_change_is_told_and_acknowledged_and_the_log_shows_both(
    program: Make, register: Register, client: Client
) -> None:
    app = program()
    (li,) = tokens(app, "li")
    with Receiver() as receiver:
        secret = listen(app, receiver.url, register)
        edit(register, mobile="13800002222", home_address="上海市浦东新区世纪大道1号")
        run_queued("webhooks")
    (got,) = receiver.got
    told = Webhook(secret).verify(got.body, got.headers)
    (change,) = told["data"]["changes"]
    assert (change["token"], change["fields"], change["revision"]) == (li["token"], ["mobile"], 2)
    assert b"13800002222" not in got.body
    status, answer = app.call("POST", "changes:acknowledge", {"ids": [change["id"], str(register["li"])]})
    assert (status, answer) == (200, {"acknowledged": 1, "unknown": [str(register["li"])]})
    register.world.signed_in(client, "sales_head")
    page = client.get("/access/sync/", {"state": "done"}).content.decode()
    for shown in (li["token"], "手机", "已确认", "订单系统"):
        assert shown in page
    row = CustomerChange.objects.select_related("delivery").get()
    assert row.delivery is not None
    assert row.delivery.delivered_at is not None
    assert row.acknowledged_at is not None


def test_open_changes_are_listed_until_acknowledged(program: Make, register: Register) -> None:
    app, other = program(), program(name="另一系统")
    tokens(app, "li")
    for n in range(3):
        edit(register, mobile=f"1380000000{n}")
    status, first = app.call("POST", "changes:list", {"limit": 2})
    assert (status, len(first["changes"]), first["more"]) == (200, 2, True)
    _, rest = app.call("POST", "changes:list", {"limit": 2, "cursor": first["cursor"]})
    assert (len(rest["changes"]), rest["more"]) == (1, False)
    assert other.call("POST", "changes:list", {})[1]["changes"] == []
    ids = [change["id"] for change in (*first["changes"], *rest["changes"])]
    assert other.call("POST", "changes:acknowledge", {"ids": ids})[1] == {"acknowledged": 0, "unknown": ids}
    app.call("POST", "changes:acknowledge", {"ids": ids[:1]})
    first_time = CustomerChange.objects.get(id=ids[0]).acknowledged_at
    app.call("POST", "changes:acknowledge", {"ids": ids[:1]})
    assert CustomerChange.objects.get(id=ids[0]).acknowledged_at == first_time
    assert [one["id"] for one in app.call("POST", "changes:list", {})[1]["changes"]] == ids[1:]


def test_only_who_holds_a_token_is_told(program: Make, register: Register) -> None:
    app = program()
    tokens(app, "li")
    edit(register, "zhang", mobile="13800003333")
    edit(register, home_address="上海市浦东新区世纪大道1号")  # not among what this client may read
    assert not CustomerChange.objects.exists()


def test_what_waits_a_day_stands_on_the_workbench(program: Make, register: Register) -> None:
    tokens(program(), "li")
    edit(register, mobile="13800004444")
    head, now = register.world.actor("sales_head"), clock.now()
    assert sync.changes(head, state="late", now=now + timedelta(hours=23)).count() == 0
    assert sync.changes(head, state="late", now=now + timedelta(hours=25)).count() == 1
    other = register.world.actor("service_head")
    assert sync.changes(other, state="late", now=now + timedelta(hours=25)).count() == 0


def test_tokens_are_made_once(program: Make, register: Register) -> None:
    app = program()
    tokens(app, "li", "zhang", fields=("person_name",))
    tokens(app, "li", fields=("person_name", "mobile"))
    assert CustomerToken.objects.filter(customer_id=register["li"]).count() == 3
