"""Guessing passwords: per address, per account from many addresses, spread over everything; and new places."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.guarding import queries, services
from shouxin.people.guarding.models import Place, SecurityNotice, Source
from shouxin.people.guarding.rules import OF_ACCOUNT, OF_ADDRESS, OF_ALL, Kind
from tests.world import PASSWORD, World

HERE = "203.0.113.7"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [datetime.now(UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


def attempt(name: str, password: str = PASSWORD, address: str = HERE) -> Any:
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": name, "password": password})


def alert(answer: Any) -> str:
    """What the page says is wrong."""
    page: str = answer.content.decode()
    start = page.index("sx-alert-bad")
    return page[start : page.index("</div>", start)]


def fail(world: World, count: int, *, address: str = HERE, account: str | None = None) -> None:
    for _ in range(count):
        services.sign_in_failed(
            address=address, account=world.people[account].id if account else None, now=clock.now()
        )


def told(world: World, who: str) -> list[str]:
    return list(
        SecurityNotice.objects.filter(staff=world.people[who]).order_by("id").values_list("kind", flat=True)
    )


@pytest.mark.clause("D5.2")
def test_address_that_guesses_is_slowed_then_blocked_and_the_owner_told(
    world: World, time: list[datetime]
) -> None:
    for number in range(OF_ADDRESS.slow):
        attempt("marketer" if number % 4 == 0 else f"name{number}", "wrong")
    row = Source.objects.get(kind=Kind.SIGN_IN.value, source=HERE)
    assert row.slowed_at == time[0]
    refused = attempt("clerk")
    assert refused.status_code == 422, "slowed: even the right password is not looked at"
    assert alert(refused) == alert(attempt("clerk", "wrong")) == alert(attempt("nobody", "wrong"))
    time[0] += timedelta(minutes=1)
    fail(world, OF_ADDRESS.block, account="marketer")
    row.refresh_from_db()
    assert row.blocked_at == row.told_at == time[0]
    assert "guessed" in told(world, "marketer")
    assert "source_blocked" in told(world, "security_admin")
    assert Entry.objects.filter(event="guard.blocked").exists()
    assert queries.closed_to(address=HERE, account=world.people["clerk"].id, now=time[0])
    assert attempt("clerk", address="198.51.100.9").status_code == 302, "others go on"
    time[0] += OF_ADDRESS.lasts + timedelta(seconds=1)
    assert not queries.closed_to(address=HERE, account=None, now=time[0])


def test_account_guessed_from_many_addresses_stays_open_at_its_own_place(
    world: World, time: list[datetime]
) -> None:
    assert attempt("clerk").status_code == 302
    for number in range(OF_ACCOUNT.block):
        fail(world, 1, address=f"198.51.{number}.1", account="clerk")
    assert attempt("clerk", address="192.0.2.50").status_code == 422
    assert attempt("clerk").status_code == 302
    assert told(world, "clerk") == ["guessed_spread"]
    assert attempt("marketer", address="192.0.2.50").status_code == 302


def test_one_address_that_keeps_trying_does_not_lock_the_account_elsewhere(
    world: World, time: list[datetime]
) -> None:
    fail(world, OF_ADDRESS.block, account="clerk")
    assert attempt("clerk").status_code == 422
    assert attempt("clerk", address="192.0.2.50").status_code == 302
    assert told(world, "clerk") == ["guessed"]


def test_guesses_spread_over_everything_are_told_to_the_security_administrators(
    world: World, time: list[datetime]
) -> None:
    for number in range(OF_ALL.block):
        fail(world, 1, address=f"198.51.{number}.1")
    assert told(world, "security_admin") == ["everywhere"]
    assert attempt("clerk", address="192.0.2.50").status_code == 302, "nobody is shut out for it"


@pytest.mark.clause("D5.2")
def test_new_place_is_told_once_and_the_first_is_none(world: World, time: list[datetime]) -> None:
    attempt("clerk")
    assert told(world, "clerk") == []
    attempt("clerk", address="203.0.113.99")  # the same neighbourhood
    assert told(world, "clerk") == []
    attempt("clerk", address="198.51.100.9")
    attempt("clerk", address="198.51.100.10")
    assert told(world, "clerk") == ["new_place"]
    assert Place.objects.filter(staff=world.people["clerk"]).count() == 2
    entry = Entry.objects.get(event="guard.new_place")
    assert b"198.51" not in bytes(entry.body)


def test_security_administrator_lets_a_source_in_again(world: World, time: list[datetime]) -> None:
    fail(world, OF_ADDRESS.block)
    page = world.signed_in(Client(), "security_admin").get("/people/guard/?state=closed")
    assert HERE in page.content.decode()
    row = Source.objects.get(kind=Kind.SIGN_IN.value, source=HERE)
    services.release(actor=world.actor("security_admin"), source=row.id, now=time[0])
    assert attempt("clerk").status_code == 302
    assert Entry.objects.filter(event="guard.released").count() == 1


def test_owner_reads_the_notices_on_the_workbench(world: World, time: list[datetime]) -> None:
    attempt("clerk")
    attempt("clerk", address="198.51.100.9")
    browser = world.signed_in(Client(), "clerk")
    assert "账号安全提醒" in browser.get("/").content.decode()
    page = browser.get("/people/security/").content.decode()
    assert "您的登录名从新的地点登录" in page
    assert "198.51.100.9" in page
    browser.post("/people/security/seen/")
    assert queries.unseen(world.actor("clerk")).count() == 0
    assert (
        world.signed_in(Client(), "marketer").get("/people/security/").content.decode().count("198.51") == 0
    )
