"""Answers that are not for us, not now, not signed, or not to our question let nobody in."""

from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.federation.tests.conftest import Connect, linked
from shouxin.people.federation.tests.imitation import CLIENT_ID, Imitation
from shouxin.people.guarding import services
from shouxin.people.guarding.models import Source
from shouxin.people.guarding.rules import OF_ACCOUNT, OF_ADDRESS
from shouxin.people.models import Staff
from tests.harness.certificates import Authority
from tests.peers.https import Peer
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
PAST = 1_600_000_000


@pytest.fixture
def there(peer: Peer) -> Imitation:
    return Imitation(peer)


@pytest.fixture
def connection(world: World, connect: Connect, peer: Peer, authority: Authority) -> Connection:
    """The clerk is linked to `fang` over there."""
    settings = {"issuer": peer.base, "client_id": CLIENT_ID, "proofs": ["mfa"], "ca": authority.pem}
    made = connect(Kind.OIDC, settings)
    linked(world, "clerk", made, "fang")
    return made


def outside(client: Client) -> bool:
    return "_auth_user_id" not in client.session


def test_the_imitation_lets_in_when_all_is_right(
    client: Client, there: Imitation, connection: Connection
) -> None:
    assert there.round(client, connection).status_code == 302
    assert not outside(client)
    asked = next(one for one in there.peer.asked if one.path == "/token")
    assert asked.form["code_verifier"]
    assert "secret" in asked.form["client_secret"]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another client"},
        {"aud": ["another client", "third"]},
        {"aud": [CLIENT_ID, "another client"]},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"aud": None},
        {"exp": PAST},
        {"exp": None},
        {"iat": None},
        {"iss": "https://elsewhere.example.com"},
        {"iss": None},
        {"nonce": "of another question"},
        {"nonce": None},
        {"sub": None},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_refused(
    client: Client, there: Imitation, connection: Connection, claims: dict[str, Any]
) -> None:
    there.claims = claims
    answer = there.round(client, connection)
    assert answer.status_code == 403
    assert outside(client)
    assert Entry.objects.filter(event="identity.refused").count() == 1
    assert not Entry.objects.filter(event="staff.signed_in").exists()


@pytest.mark.parametrize("how", ["unsigned", "other key", "shared secret", "not a token", "missing"])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    client: Client, there: Imitation, connection: Connection, how: str
) -> None:
    if how == "unsigned":
        there.algorithm = "none"
    elif how == "other key":
        there.signing = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif how == "shared secret":
        there.algorithm, there.signing = "HS256", "a secret between two machines, long enough for it"
    else:
        there.token = "nothing" if how == "not a token" else 7
    assert there.round(client, connection).status_code == 403
    assert outside(client)


@pytest.mark.parametrize("state", ["", "wrong", None])
def test_an_answer_to_nobodys_question_is_refused(
    client: Client, there: Imitation, connection: Connection, state: str | None
) -> None:
    """Somebody else's answer pushed into this browser (login CSRF), or one without a state at all."""
    client.post(f"/sign-in/by/{connection.id}/")
    given = {"code": "one"} if state is None else {"code": "one", "state": state}
    assert client.get(f"/sign-in/by/{connection.id}/back/", given).status_code == 400
    assert outside(client)
    assert not [one for one in there.peer.asked if one.path == "/token"]


def test_an_answer_counts_once_and_in_the_browser_it_was_asked_from(
    client: Client, there: Imitation, connection: Connection
) -> None:
    """Attack: the address the browser came back by, with code and state, is taken from a log and used again."""
    answer: Any = there.round(client, connection)
    used = answer.wsgi_request.get_full_path()
    tokens = len(there.peer.asked)
    thief = Client()
    assert thief.get(used).status_code == 400
    assert client.get(used).status_code == 400, "nor in the same browser, still signed in"
    client.post("/sign-out/")
    assert client.get(used).status_code == 400
    assert outside(thief)
    assert outside(client)
    assert len(there.peer.asked) == tokens, "nothing is asked over there"


def test_a_session_planted_before_is_not_signed_in(
    client: Client, there: Imitation, connection: Connection
) -> None:
    """Attack: session fixation by the other side's door."""
    client.get("/setup/?token=x")
    client.post(f"/sign-in/by/{connection.id}/")
    planted = client.session.session_key
    assert there.round(client, connection).status_code == 302
    thief = Client()
    thief.cookies["sessionid"] = cast("str", planted)
    assert client.get("/").status_code == 200
    assert thief.get("/").status_code == 302
    assert outside(thief)


def test_a_provider_that_calls_itself_by_another_name_is_refused(
    client: Client, there: Imitation, connection: Connection
) -> None:
    described = there.description(None)  # type: ignore[arg-type]
    there.peer.answers["/.well-known/openid-configuration"] = lambda _: {
        **described,
        "issuer": "https://elsewhere.example.com",
    }
    assert client.post(f"/sign-in/by/{connection.id}/").status_code == 403


def test_a_certificate_of_nobody_we_trust_is_refused(
    client: Client, there: Imitation, connection: Connection
) -> None:
    settings = {**connection.settings, "ca": ""}
    Connection.objects.filter(id=connection.id).update(settings=settings)
    answer = client.post(f"/sign-in/by/{connection.id}/")
    assert answer.status_code == 503
    assert "证书" in answer.content.decode()
    assert there.peer.asked == []


