"""A session ends when nobody uses it, and after a working day whatever happens."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import doors, rules
from shouxin.people.thresholds import services as thresholds
from tests.world import PASSWORD, World


def _aged(client: Client, *, idle: timedelta, age: timedelta) -> Client:
    session = client.session
    now = clock.now()
    session[doors.SEEN] = int((now - idle).timestamp())
    session[doors.STARTED] = int((now - age).timestamp())
    session.save()
    return client


@pytest.mark.parametrize(
    ("idle", "age", "open_still"),
    [
        (timedelta(minutes=29), timedelta(hours=11), True),
        (timedelta(minutes=31), timedelta(hours=1), False),
        (timedelta(minutes=0), timedelta(hours=12, minutes=1), False),
    ],
    ids=["in use", "idle", "too old"],
)
def test_limits_of_a_session(
    world: World,
    client: Client,
    idle: timedelta,
    age: timedelta,
    open_still: bool,  # noqa: FBT001 - a table
) -> None:
    _aged(world.signed_in(client, "clerk"), idle=idle, age=age)
    answer = client.get("/")
    assert (answer.status_code == 200) is open_still
    if not open_still:
        assert answer["Location"] == "/sign-in/"
        assert "登录已到期" in client.get("/sign-in/").content.decode()
        assert Entry.objects.get().event == "staff.session_ended"


def test_shorter_limits_hold_when_they_were_chosen(world: World, client: Client) -> None:
    for key, value in (("session-idle", 10), ("session-hours", 2)):
        asked = thresholds.ask(
            actor=world.actor("security_admin"), key=key, value=value, reason="等级保护要求", now=clock.now()
        )
        thresholds.confirm(actor=world.actor("officer"), change_id=asked.id, now=clock.now())
    world.signed_in(client, "clerk")
    for idle, age, status in ((9, 1, 200), (11, 1, 302), (0, 1.9, 200), (0, 2.1, 302)):
        world.signed_in(client, "clerk")
        _aged(client, idle=timedelta(minutes=idle), age=timedelta(hours=age))
        assert client.get("/").status_code == status, (idle, age)


def test_use_keeps_a_session_alive_but_not_for_ever(world: World, client: Client) -> None:
    _aged(world.signed_in(client, "clerk"), idle=timedelta(minutes=29), age=timedelta(hours=11))
    client.get("/")
    assert client.session[doors.SEEN] >= int(clock.now().timestamp()) - 5
    assert clock.now().timestamp() - client.session[doors.STARTED] > 10 * 3600


def test_a_session_without_its_clock_does_not_count(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    session = client.session
    del session[doors.STARTED]
    session.save()
    assert client.get("/").status_code == 302


def test_the_cookie_is_hidden_from_scripts_and_dies_with_the_browser(world: World, client: Client) -> None:
    client.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["max-age"] == ""
    assert timedelta(hours=12) == rules.ABSOLUTE_END
