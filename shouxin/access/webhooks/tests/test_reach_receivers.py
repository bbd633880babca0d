"""The doctor tries the receivers of webhooks and sends them nothing."""

from shouxin.access.webhooks import reaching
from shouxin.access.webhooks.models import Endpoint
from shouxin.kit.connections import State
from tests.harness.receiver import Receiver


def test_receiver_that_answers_is_fine_and_got_nothing(
    told: tuple[Endpoint, str], receiver: Receiver
) -> None:
    (found,) = reaching.look()
    assert (found.state, found.protocol) == (State.OK, "HTTP")
    assert found.target == f"127.0.0.1:{receiver.port}"
    assert receiver.got == []


def test_receiver_that_is_away_or_inside_is_named(told: tuple[Endpoint, str]) -> None:
    Endpoint.objects.update(url="http://127.0.0.1:9/hooks")
    assert reaching.look()[0].state == State.UNREACHABLE
    Endpoint.objects.update(networks=[])
    assert reaching.look()[0].state == State.TURNED_AWAY
