"""The rules of a customer's region hold for that customer, in one statement for a whole batch, and are said."""

from datetime import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.core.policy import Action, Form
from shouxin.customers.registry import queries, services
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.services import Refused
from shouxin.kit import clock
from shouxin.rulebook.regions import services as regions
from shouxin.rulebook.regions.rules import Hours, Raise
from tests.register import FOOTING, SALES, Register, grant, kept

HOURS = Hours("Europe/Brussels", (1, 2, 3, 4, 5), time(9), time(18))


@pytest.fixture
def abroad(register: Register) -> Register:
    """李小明 is a customer of the EU, where gender and mobile are sensitive."""
    world = register.world
    for name in ("li", "zhang"):
        services.edit(
            actor=world.actor("clerk"),
            footing=FOOTING,
            customer=register[name],
            revision=1,
            values=kept({"member_level": "金卡"}),
            now=clock.now(),
        )
    Customer.objects.filter(id=register["li"]).update(jurisdiction="EU")
    raises = [
        Raise("member_level", 3, sensitive=False, reason="从严"),
        Raise("mobile", None, sensitive=True, reason="从严"),
    ]
    drafted = regions.draft_region(
        world.actor("sales_head"),
        jurisdiction="EU",
        hours=HOURS,
        raises=raises,
        note="从严",
        now=clock.now(),
    )
    regions.approve_region(
        world.actor("officer"), version_id=drafted.id, seen=drafted.sha256, now=clock.now()
    )
    return register


def test_one_batch_of_two_regions_is_decided_by_one_statement(abroad: Register) -> None:
    def opened() -> gate.Opened:
        return gate.open_sealed(
            actor=abroad.world.actor("clerk"),
            purpose=SALES,
            customers=[abroad["li"], abroad["zhang"]],
            fields=["member_level"],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )

    opened()  # what is cached is cached
    permit = opened().permit
    assert permit.form(abroad["li"], "member_level") is Form.HIDDEN
    assert permit.form(abroad["zhang"], "member_level") is Form.CLEAR
    with CaptureQueriesContext(
        connection,
    ) as asked:
        opened()
    assert not [query for query in asked if "region" in query["sql"]]


def test_a_standing_grant_does_not_reach_what_is_sensitive_there(abroad: Register) -> None:
    grant(abroad)
    clerk = abroad.world.actor("clerk")
    for name in ("li", "zhang"):
        gate.open_contact(
            actor=clerk,
            customer=abroad[name],
            purpose=SALES,
            reason_class="order",
            note="",
            now=clock.now(),
        )

    def reveal(name: str) -> queries.CustomerView:
        return queries.profile(
            actor=clerk,
            purpose=SALES,
            row=Customer.objects.get(id=abroad[name]),
            fields=["mobile"],
            action=Action.REVEAL,
            reason="order",
            now=clock.now(),
        )

    assert reveal("zhang").cells["mobile"].form is Form.CLEAR
    with pytest.raises(Refused, match=r"grant\.region") as refused:
        reveal("li")
    assert "地区的规则" in refused.value.refusal.reason.zh


def test_the_page_says_why_and_when_to_call(abroad: Register, client: Client) -> None:
    abroad.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{abroad['li']}/").content.decode()
    assert "因地区规则（EU）按敏感或更高级别处理" in page
    assert "可联系时间：周一至周五 09:00–18:00" in page
    assert (
        "地区规则" not in client.get(f"/customers/{abroad['zhang']}/").content.decode().split("sx-main")[-1]
    )
