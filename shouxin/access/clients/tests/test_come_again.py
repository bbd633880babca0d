"""Whoever came a moment ago is let in by a shorter statement: for as long as all that was right still is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shouxin.access.clients import door, services
from shouxin.access.clients.models import ApiClient, ClientUse
from shouxin.access.clients.tests.conftest import Propose
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from shouxin.kit.statements import execute as ask
from shouxin.people.guarding.models import Source
from shouxin.people.models import Department, Staff
from tests.world import World

HERE, DAILY, A_MINUTE = "203.0.113.7", 10, 6
Issued = tuple[ApiClient, str]


@pytest.fixture(autouse=True)
def _at_twenty_past(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now().replace(second=20)
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def issued(propose: Propose, ruled: World) -> Issued:
    asked = propose(daily_rows=DAILY, per_minute=A_MINUTE, starts_at=clock.now() - timedelta(hours=1))
    return services.approve(actor=ruled.actor("officer"), client=asked.id, now=clock.now())


def come(token: str, address: str = HERE, rows: int = 0) -> door.Caller:
    return door.come_in(token=token, address=address, now=clock.now(), rows=rows)


def statements(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> list[str]:
    seen: list[str] = []

    def execute(text: str, values: Any) -> Any:
        seen.append(text)
        return ask(text, values)

    with monkeypatch.context() as patch:
        patch.setattr(door, "execute", execute)
        work()
    return seen


def short_way_is_open(monkeypatch: pytest.MonkeyPatch, token: str) -> bool:
    return ["INSERT" in text for text in statements(monkeypatch, lambda: come(token))] == [False]


def test_it_counts_requests_and_customers_as_the_long_way_does(
    issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, token = issued
    first = come(token, rows=2)
    assert short_way_is_open(monkeypatch, token)
    again = come(token, rows=3)
    use = ClientUse.objects.get(client=client)
    assert (use.requests, use.rows) == (3, 5)
    assert (again.counted, again.actor, again.revision) == (3, first.actor, first.revision)
    assert come(token, rows=6).counted == 0  # more than are left today: none of them is counted here
    with pytest.raises(Problem) as refused:
        come(token, rows=6).take_rows(6, clock.now())
    assert refused.value.status == 429
    use.refresh_from_db()
    assert (use.requests, use.rows) == (5, 5)


def test_what_was_left_of_another_day_is_not_used_today(issued: Issued) -> None:
    """Attack: a program whose customers of today are used up asks on, with a day before on which it took none."""
    client, token = issued
    come(token, rows=DAILY)
    today = ClientUse.objects.get(client=client)
    yesterday = ClientUse.objects.create(
        client=client,
        day=today.day - timedelta(days=1),
        minute=today.minute - 24 * 60,
        requests=1,
        rows=0,
        last_at=today.last_at - timedelta(days=1),
    )
    with pytest.raises(Problem) as refused:
        come(token, rows=1).take_rows(1, clock.now())
    assert refused.value.status == 429
    yesterday.refresh_from_db()
    assert (yesterday.requests, yesterday.rows) == (1, 0)


def test_it_is_closed_when_the_minute_is_used_up(issued: Issued) -> None:
    client, token = issued
    for _ in range(A_MINUTE):
        come(token)
    with pytest.raises(Problem) as refused:
        come(token, rows=1)
    assert refused.value.status == 429
    assert ClientUse.objects.get(client=client).rows == 0


TAKEN_AWAY: dict[str, Callable[[ApiClient], Any]] = {
    "state": lambda client: ApiClient.objects.filter(id=client.id).update(state="ended"),
    "not yet": lambda client: ApiClient.objects.filter(id=client.id).update(
        starts_at=clock.now() + timedelta(minutes=1)
    ),
    "over": lambda client: ApiClient.objects.filter(id=client.id).update(
        ends_at=clock.now() - timedelta(minutes=1)
    ),
    "addresses": lambda client: ApiClient.objects.filter(id=client.id).update(addresses=["198.51.100.0/24"]),
    "token": lambda client: client.tokens.update(digest=None, ended_at=clock.now()),
    "another token": lambda client: client.tokens.update(digest=bytes(32)),
    "overlap": lambda client: client.tokens.update(until=clock.now()),
    "owner inactive": lambda client: Staff.objects.filter(id=client.owner_id).update(is_active=False),
    "owner suspended": lambda client: Staff.objects.filter(id=client.owner_id).update(
        suspended_at=clock.now(), roles=[]
    ),
    "guard": lambda _client: Source.objects.create(
        kind="token",
        source=HERE,
        until=clock.now() + timedelta(minutes=1),
        first_at=clock.now(),
        last_at=clock.now(),
    ),
}


@pytest.mark.parametrize("what", TAKEN_AWAY)
def test_it_is_closed_as_soon_as_anything_is_taken_away(
    issued: Issued, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    client, token = issued
    come(token)
    assert short_way_is_open(monkeypatch, token)
    TAKEN_AWAY[what](client)
    before = ClientUse.objects.get(client=client).requests
    with pytest.raises(Problem) as refused:
        come(token)
    assert refused.value.status == 401
    assert ClientUse.objects.get(client=client).requests == before


def test_another_address_is_noted_and_five_seconds_later_so_is_the_last_use(
    issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, token = issued
    come(token)
    come(token, "10.1.2.3")
    assert client.tokens.get().last_address == "10.1.2.3"
    later = clock.now() + timedelta(seconds=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    come(token, "10.1.2.3")
    assert client.tokens.get().last_at == later


def test_departments_below_are_those_of_this_moment(issued: Issued, ruled: World) -> None:
    _client, token = issued
    sales = ruled.departments["sales"]
    assert come(token).actor.department_ids == {sales.id}
    below = Department.objects.create(name="销售二部", parent=sales)
    assert come(token).actor.department_ids == {sales.id, below.id}
    below.parent = ruled.departments["top"]
    below.save()
    assert come(token).actor.department_ids == {sales.id}
