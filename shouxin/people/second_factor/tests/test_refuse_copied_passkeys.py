"""A passkey whose counter goes back was copied: it opens nothing, and those who can do something hear of it."""

from typing import Any

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.people.models import FactorFailure, SecurityNotice
from tests.peers.authenticator import HOST, SecurityKey
from tests.world import PASSWORD, World, have_keys


def browser() -> Client:
    return Client(headers={"host": HOST})


def owner_of(world: World, key: SecurityKey) -> None:
    """The clerk makes a passkey with this security key."""
    have_keys()
    page = world.signed_in(browser(), "clerk")
    options = page.get("/second-factor/passkey/").context["options"]
    made = page.post("/second-factor/passkey/", {"name": "安全密钥", "credential": key.make(options)})
    assert made.status_code == 200, made.content.decode()


def come_in(key: SecurityKey, counter: int) -> tuple[Client, Any]:
    """Through the door with password and passkey."""
    page = browser()
    page.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    options = page.get("/sign-in/second-step/").context["passkey_options"]
    answer = page.post("/sign-in/second-step/", {"factor_passkey": key.sign(options, counter)})
    return page, answer


def inside(page: Client) -> bool:
    return page.get("/").status_code == 200


@pytest.mark.parametrize("copy", [7, 6, 1, 0])
def test_a_counter_that_does_not_go_on_opens_nothing_and_is_told(world: World, copy: int) -> None:
    key = SecurityKey(counter=5)
    owner_of(world, key)
    page, answer = come_in(key, 7)
    assert answer.status_code == 302
    assert inside(page)
    page, answer = come_in(key, copy)
    assert answer.status_code == 422
    assert not inside(page)
    told = SecurityNotice.objects.filter(kind="passkey_copied").values_list("staff__user_name", flat=True)
    assert set(told) == {"clerk", "security_admin"}
    assert Entry.objects.filter(event="factor.copied").count() == 1
    page, answer = come_in(key, 8)  # the owner's own goes on, so that the copy does not lock them out
    assert answer.status_code == 302


def test_the_counter_of_the_making_counts_too(world: World) -> None:
    key = SecurityKey(counter=5)
    owner_of(world, key)
    assert come_in(key, 5)[1].status_code == 422
    assert come_in(key, 6)[1].status_code == 302


def test_a_passkey_without_a_counter_is_no_copy(world: World) -> None:
    """Passkeys that several devices share always say nought."""
    key = SecurityKey(counter=0)
    owner_of(world, key)
    for _ in range(2):
        page, answer = come_in(key, 0)
        assert answer.status_code == 302
        assert inside(page)
    assert not SecurityNotice.objects.filter(kind="passkey_copied").exists()


def test_an_answer_overheard_opens_nothing_a_second_time(world: World) -> None:
    """Attack: what the browser sent is sent again, in its own session and in another; no counter would tell."""
    key = SecurityKey(counter=0)
    owner_of(world, key)
    page = browser()
    page.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    overheard = key.sign(page.get("/sign-in/second-step/").context["passkey_options"], 0)
    assert page.post("/sign-in/second-step/", {"factor_passkey": overheard}).status_code == 302
    page.post("/sign-out/")
    for thief in (page, browser()):
        thief.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
        thief.get("/sign-in/second-step/")
        assert thief.post("/sign-in/second-step/", {"factor_passkey": overheard}).status_code == 422
        assert not inside(thief)


def test_wrong_passkeys_are_guesses_like_wrong_codes(world: World) -> None:
    key, other = SecurityKey(), SecurityKey()
    owner_of(world, key)
    other.id = key.id  # another key under the same name
    answers = [come_in(other, 9)[1].status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert FactorFailure.objects.count() == 5
    assert come_in(key, 9)[1].status_code == 429, "locked, even for the right one"
