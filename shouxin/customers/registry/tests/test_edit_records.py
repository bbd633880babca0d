"""A contact or an order of a customer is changed on its own page, masked, and nobody else's change is overwritten."""

import pytest
from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.registry import queries
from shouxin.customers.registry.models import Customer, Record
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from tests.register import SALES, Register
from tests.world import World


@pytest.fixture
def clerk(world: World, register: Register, client: Client) -> Client:
    world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    return client


def address(register: Register, record: str = "chen", verb: str = "edit") -> str:
    return f"/customers/{register['huaxin']}/records/{register.records[record]}/{verb}/"


def phone(register: Register) -> str | None:
    row = Customer.objects.get(id=register["huaxin"])
    view = queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=row,
        fields=["contact_mobile"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        records=[Record.objects.get(id=register.records["chen"])],
    )
    return view.records[0].cells["contact_mobile"].text


def test_a_contacts_phone_is_changed_and_the_rest_stays(register: Register, clerk: Client) -> None:
    form = clerk.get(address(register)).content.decode()
    assert "135****2222" in form
    assert "13511112222" not in form
    done = clerk.post(address(register), {"contact_mobile": "13611113333", "revision": "1"})
    assert done.status_code == 302
    assert phone(register) == "136****3333"
    entry = of_events(["customer.changed"])[0]
    assert entry.data["record"] == str(register.records["chen"])
    assert entry.data["fields"] == ["contact_mobile"]
    past = clerk.get(address(register, verb="history")).content.decode()
    assert "135****2222" in past


def test_the_second_of_two_people_is_told(register: Register, clerk: Client) -> None:
    clerk.post(address(register), {"contact_mobile": "13611113333", "revision": "1"})
    late = clerk.post(address(register), {"contact_mobile": "13711114444", "revision": "1"})
    assert late.status_code == 409
    assert "别人已经修改了这位客户" in late.content.decode()
    assert phone(register) == "136****3333"


def test_a_required_value_cannot_be_taken_away(register: Register, clerk: Client) -> None:
    refused = clerk.post(address(register, "order"), {"clear": ["order_no"], "revision": "1"})
    assert refused.status_code == 422
    assert "必填项不能清空" in refused.content.decode()


def test_a_record_of_another_customer_is_not_found(register: Register, clerk: Client) -> None:
    foreign = f"/customers/{register['li']}/records/{register.records['chen']}/edit/"
    assert clerk.get(foreign).status_code == 404
    assert clerk.post(foreign, {"contact_mobile": "13611113333", "revision": "1"}).status_code == 404
    assert phone(register) == "135****2222"