def test_no_password_takes_the_place_of_an_unreachable_provider(
    world: World, client: Client, connection: Connection
) -> None:
    from shouxin.people.federation import services as federation

    federation.bind(
        actor=world.actor("system_admin"), staff_id=world.people["clerk"].id, connection=connection
    )
    away = {**connection.settings, "issuer": "https://localhost:1"}
    Connection.objects.filter(id=connection.id).update(settings=away)
    answer = client.post(f"/sign-in/by/{connection.id}/")
    assert answer.status_code == 503
    assert "不会改用其他方式" in answer.content.decode()
    assert client.post("/sign-in/", {"username": "clerk", "password": PASSWORD}).status_code == 422
    # not even with a hash in the row
    staff = world.staff("clerk")
    staff.set_password(PASSWORD)
    staff.save()
    assert client.post("/sign-in/", {"username": "clerk", "password": PASSWORD}).status_code == 422
    assert outside(client)


def test_who_may_not_sign_in_here_does_not_by_the_provider(
    world: World, client: Client, there: Imitation, connection: Connection
) -> None:
    Staff.objects.filter(id=world.people["clerk"].id).update(roles=[])
    assert there.round(client, connection).status_code == 403
    assert outside(client)


def test_the_second_factor_of_ours_still_follows(
    world: World, client: Client, there: Imitation, connection: Connection
) -> None:
    linked(world, "officer", connection, "zheng")
    there.claims = {"sub": "zheng", "amr": ["pwd"]}
    answer = there.round(client, connection)
    assert answer["Location"].startswith("/sign-in/second")
    assert outside(client)
    there.claims = {"sub": "zheng", "amr": ["pwd", "mfa"]}
    assert there.round(client, connection)["Location"] == "/"
    assert client.get("/").status_code == 200


def test_an_unconfirmed_or_ended_link_lets_nobody_in(
    world: World, client: Client, there: Imitation, connection: Connection
) -> None:
    ExternalIdentity.objects.update(confirmed_at=None, confirmed_by=None)
    assert there.round(client, connection).status_code == 403
    ExternalIdentity.objects.update(ended_at=clock.now())
    assert there.round(client, connection).status_code == 403
    assert outside(client)


def test_a_locked_name_stays_locked_by_every_door(
    world: World, client: Client, there: Imitation, connection: Connection
) -> None:
    for _ in range(5):
        client.post("/sign-in/", {"username": "clerk", "password": "wrong"})
    assert there.round(client, connection).status_code == 429
    assert outside(client)


@pytest.mark.clause("D5.2")
def test_an_address_that_keeps_trying_is_blocked_by_every_door(
    world: World, client: Client, there: Imitation, connection: Connection
) -> None:
    """Subjects without a link, answers to nobody's question, answers for others: each is a try."""
    back = f"/sign-in/by/{connection.id}/back/"
    there.claims = {"sub": "a stranger"}
    there.round(client, connection)
    there.claims = {"aud": "another client"}
    there.round(client, connection)
    while not Source.objects.filter(blocked_at__isnull=False).exists():
        client.get(back, {"code": "one", "state": "guessed"})
    row = Source.objects.get(kind="sign_in", source="127.0.0.1")
    assert row.total == OF_ADDRESS.block
    asked = len(there.peer.asked)
    there.claims = {}
    assert client.post(f"/sign-in/by/{connection.id}/").status_code == 429
    assert client.get(back, {"code": "one", "state": "guessed"}).status_code == 429
    assert client.post("/sign-in/", {"username": "clerk", "password": PASSWORD}).status_code == 422
    assert len(there.peer.asked) == asked, "the other side is not bothered either"
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    assert there.round(elsewhere, connection).status_code == 302


def test_an_account_guessed_from_many_places_is_shut_to_strange_ones_by_this_door_too(
    world: World, there: Imitation, connection: Connection
) -> None:
    for number in range(OF_ACCOUNT.block):
        services.sign_in_failed(
            address=f"198.51.{number}.1", account=world.people["clerk"].id, now=clock.now()
        )
    answer = there.round(Client(REMOTE_ADDR="192.0.2.50"), connection)
    assert answer.status_code == 429, "a strange place is shut out by this door as by the other"


def test_who_gives_up_over_there_or_finds_it_away_has_tried_nothing(
    client: Client, there: Imitation, connection: Connection
) -> None:
    away: Any = client.post(f"/sign-in/by/{connection.id}/")
    asked = dict(parse_qsl(urlsplit(away.context["where"]).query))
    client.get(f"/sign-in/by/{connection.id}/back/", {"error": "access_denied", "state": asked["state"]})
    Connection.objects.filter(id=connection.id).update(
        settings={**connection.settings, "issuer": "https://localhost:1"}
    )
    assert client.post(f"/sign-in/by/{connection.id}/").status_code == 503
    assert not Source.objects.exists()


def test_the_journal_says_why_without_names(
    world: World, client: Client, there: Imitation, connection: Connection
) -> None:
    there.claims = {"aud": "another client"}
    there.round(client, connection)
    entry = Entry.objects.get(event="identity.refused")
    assert b"audience" in bytes(entry.body)
    assert b"fang" not in bytes(entry.body)
