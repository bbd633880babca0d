"""Whoever looks for a way round the protection of high risk, by customer or by field, finds every door shut."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.access.emergency.tests.conftest import opened  # noqa: F401 - a fixture
from shouxin.access.grants import services as grants
from shouxin.access.grants.services import GrantProblem
from shouxin.access.highrisk.models import RiskAlert
from shouxin.access.highrisk.tests.conftest import Look, look, mark, mark_field, strict  # noqa: F401 - likewise
from shouxin.access.webhooks import services as webhooks
from shouxin.access.webhooks.models import Delivery
from shouxin.access.webhooks.rules import CHANGED, Wanted
from shouxin.api.tests.conftest import Make, program  # noqa: F401 - likewise
from shouxin.core.policy import Action, NotAllowed
from shouxin.customers.intake import drafts
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.services import Refused
from shouxin.kit import clock
from tests.register import FOOTING, PHONE, SALES, Register, grant, kept
from tests.world import note_proof

pytestmark = [pytest.mark.django_db, pytest.mark.clause("C16.3")]
Mark = Callable[[Register], Any]


@pytest.fixture(params=["customer", "field"])
def marked(request: pytest.FixtureRequest) -> Mark:
    """How the test marks 李小明's phone: with all of him, or with everybody's."""
    return mark if request.param == "customer" else mark_field


def refused(look: Look, **named: Any) -> str:  # noqa: F811 - the fixture's value
    with pytest.raises(Refused) as caught:
        look(**named)
    return caught.value.refusal.code


def test_a_contact_and_a_grant_from_before_open_nothing_more(
    register: Register,
    look: Look,  # noqa: F811
    marked: Mark,
) -> None:
    grant(register)
    assert look(proved=False) == PHONE
    marked(register)
    act = register.world.actor("clerk")
    with pytest.raises(Refused) as caught:  # in the same contact, which goes on
        gate.open_sealed(
            actor=act,
            purpose=SALES,
            customers=[register["li"]],
            fields=["mobile"],
            action=Action.REVEAL,
            reason="order",
            now=clock.now(),
        )
    assert caught.value.refusal.code in {"risk.grant", "risk.second-factor"}
    assert refused(look) == "risk.grant"
    assert not RiskAlert.objects.exists()


@pytest.mark.parametrize("before", [True, False])
def test_emergency_access_is_no_way_round_two_approvers(
    register: Register,
    look: Look,  # noqa: F811
    opened: Any,  # noqa: F811
    marked: Mark,
    *,
    before: bool,
) -> None:
    if before:
        opened(customer="li")
    marked(register)
    if not before:
        opened(customer="li")
    assert refused(look) == "risk.grant"


def test_one_approver_is_not_two(
    register: Register,
    look: Look,  # noqa: F811
    marked: Mark,
) -> None:
    marked(register)
    act, now = register.world.actor, clock.now()
    asked = grants.propose(
        actor=act("clerk"),
        purpose=SALES,
        fields=("mobile",),
        daily_limit=5,
        until=now + timedelta(days=7),
        reason="处理其投诉",
        now=now,
        strict=True,
    )
    grants.approve(actor=act("sales_head"), grant=asked.id, now=now)
    with pytest.raises(GrantProblem):
        grants.approve(actor=act("sales_head"), grant=asked.id, now=now)
    with pytest.raises(NotAllowed):
        grants.approve(actor=act("clerk"), grant=asked.id, now=now)
    assert refused(look) == "risk.grant"
    grants.approve(actor=act("officer"), grant=asked.id, now=now)
    assert look() == PHONE


def test_a_program_reads_nothing_of_it_in_any_form(
    register: Register,
    program: Make,  # noqa: F811
    marked: Mark,
) -> None:
    app = program()
    _, before = app.read(register["li"], fields=("mobile",), form="token")
    token = before["results"][0]["token"]
    assert PHONE in json.dumps(app.read(register["li"], fields=("mobile",))[1])
    marked(register)
    answers = [
        app.read(register["li"], fields=("mobile",)),
        app.read(register["li"], register["zhang"], fields=("mobile", "person_name")),
        app.read(register["li"], fields=("mobile",), form="token"),
        app.call("POST", "tokens:resolve", {"purpose": SALES, "reason": "delivery", "tokens": [token]}),
        app.call("POST", "customers:search", {"purpose": SALES, "term": PHONE}),
        app.call("POST", "customers:search", {"purpose": SALES, "term": "李小明"}),
    ]
    for status, answer in answers:
        told = json.dumps(answer, ensure_ascii=False)
        assert PHONE not in told, status
        assert PHONE[-4:] not in told, "not even masked"
    one = answers[0][1]
    assert "risk.no-export" in json.dumps(one)
    assert not RiskAlert.objects.exists()


def test_what_a_program_is_told_of_holds_no_value(
    register: Register,
    program: Make,  # noqa: F811
    marked: Mark,
) -> None:
    app, now = program(), clock.now()
    hook = Wanted("https://crm.example.cn/hooks", [CHANGED], [], "同步")
    asked = webhooks.propose(
        actor=register.world.actor("sales_head"), client=app.client.id, wanted=hook, now=now
    )
    webhooks.approve(actor=register.world.actor("officer"), endpoint=asked.id, now=now)
    app.read(register["li"], fields=("mobile",), form="token")
    marked(register)
    row = Customer.objects.get(id=register["li"])
    registry.edit(
        actor=register.world.actor("clerk"), footing=FOOTING, customer=row.id, revision=row.revision,
        values=kept({"mobile": "13900001234"}), now=clock.now(),
    )  # fmt: skip
    bodies = "".join(Delivery.objects.values_list("body", flat=True))
    assert '"mobile"' in bodies  # that it changed is told; what it is would have to be read
    assert "13900001234" not in bodies
    assert PHONE not in bodies


def test_pages_of_staff_show_no_more_than_the_mask(register: Register, client: Client, marked: Mark) -> None:
    grant(register)
    register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    li = register["li"]
    client.post(f"/customers/{li}/contact/", {"reason_class": "order"})
    assert PHONE in client.post(f"/customers/{li}/reveal/", {"field": "mobile"}).content.decode()
    marked(register)
    pages = [
        client.get("/customers/"),
        client.post("/customers/find/", {"term": PHONE}, follow=True),
        client.post("/customers/find/", {"term": "李小明"}, follow=True),
        client.get(f"/customers/{li}/"),
        client.get(f"/customers/{li}/edit/"),
        client.get(f"/customers/{li}/history/"),
    ]
    for shown in pages:
        body = shown.content.decode().replace(
            f'value="{PHONE}"', ""
        )  # the term that was typed, in its own box
        assert shown.status_code == 200, shown.request
        assert PHONE not in body, shown.request["PATH_INFO"]
    note_proof(client)
    assert client.post(f"/customers/{li}/reveal/", {"field": "mobile"}).status_code == 403
    assert not RiskAlert.objects.exists()


def test_refused_rows_leave_in_no_file_with_a_marked_field(register: Register) -> None:
    mark_field(register)
    header = ("客户编号", "姓名", "手机号码")
    batch = cast.imported(
        register,
        cast.table(header, ("K-1", "欧阳春", "13811239876"), ("K-1", "诸葛秋", "13811239876")),
        "a.csv",
    )
    draft = drafts.opened(batch)
    (row,) = drafts.rows_to_send(batch, 0, draft.sheets[0].columns)
    assert (row.cells[1], row.cells[2]) == ("诸葛秋", "")


def test_every_single_read_alerts(
    register: Register,
    look: Look,  # noqa: F811
    marked: Mark,
) -> None:
    marked(register)
    strict(register)
    assert [look() for _ in range(3)] == [PHONE] * 3
    assert RiskAlert.objects.count() == 3
