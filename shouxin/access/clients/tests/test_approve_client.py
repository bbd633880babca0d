"""A client gets its token by another person's approval, once, and loses it when it ends."""

from datetime import timedelta

import pytest

from shouxin.access.clients import queries, services
from shouxin.access.clients.models import ClientState
from shouxin.access.clients.services import ClientProblem
from shouxin.access.clients.tests.conftest import Propose
from shouxin.core.policy import NotAllowed, Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.people.models import Staff
from tests.world import World


def test_officer_approves_and_gets_the_token_once(propose: Propose, ruled: World) -> None:
    client, token = services.approve(actor=ruled.actor("officer"), client=propose().id, now=clock.now())
    assert client.state == ClientState.APPROVED
    assert token.startswith("sxk_")
    assert token.encode() not in bytes(client.tokens.get().digest or b"")
    with pytest.raises(ClientProblem, match=r"client\.decided-already"):
        services.approve(actor=ruled.actor("officer"), client=client.id, now=clock.now())


@pytest.mark.parametrize("who", ["sales_head", "clerk", "security_admin", "audit_admin"])
def test_nobody_else_approves(propose: Propose, ruled: World, who: str) -> None:
    client = propose()
    with pytest.raises(NotAllowed):
        services.approve(actor=ruled.actor(who), client=client.id, now=clock.now())


def test_proposer_does_not_approve_under_another_log_in(propose: Propose, ruled: World) -> None:
    client = propose()
    assert queries.awaiting(ruled.actor("officer")).count() == 1
    Staff.objects.filter(id=ruled.people["officer"].id).update(person=ruled.staff("sales_head").person)
    assert not queries.awaiting(ruled.actor("officer")).exists(), "nor is it said to wait for them"
    with pytest.raises(ClientProblem, match=r"approver\.same-person"):
        services.approve(actor=ruled.actor("officer"), client=client.id, now=clock.now())


def test_owner_does_not_approve(propose: Propose, ruled: World) -> None:
    Staff.objects.filter(id=ruled.people["officer"].id).update(department=ruled.departments["sales"])
    client = propose(owner="officer")
    with pytest.raises(ClientProblem, match=r"approver\.same-person"):
        services.approve(actor=ruled.actor("officer"), client=client.id, now=clock.now())


def test_proposal_that_is_over_gets_no_token(propose: Propose, ruled: World) -> None:
    client = propose()
    late = clock.now() + timedelta(days=31)
    with pytest.raises(ClientProblem, match=r"dates\.range"):
        services.approve(actor=ruled.actor("officer"), client=client.id, now=late)


def test_refusal_needs_a_reason(propose: Propose, ruled: World) -> None:
    client = propose()
    with pytest.raises(ClientProblem, match=r"note\.missing"):
        services.refuse(actor=ruled.actor("officer"), client=client.id, note=" ", now=clock.now())
    refused = services.refuse(
        actor=ruled.actor("officer"), client=client.id, note="字段过多", now=clock.now()
    )
    assert refused.state == ClientState.REFUSED


def test_proposer_takes_it_back(propose: Propose, ruled: World) -> None:
    client = propose()
    with pytest.raises(ClientProblem, match=r"client\.unknown"):
        services.withdraw(actor=ruled.actor("top_head"), client=client.id, now=clock.now())
    services.withdraw(actor=ruled.actor("sales_head"), client=client.id, now=clock.now())
    assert Entry.objects.filter(event="api_client.withdrawn").exists()


def test_ending_forgets_the_digest(propose: Propose, ruled: World) -> None:
    client, _ = services.approve(actor=ruled.actor("officer"), client=propose().id, now=clock.now())
    with pytest.raises(ClientProblem, match=r"client\.unknown"):
        services.end(actor=ruled.actor("service_head"), client=client.id, now=clock.now())
    ended = services.end(actor=ruled.actor("security_admin"), client=client.id, now=clock.now())
    assert (ended.state, ended.tokens.get().digest) == (ClientState.ENDED, None)


def test_a_program_has_a_name_behind_its_pseudonym(propose: Propose) -> None:
    client = propose()
    assert people.names_of([client.pseudonym]) == {client.pseudonym: "订单系统"}


def test_no_administrator_both_asks_and_approves() -> None:
    from shouxin.core.policy import Permission, permissions_of

    both = {Permission.API_CLIENT_CREATE, Permission.API_CLIENT_APPROVE}
    assert not [role for role in Role if both <= permissions_of([role])]
