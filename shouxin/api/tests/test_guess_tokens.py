"""Guessing tokens, per client, per address and spread; a stolen token; collecting customers from masked lists."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from shouxin.access.clients import door
from shouxin.api.tests.conftest import Make, Program
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from shouxin.people.guarding import queries, services
from shouxin.people.guarding.models import SecurityNotice, Source
from shouxin.people.guarding.rules import OF_ACCOUNT, OF_ADDRESS, OF_ALL, OF_LISTS, UNKNOWN_WEIGHT, Kind
from tests.register import SALES, Register

BODY = {"purpose": SALES, "term": "13812345678"}
HOME = "127.0.0.1"


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [datetime.now(UTC).replace(second=20, microsecond=0)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


def knock(token: str, address: str = HOME) -> bool:
    """Whether the door opens."""
    try:
        door.come_in(token=token, address=address, now=clock.now())
    except Problem as problem:
        return problem.status != 401
    return True


def wrong(app: Program) -> str:
    return app.token[:-1] + ("A" if app.token[-1] != "A" else "B")


def told(register: Register, who: str) -> list[str]:
    rows = SecurityNotice.objects.filter(staff=register.world.people[who]).order_by("id")
    return list(rows.values_list("kind", flat=True))


@pytest.mark.clause("D5.2")
def test_address_that_guesses_is_slowed_then_blocked_and_looks_like_any_other(
    program: Make, register: Register, time: list[datetime]
) -> None:
    app = program()
    reference = app.send("POST", "customers:search", BODY, token="unknown").content
    for n in range(OF_ADDRESS.slow - 1):
        assert not knock(f"sxk_{n:012x}_" + "x" * 43)
    row = Source.objects.get(kind=Kind.TOKEN.value, source=HOME)
    assert (row.slowed_at, row.blocked_at) == (time[0], None)
    slowed = app.send("POST", "customers:search", BODY)
    assert (slowed.status_code, slowed.content) == (401, reference)
    for n in range(OF_ADDRESS.block):
        knock(f"sxk_{n:012x}_" + "x" * 43)
    row.refresh_from_db()
    assert row.blocked_at == row.told_at == time[0]
    existing, unknown = (
        app.send("POST", "customers:read", body)
        for body in (
            {**app_body(), "ids": [str(register["li"])]},
            {**app_body(), "ids": [str(uuid4())]},
        )
    )
    assert existing.status_code == unknown.status_code == 401
    assert existing.content == unknown.content == reference
    counted = Source.objects.get(kind=Kind.TOKEN.value, source=HOME).total
    knock("sxk_000000000000_" + "x" * 43)
    assert Source.objects.get(kind=Kind.TOKEN.value, source=HOME).total == counted, "a block is not a log"
    assert "source_blocked" in told(register, "security_admin")
    time[0] += OF_ADDRESS.lasts + timedelta(seconds=1)
    assert knock(app.token)


def app_body() -> dict[str, object]:
    return {"purpose": SALES, "reason": "delivery", "fields": ["person_name"]}


def test_client_guessed_from_many_addresses_is_told_to_its_owner(
    program: Make, register: Register, time: list[datetime]
) -> None:
    app = program()
    for number in range(OF_ACCOUNT.block):
        assert not knock(wrong(app), f"198.51.{number}.1")
    assert told(register, "clerk") == ["token_guessed"]
    assert knock(app.token), "the true token goes on working at its own address"


def test_guesses_spread_over_addresses_and_tokens_are_seen(
    program: Make, register: Register, time: list[datetime]
) -> None:
    app = program()
    for number in range(OF_ALL.block):
        assert not knock(f"sxk_{number:012x}_" + "x" * 43, f"198.51.{number}.1")
    assert told(register, "security_admin") == ["everywhere"]
    assert knock(app.token)


def test_stolen_token_from_another_address_opens_nothing_and_its_owner_is_told_at_once(
    program: Make, register: Register, time: list[datetime]
) -> None:
    app = program()
    assert not knock(app.token, "198.51.100.9")
    notice = SecurityNotice.objects.get(staff=register.world.people["clerk"])
    assert (notice.kind, notice.address, notice.at) == ("token_elsewhere", "198.51.100.9", time[0])
    assert not knock(app.token, "198.51.100.9")
    assert SecurityNotice.objects.filter(kind="token_elsewhere").count() == 1
    assert knock(app.token)


def test_forgotten_program_with_an_ended_token_shuts_nobody_out(
    program: Make, register: Register, time: list[datetime]
) -> None:
    old, app = program(), program(name="另一系统")
    old.client.tokens.update(digest=None, ended_at=time[0])
    for _ in range(OF_ADDRESS.block + 1):
        assert not knock(old.token)
    assert knock(app.token)


@pytest.mark.clause("D5.2")
def test_clerk_who_leafs_through_too_many_customers_is_paused_and_learns_nothing(
    register: Register, time: list[datetime], client: Client
) -> None:
    world = register.world
    browser = world.signed_in(client, "clerk")
    session = browser.session
    session["purpose"] = SALES
    session.save()
    assert browser.get("/customers/").status_code == 200
    counted = Source.objects.get(kind=Kind.LISTS.value).total
    assert counted >= 3, "every page shown is counted"
    services.lists_read(account=world.people["clerk"].id, weight=OF_LISTS.block, now=time[0])
    row = Source.objects.get(kind=Kind.LISTS.value)
    assert row.blocked_at == row.told_at == time[0]
    assert told(register, "clerk") == ["lists"]
    known, unknown = (browser.get(f"/customers/{one}/") for one in (register["li"], uuid4()))
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"] == "/people/paused/"
    assert "暂停到" in browser.get("/people/paused/").content.decode()
    time[0] += OF_LISTS.lasts + timedelta(seconds=1)
    assert browser.get("/people/paused/").status_code == 302
    assert queries.paused_until(world.people["clerk"].id, time[0]) is None


def test_program_that_tries_out_ids_is_paused_and_all_answers_look_alike(
    program: Make, register: Register, time: list[datetime]
) -> None:
    app = program(per_minute=60_000)
    most = OF_LISTS.block // UNKNOWN_WEIGHT
    assert app.read(*(uuid4() for _ in range(most)))[0] == 404
    answers = [app.read(one) for one in (register["li"], uuid4())]
    assert [status for status, _ in answers] == [403, 403]
    assert answers[0] == answers[1]
    assert answers[0][1]["code"] == "readiness.missing"
    assert app.call("POST", "customers:search", BODY)[1]["code"] == "readiness.missing"
    body = {"purpose": SALES, "reason": "delivery", "tokens": ["cst_" + "a" * 26]}
    assert app.call("POST", "tokens:resolve", body)[1]["code"] == "readiness.missing"
    assert told(register, "clerk") == ["lists"]
    assert Entry.objects.filter(event="guard.blocked").count() == 1
