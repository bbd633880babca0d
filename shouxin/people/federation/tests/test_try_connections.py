"""The self-test of sign-in connections, as `shouxin doctor` shows it."""

import pytest

from shouxin.kit import connections as tried
from shouxin.kit.connections import State
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation.tests.conftest import Connect
from shouxin.people.federation.tests.imitation import CLIENT_ID, Imitation
from tests.harness.certificates import Authority
from tests.peers.https import Peer

pytestmark = pytest.mark.django_db


def state_of(name: str) -> State:
    (found,) = tried.examine(tried.connections[name])
    return found.state


def test_each_way_of_signing_in_is_tried(connect: Connect, peer: Peer, authority: Authority) -> None:
    assert state_of("sign-in-oidc") is State.NOT_CONFIGURED
    settings = {"issuer": peer.base, "client_id": CLIENT_ID, "proofs": [], "ca": authority.pem}
    made = connect(Kind.OIDC, settings)
    assert state_of("sign-in-oidc") is State.TURNED_AWAY  # it answers, but describes nothing
    Imitation(peer)
    (found,) = tried.examine(tried.connections["sign-in-oidc"])
    assert (found.state, found.target) == (State.OK, peer.base.removeprefix("https://"))
    assert "TLS" in found.protocol
    Connection.objects.filter(id=made.id).update(settings={**settings, "ca": ""})
    assert state_of("sign-in-oidc") is State.CERTIFICATE_REFUSED
    Connection.objects.filter(id=made.id).update(settings={**settings, "issuer": "https://localhost:1"})
    assert state_of("sign-in-oidc") is State.UNREACHABLE
    assert "不会改用密码" in tried.connections["sign-in-oidc"].reduced.zh


@pytest.mark.parametrize("kind", [Kind.FEISHU, Kind.DINGTALK, Kind.WECOM])
def test_the_chinese_services_are_tried_by_their_certificate(
    connect: Connect, peer: Peer, authority: Authority, kind: Kind
) -> None:
    made = connect(kind, {"client_id": "a", "agent": "1", "host": peer.base, "ca": authority.pem})
    assert state_of(f"sign-in-{kind.value}") is State.OK
    Connection.objects.filter(id=made.id).update(settings={**made.settings, "ca": ""})
    assert state_of(f"sign-in-{kind.value}") is State.CERTIFICATE_REFUSED
