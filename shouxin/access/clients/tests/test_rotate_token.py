"""A new token is asked for by one and approved by another; both work until the overlap ends."""

from datetime import timedelta

import pytest

from shouxin.access.clients import changes, door, services
from shouxin.access.clients.models import ApiClient, TurnedAway
from shouxin.access.clients.services import ClientProblem
from shouxin.access.clients.tests.conftest import Propose
from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from tests.world import World

HERE = "203.0.113.7"


@pytest.fixture
def issued(propose: Propose, ruled: World) -> tuple[ApiClient, str]:
    return services.approve(actor=ruled.actor("officer"), client=propose().id, now=clock.now())


def rotate(ruled: World, client: ApiClient, days: int = 7) -> str:
    now = clock.now()
    asked = changes.propose_rotation(
        actor=ruled.actor("sales_head"), client=client.id, overlap_days=days, reason="定期更换", now=now
    )
    return changes.approve_change(actor=ruled.actor("officer"), change=asked.id, now=now)[1]


def opens(token: str, days: int = 0) -> bool:
    try:
        door.come_in(token=token, address=HERE, now=clock.now() + timedelta(days=days))
    except Problem as problem:
        return problem.status != 401
    return True


def test_both_tokens_work_until_the_overlap_ends(issued: tuple[ApiClient, str], ruled: World) -> None:
    client, old = issued
    new = rotate(ruled, client)
    assert opens(old)
    assert opens(new)
    assert not opens(old, days=8)
    assert opens(new, days=8)
    assert TurnedAway.objects.get(client=client).cause == "rotated"


def test_old_one_ends_at_once_by_one_click(issued: tuple[ApiClient, str], ruled: World) -> None:
    client, old = issued
    new = rotate(ruled, client)
    first = client.tokens.earliest("issued_at")
    changes.end_token(actor=ruled.actor("security_admin"), client=client.id, token=first.id, now=clock.now())
    assert not opens(old)
    assert opens(new)
    assert client.tokens.get(id=first.id).digest is None
    with pytest.raises(ClientProblem, match=r"token\.last"):
        changes.end_token(
            actor=ruled.actor("security_admin"),
            client=client.id,
            token=client.tokens.latest("issued_at").id,
            now=clock.now(),
        )


def test_without_overlap_the_old_one_ends_with_the_approval(
    issued: tuple[ApiClient, str], ruled: World
) -> None:
    client, old = issued
    new = rotate(ruled, client, days=0)
    assert (opens(old), opens(new)) == (False, True)


def test_who_asked_does_not_approve(issued: tuple[ApiClient, str], ruled: World) -> None:
    client, _old = issued
    asked = changes.propose_rotation(
        actor=ruled.actor("security_admin"), client=client.id, overlap_days=7, reason="定期", now=clock.now()
    )
    with pytest.raises(NotAllowed):
        changes.approve_change(actor=ruled.actor("security_admin"), change=asked.id, now=clock.now())
    with pytest.raises(ClientProblem, match=r"change\.waiting"):
        changes.propose_rotation(
            actor=ruled.actor("sales_head"), client=client.id, overlap_days=7, reason="定期", now=clock.now()
        )
    _change, token = changes.approve_change(actor=ruled.actor("officer"), change=asked.id, now=clock.now())
    newest = client.tokens.latest("issued_at")
    assert (newest.asked_by.user_name, newest.approved_by.user_name) == ("security_admin", "officer")
    assert token.endswith(newest.last_four)
    with pytest.raises(ClientProblem, match="already"):
        changes.approve_change(actor=ruled.actor("officer"), change=asked.id, now=clock.now())


def test_overlap_is_at_most_thirty_days(issued: tuple[ApiClient, str], ruled: World) -> None:
    with pytest.raises(ClientProblem, match=r"overlap\.range"):
        rotate(ruled, issued[0], days=31)


def test_ended_client_takes_no_new_token(issued: tuple[ApiClient, str], ruled: World) -> None:
    client, old = issued
    asked = changes.propose_rotation(
        actor=ruled.actor("sales_head"), client=client.id, overlap_days=7, reason="定期", now=clock.now()
    )
    services.end(actor=ruled.actor("sales_head"), client=client.id, now=clock.now())
    with pytest.raises(ClientProblem, match="already"):
        changes.approve_change(actor=ruled.actor("officer"), change=asked.id, now=clock.now())
    assert not opens(old)


def test_addresses_change_only_when_another_approves(issued: tuple[ApiClient, str], ruled: World) -> None:
    client, token = issued
    asked = changes.propose_addresses(
        actor=ruled.actor("sales_head"),
        client=client.id,
        addresses=["198.51.100.0/24"],
        reason="机房搬迁",
        now=clock.now(),
    )
    assert opens(token)
    changes.approve_change(actor=ruled.actor("officer"), change=asked.id, now=clock.now())
    assert not opens(token)
    assert TurnedAway.objects.get(client=client).cause == "address"
    assert Entry.objects.filter(event="api_client.addresses_approved").count() == 1


@pytest.mark.parametrize(
    ("addresses", "code"),
    [([], "none"), (["0.0.0.0/0"], "wrong"), (["203.0.113.7/32", "10.1.0.0/16"], "same")],
)
def test_addresses_that_say_nothing_are_refused(
    issued: tuple[ApiClient, str], ruled: World, addresses: list[str], code: str
) -> None:
    with pytest.raises(ClientProblem, match=rf"addresses\.{code}"):
        changes.propose_addresses(
            actor=ruled.actor("sales_head"),
            client=issued[0].id,
            addresses=addresses,
            reason="搬迁",
            now=clock.now(),
        )


def test_digest_of_a_token_whose_overlap_is_over_is_forgotten(
    issued: tuple[ApiClient, str], ruled: World
) -> None:
    client, _old = issued
    rotate(ruled, client)
    services.forget_old(now=clock.now() + timedelta(days=8))
    first = client.tokens.earliest("issued_at")
    assert (first.digest, first.ended_at) == (None, first.until)
