"""Log-ins are linked by their owners, signed in, or by two administrators; never by e-mail address or name."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation import queries, services
from shouxin.people.federation.tests.conftest import Connect, linked
from shouxin.people.federation.tests.imitation import CLIENT_ID, Imitation
from shouxin.people.second_factor.rules import FRESH_FOR
from shouxin.people.services import PeopleError
from tests.harness.certificates import Authority
from tests.peers.https import Peer
from tests.world import World, note_proof

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(connect: Connect, peer: Peer, authority: Authority) -> Connection:
    settings = {"issuer": peer.base, "client_id": CLIENT_ID, "proofs": [], "ca": authority.pem}
    return connect(Kind.OIDC, settings)


def test_an_administrators_link_works_when_another_agreed(world: World, connection: Connection) -> None:
    clerk = world.people["clerk"].id
    link = services.propose_link(
        actor=world.actor("system_admin"),
        staff_id=clerk,
        connection=connection,
        subject="fang",
        now=clock.now(),
    )
    assert queries.whose(connection, "fang") is None
    services.confirm_link(actor=world.actor("security_admin"), identity_id=link.id, now=clock.now())
    found = queries.whose(connection, "fang")
    assert found is not None
    assert found.staff_id == clerk


def test_no_administrator_links_or_confirms_themselves(world: World, connection: Connection) -> None:
    with pytest.raises(PeopleError, match="own_log_in"):
        services.propose_link(
            actor=world.actor("system_admin"),
            staff_id=world.people["system_admin"].id,
            connection=connection,
            subject="lei",
            now=clock.now(),
        )
    link = services.propose_link(
        actor=world.actor("system_admin"),
        staff_id=world.people["security_admin"].id,
        connection=connection,
        subject="jie",
        now=clock.now(),
    )
    with pytest.raises(PeopleError, match="same_person"):
        services.confirm_link(actor=world.actor("security_admin"), identity_id=link.id, now=clock.now())


def test_linking_oneself_wants_a_fresh_second_factor(
    world: World, client: Client, connection: Connection, peer: Peer
) -> None:
    there = Imitation(peer)
    begin = f"/links/{connection.id}/link/"
    note_proof(world.signed_in(client, "officer"), age=FRESH_FOR + timedelta(seconds=5))
    assert client.post(begin).status_code == 403
    world.signed_in(client, "officer")
    answer = there.round(client, connection, begin=begin)
    assert (answer.status_code, answer["Location"]) == (302, "/links/")
    found = queries.whose(connection, "fang")
    assert found is not None
    assert found.staff_id == world.people["officer"].id


def test_a_link_begun_by_one_is_not_finished_by_another(
    world: World, client: Client, connection: Connection, peer: Peer
) -> None:
    there = Imitation(peer)
    world.signed_in(client, "clerk")
    away = client.post(f"/links/{connection.id}/link/")
    kept = client.session["federation_round"]
    there.nonce = kept["nonce"]
    world.signed_in(client, "marketer")
    session = client.session
    session["federation_round"] = kept
    session.save()
    answer = client.get(f"/sign-in/by/{connection.id}/back/", {"code": "one", "state": kept["state"]})
    assert away.status_code == 200
    assert answer.status_code == 400
    assert queries.whose(connection, "fang") is None


def test_one_account_over_there_is_one_log_in_here(world: World, connection: Connection) -> None:
    linked(world, "clerk", connection, "fang")
    with pytest.raises(PeopleError, match="linked_already"):
        services.link_own(
            actor=world.actor("marketer"), connection=connection, subject="fang", now=clock.now()
        )


def test_a_bound_log_in_has_no_password_and_is_not_unlinked(world: World, connection: Connection) -> None:
    clerk = world.people["clerk"].id
    admin = world.actor("system_admin")
    with pytest.raises(PeopleError, match="not_linked"):
        services.bind(actor=admin, staff_id=clerk, connection=connection)
    link = linked(world, "clerk", connection, "fang")
    services.bind(actor=admin, staff_id=clerk, connection=connection)
    assert not world.staff("clerk").has_usable_password()
    with pytest.raises(PeopleError, match="no_password"):
        people.reset_password(actor=admin, staff_id=clerk)
    with pytest.raises(PeopleError, match="only_way"):
        services.unlink(actor=world.actor("clerk"), identity_id=link.id, now=clock.now())
    services.bind(actor=admin, staff_id=clerk, connection=None)
    assert people.reset_password(actor=admin, staff_id=clerk)


def test_the_last_administrator_keeps_a_password(world: World, connection: Connection) -> None:
    linked(world, "security_admin", connection, "jie")
    with pytest.raises(PeopleError, match="last_with_a_password"):
        services.bind(
            actor=world.actor("system_admin"),
            staff_id=world.people["security_admin"].id,
            connection=connection,
        )


def test_buttons_show_connections_in_force_alone(
    world: World, client: Client, connection: Connection
) -> None:
    assert "用 单位登录 登录" in client.get("/sign-in/").content.decode()
    from shouxin.people.connections import services as connections

    connections.end(actor=world.actor("security_admin"), connection_id=connection.id, now=clock.now())
    assert "用 单位登录 登录" not in client.get("/sign-in/").content.decode()
    assert client.post(f"/sign-in/by/{connection.id}/").status_code == 404
    assert Connection.objects.get(id=connection.id).secret is None


def test_the_secret_is_sealed_and_never_shown(world: World, client: Client, connection: Connection) -> None:
    row = Connection.objects.get(id=connection.id)
    secret = "a secret between two machines"
    assert secret.encode() not in bytes(row.secret or b"")
    assert secret not in str(row.settings)
    world.signed_in(client, "system_admin")
    for page in (f"/people/connections/{row.id}/", f"/people/connections/{row.id}/change/"):
        assert secret not in client.get(page).content.decode()
    # a change without a new secret keeps the old one
    given = {"issuer": row.settings["issuer"], "client_id": "other", "proofs": "", "ca": row.settings["ca"]}
    assert client.post(f"/people/connections/{row.id}/change/", given).status_code == 302
    changed = Connection.objects.get(id=row.id)
    assert changed.draft is not None
    assert (changed.draft["client_id"], changed.draft_secret) == ("other", None)
