"""A client is proposed with everything that binds it; what is not bound is refused."""

from datetime import timedelta
from typing import Any

import pytest

from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.access.clients.services import ClientProblem
from shouxin.access.clients.tests.conftest import Propose
from shouxin.core.policy import NotAllowed
from shouxin.journal.queries import Filters, lines, matching
from shouxin.kit import clock
from shouxin.rulebook.purposes import services as purposes
from tests.world import World


def test_proposal_waits_without_a_token(propose: Propose) -> None:
    client = propose()
    assert client.state == ClientState.PROPOSED
    assert not client.tokens.exists()
    assert client.addresses == ["10.1.0.0/16", "203.0.113.7/32"]


NOW = clock.now()
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no purpose": ({"purposes": []}, "purposes.none"),
    "a purpose that is not active": ({"purposes": ["marketing"]}, "purposes.unknown"),
    "no field": ({"readable": [], "clear": [], "writable": []}, "fields.none"),
    "a field the purpose does not need": ({"readable": ["ethnicity"], "clear": []}, "fields.not-offered"),
    "clear without reading": ({"clear": ["person_name", "mobile", "email"]}, "fields.clear-unread"),
    "no address": ({"addresses": []}, "addresses.none"),
    "everywhere": ({"addresses": ["0.0.0.0/0"]}, "addresses.wrong"),
    "not an address": ({"addresses": ["office"]}, "addresses.wrong"),
    "no limit": ({"daily_rows": 0}, "limit.range"),
    "longer than a year": ({"ends_at": NOW + timedelta(days=400)}, "dates.range"),
    "over before it begins": ({"ends_at": NOW - timedelta(days=1)}, "dates.range"),
    "no reason": ({"reason": " "}, "reason.missing"),
    "another department": ({"department": "service"}, "department.outside"),
    "an owner elsewhere": ({"owner": "agent"}, "owner.outside"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_unbound_proposal_is_refused_and_says_why(propose: Propose, world: World, name: str) -> None:
    purposes.retire_purpose(world.actor("officer"), key="marketing", reason="暂不推广")
    changes, code = WRONG[name]
    with pytest.raises(ClientProblem) as problem:
        propose(**changes)
    assert code in problem.value.codes
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "officer", "system_admin", "audit_admin"])
def test_only_heads_and_the_security_administrator_propose(propose: Propose, who: str) -> None:
    with pytest.raises(NotAllowed):
        propose(who=who)


def test_security_administrator_proposes_for_any_department(propose: Propose) -> None:
    assert propose(who="security_admin", department="service", owner="agent").state == ClientState.PROPOSED


def test_proposal_stands_in_the_journal_by_pseudonym(propose: Propose, ruled: World) -> None:
    client = propose()
    (line,) = lines(matching(ruled.actor("supervisor"), Filters(event="api_client.proposed")))
    assert line.actor == ruled.staff("sales_head").pseudonym
    assert line.data["client"] == str(client.pseudonym)
    assert line.data["owner"] == str(ruled.staff("clerk").pseudonym)
    assert line.data["clear"] == ["mobile"]
    assert line.sentence("zh-hans") == (
        "申请接口客户端：目的 销售跟进/履行合同，可读 手机号码、姓名，明文 手机号码，可写 手机号码"
    )
    assert "Sales follow-up" in line.sentence("en")
