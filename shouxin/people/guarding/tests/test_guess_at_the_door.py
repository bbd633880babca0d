"""Guesses through the front door: passwords from one address, from many, and spread; codes at the second step."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.people.guarding import services
from shouxin.people.guarding.models import SecurityNotice, Source
from shouxin.people.guarding.rules import OF_ACCOUNT, OF_ADDRESS, OF_ALL, Kind
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


def password(who: str, typed: str = PASSWORD, address: str = HERE) -> int:
    given = {"username": who, "password": typed}
    return Client(REMOTE_ADDR=address).post("/sign-in/", given).status_code


def test_passwords_guessed_from_one_address_block_it_for_everybody_until_it_is_over(
    world: World, time: list[datetime]
) -> None:
    for number in range(OF_ADDRESS.block):
        assert password(f"name{number}", "guess") == 422
    assert password("clerk") == 429
    assert Source.objects.get(kind=Kind.SIGN_IN.value, source=HERE).blocked_at == time[0]
    assert told(world, "security_admin") == ["source_blocked"]
    assert password("clerk", address="192.0.2.50") == 302, "others go on"
    time[0] += OF_ADDRESS.lasts + timedelta(minutes=5)
    assert password("clerk") == 302


def test_one_log_in_guessed_from_many_addresses_stays_open_where_its_owner_works(
    world: World, time: list[datetime]
) -> None:
    assert password("clerk") == 302
    for number in range(OF_ACCOUNT.block):
        assert password("clerk", "guess", f"198.51.{number}.1") == 422
    assert password("clerk", address="192.0.2.50") == 422, "not even with the right password"
    assert password("clerk") == 302
    assert told(world, "clerk") == ["guessed_spread"]


def test_a_slowed_address_stays_open_to_who_works_there_a_blocked_one_to_nobody(
    world: World, time: list[datetime]
) -> None:
    assert password("clerk") == 302
    for _ in range(OF_ADDRESS.slow):
        services.sign_in_failed(address=HERE, account=None, now=time[0])
    assert password("clerk") == 302
    assert password("marketer") == 422, "who was never here waits"
    for _ in range(OF_ADDRESS.block - OF_ADDRESS.slow):
        services.sign_in_failed(address=HERE, account=None, now=time[0])
    assert password("clerk") == 422


def test_passwords_guessed_once_each_from_everywhere_are_told(world: World, time: list[datetime]) -> None:
    people = [key for key, staff in world.people.items() if staff.is_active]
    for number in range(OF_ALL.block - len(people)):
        services.sign_in_failed(address=f"198.51.{number}.1", account=None, now=time[0])
    for number, who in enumerate(people):
        assert told(world, "security_admin") == []
        assert password(who, "guess", f"203.0.{number}.1") == 422
    assert told(world, "security_admin") == ["everywhere"]
    assert password("clerk", address="192.0.2.50") == 302, "nobody is shut out for it"


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
