"""A program that asks too often or for too many is told when to come again."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from shouxin.access.clients import changes, rules
from shouxin.api.tests.conftest import Make
from shouxin.journal.models import Entry
from shouxin.kit import clock
from tests.register import SALES, Register

BODY = {"purpose": SALES, "term": "13812345678"}


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """A clock that stands still; its only element may be replaced."""
    now = [datetime.now(UTC).replace(second=20, microsecond=0)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


def test_too_many_requests_a_minute(program: Make, at_noon: list[datetime]) -> None:
    app = program(per_minute=3)
    answers = [app.send("POST", "customers:search", BODY) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429, 429]
    assert answers[3].headers["Retry-After"] == "40"
    assert answers[3].json()["code"] == "limit.requests"
    assert Entry.objects.filter(event="api_client.slowed").count() == 1
    at_noon[0] += timedelta(minutes=1)
    assert app.send("POST", "customers:search", BODY).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_limit_holds_among_requests_at_the_same_moment(program: Make, at_noon: list[datetime]) -> None:
    app, answers, barrier = program(per_minute=3), [], threading.Barrier(6)

    def send() -> None:
        barrier.wait()
        answers.append(app.send("POST", "customers:search", BODY).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 200, 200, 429, 429, 429]


def test_one_clients_limit_is_not_anothers(program: Make, at_noon: list[datetime]) -> None:
    one, other = program(per_minute=1), program(per_minute=1)
    assert one.call("POST", "customers:search", BODY)[0] == 200
    assert one.call("POST", "customers:search", BODY)[0] == 429
    assert other.call("POST", "customers:search", BODY)[0] == 200


def test_too_many_customers_a_day(program: Make, register: Register, at_noon: list[datetime]) -> None:
    app = program(daily_rows=3)
    assert app.read(register["li"], register["zhang"])[0] == 200
    status, problem = app.read(register["li"], register["zhang"])
    assert (status, problem["code"], problem["limit"]) == (429, "limit.daily-rows", 3)
    assert app.read(register["li"])[0] == 200
    assert app.read(register["li"])[0] == 429
    assert Entry.objects.filter(event="field.read", actor=app.client.pseudonym).count() == 3


def test_a_second_token_of_a_program_is_no_second_day(
    program: Make, register: Register, at_noon: list[datetime]
) -> None:
    """Attack: while a rotation overlaps, both tokens are used to take twice as much."""
    app = program(daily_rows=2)
    world, now = register.world, at_noon[0]
    asked = changes.propose_rotation(
        actor=world.actor("sales_head"), client=app.client.id, overlap_days=7, reason="到期", now=now
    )
    _change, newer = changes.approve_change(actor=world.actor("officer"), change=asked.id, now=now)
    older = app.token
    for token, status in ((older, 200), (newer, 200), (older, 429), (newer, 429)):
        app.token = token
        assert app.read(register["li"])[0] == status


def test_guessed_ids_count_like_real_ones(program: Make, at_noon: list[datetime]) -> None:
    app = program(daily_rows=2)
    guesses = ["019ab000-0000-7000-8000-00000000000" + str(n) for n in range(3)]
    assert app.read(ids=guesses)[0] == 429
    assert app.read(ids=guesses[:2])[0] == 404
    assert app.read(ids=guesses[:1])[0] == 429


def test_written_customers_count_too(program: Make, at_noon: list[datetime]) -> None:
    app = program(daily_rows=1)
    rows = [app.person("甲"), app.person("乙")]
    assert app.call("POST", "customers:batch", {**app.footing(), "rows": rows})[0] == 429
    assert app.call("POST", "customers:batch", {**app.footing(), "rows": rows[:1]})[0] == 200


def test_daily_number_starts_anew_at_midnight_in_shanghai() -> None:
    late = datetime(2026, 11, 21, 15, 59, 30, tzinfo=UTC)
    assert rules.until_midnight(late) == 30
    assert rules.day_of(late) != rules.day_of(late + timedelta(seconds=31))
