"""The other side is spoken to with a proven certificate or not at all; nothing weaker takes its place."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from shouxin.kit import connections as tried
from shouxin.kit.connections import State
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation import services
from shouxin.people.federation.tests.conftest import Connect, linked, settings_for
from shouxin.people.federation.tests.imitation import Imitation
from tests.harness.certificates import BAD, Authority
from tests.peers.https import Peer, serving
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
KINDS = [Kind.OIDC, Kind.FEISHU, Kind.DINGTALK, Kind.WECOM]


def round_of(client: Client, connection: Connection) -> Any:
    """Off and back, as far as it goes; OIDC asks the other side before, the others after."""
    away: Any = client.post(f"/sign-in/by/{connection.id}/")
    if away.status_code != 200:
        return away
    asked = dict(parse_qsl(urlsplit(away.context["where"]).query))
    back = f"/sign-in/by/{connection.id}/back/"
    return client.get(back, {"code": "c0de", "authCode": "c0de", "state": asked["state"]})


def state_of(kind: Kind) -> State:
    (found,) = tried.examine(tried.connections[f"sign-in-{kind.value}"])
    return found.state


@pytest.fixture
def bound(world: World, connect: Connect, peer: Peer, authority: Authority) -> Any:
    """A connection by which the clerk signs in alone."""

    def made(kind: Kind) -> Connection:
        found = connect(kind, settings_for(kind, peer, authority))
        linked(world, "clerk", found, "fang")
        services.bind(actor=world.actor("system_admin"), staff_id=world.people["clerk"].id, connection=found)
        return found

    return made


@pytest.mark.parametrize("kind", KINDS)
def test_no_bad_certificate_is_taken(client: Client, bound: Any, authority: Authority, kind: Kind) -> None:
    connection = bound(kind)
    for how in BAD:
        with serving(authority.issue_bad(how, "localhost", "127.0.0.1")) as there:
            Imitation(there)
            settings = settings_for(kind, there, authority)
            Connection.objects.filter(id=connection.id).update(settings=settings)
            answer = round_of(client, connection)
            assert (answer.status_code, there.asked) == (503, []), how
            assert "证书不受信任" in answer.content.decode()
            assert state_of(kind) is State.CERTIFICATE_REFUSED, how
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_that_ends_after_we_left_stops_the_answer_too(
    client: Client, bound: Any, authority: Authority, peer: Peer, kind: Kind
) -> None:
    """The description was read in order; the token is then asked of somebody who cannot prove who they are."""
    connection, right = bound(kind), Imitation(peer)
    with serving(authority.issue_bad("expired", "localhost")) as there:
        settings = settings_for(kind, there, authority)
        if kind is Kind.OIDC:
            described = {**right.description(None), "token_endpoint": f"{there.base}/token"}  # type: ignore[arg-type]
            peer.answers["/.well-known/openid-configuration"] = lambda _: described
            settings = connection.settings
        Connection.objects.filter(id=connection.id).update(settings=settings)
        assert (round_of(client, connection).status_code, there.asked) == (503, [])
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("kind", KINDS)
def test_while_it_is_away_passwords_open_what_they_opened_before_and_no_more(
    client: Client, bound: Any, kind: Kind
) -> None:
    connection = bound(kind)
    for name in ("issuer", "host"):
        if name in connection.settings:
            away = {**connection.settings, name: "https://localhost:1"}
            Connection.objects.filter(id=connection.id).update(settings=away)
    answer = round_of(client, connection)
    assert answer.status_code == 503
    assert "单位登录" in answer.content.decode()
    assert "不会改用其他方式" in answer.content.decode()
    assert state_of(kind) is State.UNREACHABLE
    assert "不会改用密码" in tried.connections[f"sign-in-{kind.value}"].reduced.zh
    assert client.post("/sign-in/", {"username": "clerk", "password": PASSWORD}).status_code == 422
    assert "_auth_user_id" not in client.session
    assert client.post("/sign-in/", {"username": "marketer", "password": PASSWORD}).status_code == 302
