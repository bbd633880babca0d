"""Choosing customers over the pages of the list: some, or all that match but some; never more than one sees."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.customers.registry import selecting
from shouxin.customers.registry.models import Selection
from shouxin.kit import clock
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(register: Register, client: Client) -> Client:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    return client


def chosen(register: Register, address: str, who: str = "clerk") -> set[str]:
    token = address.split("sel=")[1].split("&", maxsplit=1)[0]
    actor = register.world.actor(who)
    found = selecting.chosen(actor, token, clock.now())
    members = selecting.members(actor, found, 100) if found else []
    return {name for name, key in register.ids.items() if key in members}


def post(browser: Client, register: Register, verb: str, *ticked: str, **more: str) -> str:
    shown = [str(register[name]) for name in ("li", "zhang", "huaxin")]
    data = {"verb": verb, "shown": shown, "one": [str(register[name]) for name in ticked], **more}
    return str(browser.post("/customers/select/", data)["Location"])


def test_ticks_are_kept_from_page_to_page(browser: Client, register: Register) -> None:
    address = post(browser, register, "keep", "li")
    assert chosen(register, address) == {"li"}
    page = browser.get(address)
    assert page.context["ticked"] == {register["li"]}
    token = address.split("sel=")[1]
    again = post(browser, register, "keep", "zhang", "huaxin", sel=token)  # li was unticked
    assert chosen(register, again) == {"zhang", "huaxin"}


def test_all_that_match_minus_these(browser: Client, register: Register) -> None:
    address = post(browser, register, "all", q_kind="person")
    assert chosen(register, address) == {"li", "zhang"}
    token = address.split("sel=")[1]
    again = post(browser, register, "go", "li", "huaxin", sel=token)
    assert again.startswith("/customers/bulk/new/?sel=")
    assert chosen(register, again) == {"li"}


def test_nobody_chooses_whom_they_do_not_see(browser: Client, register: Register) -> None:
    """Attack: ids of others' customers are posted as shown and ticked."""
    secret = str(register["secret"])
    answer = browser.post("/customers/select/", {"verb": "keep", "shown": [secret], "one": [secret]})
    assert chosen(register, answer["Location"]) == set()


def test_a_selection_is_its_makers_alone_and_ends(browser: Client, register: Register) -> None:
    token = post(browser, register, "keep", "li").split("sel=")[1]
    world, now = register.world, clock.now()
    assert selecting.chosen(world.actor("sales_head"), token, now) is None
    assert selecting.chosen(world.actor("clerk"), token, now + timedelta(hours=5)) is None
    selecting.drop(actor=world.actor("sales_head"), token=token)
    assert selecting.chosen(world.actor("clerk"), token, now) is not None
    post(browser, register, "none", sel=token)
    assert not Selection.objects.exists()


def test_the_token_is_kept_as_a_digest(browser: Client, register: Register) -> None:
    token = post(browser, register, "keep", "li").split("sel=")[1]
    assert token.encode() not in bytes(Selection.objects.get().token)


def test_who_may_do_nothing_with_it_has_no_boxes(register: Register, client: Client) -> None:
    register.world.signed_in(client, "officer").post("/purpose/", {"purpose": SALES})
    page = client.get("/customers/")
    if page.status_code == 200:
        assert 'name="one"' not in page.content.decode()
    assert client.post("/customers/select/", {"verb": "all"}).status_code == 403
