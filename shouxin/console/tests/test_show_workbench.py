"""The first page says to everybody what to do next: while the organisation sets itself up, and afterwards."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from shouxin.console import queries
from shouxin.kit import clock
from shouxin.operations.demo.models import DemonstrationMark
from shouxin.people import services as people
from shouxin.rulebook.catalogue.services import load_pack
from shouxin.rulebook.purposes.defaults import adopt_defaults
from tests.register import Register
from tests.world import ORGANISATION, World

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def done(world: World, who: str) -> list[bool]:
    return [step.done for step in queries.setup_steps(world.actor(who))]


def test_without_purposes_the_head_is_sent_to_adopt_them(world: World, client: Client) -> None:
    load_pack(world.actor("officer"))
    shown = page(world.signed_in(client, "sales_head"))
    assert "开始使用" in shown
    assert f'href="{reverse("rulebook:defaults")}"' in shown
    assert done(world, "sales_head") == [False, True, False, False]


def test_who_cannot_take_a_step_reads_who_can(world: World, client: Client) -> None:
    load_pack(world.actor("officer"))
    shown = page(world.signed_in(client, "clerk"))
    assert reverse("rulebook:defaults") not in shown
    assert "由谁办理" in shown
    assert "_head)" in shown
    by_name = {str(step.title): step for step in queries.setup_steps(world.actor("clerk"))}
    assert by_name["授予角色并确认"].address is None
    assert "郑洁 (security_admin)" in by_name["授予角色并确认"].names


def test_administrators_are_sent_to_their_own_steps(world: World) -> None:
    addresses = {
        who: [step.address for step in queries.setup_steps(world.actor(who))]
        for who in ("system_admin", "security_admin", "audit_admin")
    }
    assert addresses["system_admin"] == [None, reverse("people:staff_new"), None, None]
    assert addresses["security_admin"] == [None, None, reverse("people:staff"), None]
    assert addresses["audit_admin"] == [None] * 4


def test_customers_come_when_a_purpose_is_in_use(world: World) -> None:
    load_pack(world.actor("officer"))
    assert queries.setup_steps(world.actor("clerk"))[-1].address is None
    adopt_defaults(
        world.actor("sales_head"), world.actor("officer"), organisation=ORGANISATION, contact="周正"
    )
    last = queries.setup_steps(world.actor("clerk"))[-1]
    assert last.address is not None
    assert last.address.startswith("/customers/")


def test_once_it_works_the_steps_are_gone_and_the_purposes_offered(
    register: Register, client: Client
) -> None:
    shown = page(register.world.signed_in(client, "clerk"))
    assert "开始使用" not in shown
    assert queries.setup_steps(register.world.actor("officer")) == []
    offered = re.findall(r'<button class="sx-btn" name="purpose" value="(\w+)"', shown)
    assert "sales_contract" in offered
    client.post(reverse("people:purpose"), {"purpose": "sales_contract"})
    assert "现在为哪个处理目的工作" not in page(client)


def test_a_waiting_role_keeps_the_step_of_granting_open(world: World) -> None:
    steps = queries.setup_steps(world.actor("sales_head"))
    assert not steps[2].done
    people.end_staff(actor=world.actor("system_admin"), staff_id=world.people["newcomer"].id)
    assert queries.setup_steps(world.actor("sales_head"))[2].done


def test_demonstration_data_are_named_on_every_page(register: Register, client: Client) -> None:
    world = register.world
    assert "sx-demo" not in page(world.signed_in(client, "clerk"))
    DemonstrationMark.objects.create(
        customer_seed=1, staff_seed=1, customers=1, until=clock.today(), loaded_at=clock.now()
    )
    assert "演示数据" in page(client)
    assert "演示数据" in client.get(reverse("rulebook:purposes")).content.decode()


def test_nobody_meets_an_empty_workbench(register: Register, client: Client) -> None:
    for who in (
        "clerk",
        "sales_head",
        "officer",
        "system_admin",
        "security_admin",
        "audit_admin",
        "supervisor",
    ):
        assert 'class="sx-task"' in page(register.world.signed_in(client, who)), who


def test_choosing_a_purpose_leads_back_to_the_page_that_asked(register: Register, client: Client) -> None:
    page_of_customers = reverse("customers:list")
    shown = register.world.signed_in(client, "clerk").get(page_of_customers)
    assert 'name="purpose" value="sales_contract"' in shown.content.decode()
    answer = client.post(reverse("people:purpose"), {"purpose": "sales_contract", "next": page_of_customers})
    assert answer.headers["Location"] == page_of_customers
    assert client.get(page_of_customers).status_code == 200
