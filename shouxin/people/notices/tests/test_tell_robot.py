"""A chat robot is told in the form it takes, at an allowed host alone; where it leads elsewhere nobody follows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from shouxin.people.notices import looking, sending, services
from shouxin.people.notices.choosing import Ways
from shouxin.people.notices.models import Address, Delivery, RobotHost
from shouxin.people.notices.tests.conftest import Tried
from shouxin.people.notices.tests.test_send_mail import choose
from tests.harness.receiver import Receiver
from tests.world import World, have_keys

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


@pytest.fixture
def told(world: World, tried: Tried, receiver: Receiver) -> RobotHost:
    """The clerk is told of one thing, by a robot on this machine alone."""
    have_keys()
    address = receiver.url.removeprefix("http://").rstrip("/")
    host = services.allow_host(
        actor=world.actor("system_admin"), host=address, style="wecom", networks=["127.0.0.0/8"], now=NOW
    )
    services.set_robot(actor=world.actor("clerk"), url=f"{receiver.url}send?key=secret", now=NOW)
    choose(world, "clerk", ways={"tried": Ways(shown=True, mail=False, robot=True)})
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    return host


@pytest.mark.parametrize(
    ("style", "path"),
    [("wecom", ("text", "content")), ("feishu", ("content", "text")), ("json", ("text",))],
)
def test_each_kind_of_robot_gets_the_text_in_its_own_form(
    told: RobotHost, receiver: Receiver, style: str, path: tuple[str, ...]
) -> None:
    RobotHost.objects.filter(id=told.id).update(style=style)
    assert sending.send_due(now=NOW) == 1
    [got] = receiver.got
    text = json.loads(got.body)
    for step in path:
        text = text[step]
    assert "【守信】1 条通知" in text
    assert "有事待您审批" in text
    assert got.path == "/send?key=secret"


def test_it_is_told_once(told: RobotHost, receiver: Receiver) -> None:
    sending.send_due(now=NOW)
    sending.send_due(now=NOW)
    assert len(receiver.got) == 1


@pytest.mark.parametrize(("answer", "code"), [(500, "status"), (302, "status"), (404, "status")])
def test_what_is_not_accepted_is_tried_again_and_seen(
    told: RobotHost, receiver: Receiver, answer: int, code: str
) -> None:
    receiver.answers = [answer]
    assert sending.send_due(now=NOW) == 0
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.outcome) == ("waiting", 1, code)
    assert Address.objects.get().outcome == code
    assert len(receiver.got) == 1  # a redirection is not followed
    assert sending.send_due(now=row.next_at) == 1
    assert Address.objects.get().failures == 0


def test_a_name_that_leads_into_the_house_is_not_spoken_to(told: RobotHost, receiver: Receiver) -> None:
    RobotHost.objects.filter(id=told.id).update(networks=[])
    sending.send_due(now=NOW)
    assert receiver.got == []
    assert Delivery.objects.get().outcome == "forbidden"


def test_a_host_that_is_allowed_no_more_is_told_nothing(
    world: World, told: RobotHost, receiver: Receiver
) -> None:
    services.end_host(actor=world.actor("system_admin"), host=told.id, now=NOW)
    sending.send_due(now=NOW)
    assert receiver.got == []
    assert Delivery.objects.get().state == Delivery.State.DROPPED
