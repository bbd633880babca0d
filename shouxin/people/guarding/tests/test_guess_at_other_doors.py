"""Guesses at the second step, by SCIM and by single sign-on count like guesses of passwords and tokens."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.people.guarding import services
from shouxin.people.guarding.models import SecurityNotice, Source
from shouxin.people.guarding.rules import OF_ADDRESS, OF_ALL, Kind
from shouxin.people.second_factor.services import renew_recovery_codes
from tests.world import PASSWORD, World

HERE = "203.0.113.7"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [datetime.now(UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


def told(world: World, who: str) -> list[str]:
    rows = SecurityNotice.objects.filter(staff=world.people[who]).order_by("id")
    return list(rows.values_list("kind", flat=True))


def second_step(who: str, typed: str, address: str = HERE) -> Any:
    browser = Client(REMOTE_ADDR=address)
    browser.post("/sign-in/", {"username": who, "password": PASSWORD})
    return browser.post("/sign-in/second-step/", {"factor_code": typed})


@pytest.mark.parametrize("typed", ["00000000", "0000000000", "0000 0000 00", "abcdefghij"])
def test_recovery_codes_are_guessed_five_times_and_the_owner_hears_that_the_password_is_known(
    world: World, typed: str
) -> None:
    world.code("officer")
    good = renew_recovery_codes(actor=world.actor("officer"))[0]
    answers = [second_step("officer", typed, f"198.51.{number}.1").status_code for number in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert told(world, "officer") == ["factor_guessed"]
    assert second_step("officer", good, "198.51.9.1").status_code == 429


def test_codes_guessed_from_one_address_slow_it_at_the_first_door_too(
    world: World, time: list[datetime]
) -> None:
    for who in ("officer", "security_admin", "system_admin"):
        world.code(who)
        for _ in range(4):
            second_step(who, "abcdefghij")
    row = Source.objects.get(kind=Kind.SIGN_IN.value, source=HERE)
    assert row.slowed_at == time[0]
    assert row.count >= OF_ADDRESS.slow
    assert (
        Client(REMOTE_ADDR=HERE).post("/sign-in/", {"username": "clerk", "password": PASSWORD}).status_code
        == 422
    )


def test_codes_guessed_from_everywhere_are_told(world: World, time: list[datetime]) -> None:
    world.code("officer")
    for number in range(OF_ALL.block - 1):
        services.sign_in_failed(address=f"198.51.{number}.1", account=None, now=time[0])
    assert told(world, "security_admin") == []
    second_step("officer", "abcdefghij")
    assert told(world, "security_admin") == ["everywhere"]
