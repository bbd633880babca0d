"""What somebody pins stands first in their menu, wherever they sign in; nobody pins what does not open for them."""

import re

import pytest
from django.test import Client

from shouxin.people.models import Staff
from shouxin.people.preferences import services
from shouxin.people.problems import PeopleError
from tests.world import World

pytestmark = pytest.mark.django_db


def first(client: Client) -> list[str]:
    found = re.search(r'<ul class="sx-daily">(.*?)</ul>', client.get("/menu/").content.decode(), re.DOTALL)
    return re.findall(r'href="([^"]+)"', found[1]) if found else []


def test_a_pin_comes_after_the_others_and_goes_again(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    before = first(client)
    assert before[:2] == ["/customers/find/", "/customers/"]
    client.post("/menu/pin/", {"entry": "customers:duplicates"})
    assert first(client) == [*before, "/customers/duplicates/"]
    client.post("/menu/pin/", {"entry": "customers:find"})
    assert first(client) == [*before[1:], "/customers/duplicates/"]
    assert first(world.signed_in(Client(), "clerk")) == first(client)


def test_taking_all_out_leaves_none(world: World, client: Client) -> None:
    services.choose_pins(actor=world.actor("clerk"), pins=[])
    assert first(world.signed_in(client, "clerk")) == []


def test_what_does_not_open_cannot_be_pinned(world: World, client: Client) -> None:
    world.signed_in(client, "clerk").post("/menu/pin/", {"entry": "journal:entries"})
    assert Staff.objects.get(user_name="clerk").pins is None
    with pytest.raises(PeopleError):
        services.choose_pins(actor=world.actor("clerk"), pins=["journal:entries"])


def test_a_pin_whose_right_ended_is_not_shown(world: World, client: Client) -> None:
    Staff.objects.filter(user_name="clerk").update(pins=["journal:entries", "customers:find"])
    assert first(world.signed_in(client, "clerk")) == ["/customers/find/"]


def test_the_ninth_pin_is_refused_with_a_sentence(world: World, client: Client) -> None:
    names = ["find", "list", "create", "promises", "segments", "handover", "imports", "duplicates"]
    services.choose_pins(actor=world.actor("clerk"), pins=[f"customers:{name}" for name in names])
    answer = world.signed_in(client, "clerk").post("/menu/pin/", {"entry": "customers:cleanup"}, follow=True)
    assert "常用最多放 8 项" in answer.content.decode()
    assert len(first(client)) == 8
