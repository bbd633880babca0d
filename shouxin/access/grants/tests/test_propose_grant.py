"""Somebody asks for a standing grant for themselves: what it may hold, and that it opens nothing yet."""

import pytest

from shouxin.access.grants.models import State
from shouxin.access.grants.services import GrantProblem
from shouxin.access.grants.tests.conftest import Propose, Reveal
from shouxin.core.policy import NotAllowed
from shouxin.gate.services import Refused


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"fields": []}, "fields.none"),
        ({"fields": ["id_number"]}, "fields.not-grantable"),  # sensitive
        ({"fields": ["customer_needs"]}, "fields.not-grantable"),  # a trade secret
        ({"fields": ["nonsense"]}, "fields.not-grantable"),
        ({"daily_limit": 31}, "limit.range"),
        ({"daily_limit": 0}, "limit.range"),
        ({"days": 184}, "until.range"),
        ({"days": -1}, "until.range"),
        ({"reason": "  "}, "reason.missing"),
        ({"purpose": "legal_obligation"}, "purpose.role"),
        ({"purpose": "nonsense"}, "purpose.role"),
    ],
)
def test_a_proposal_beyond_the_rule_is_refused_and_says_why(
    propose: Propose, named: dict[str, object], code: str
) -> None:
    with pytest.raises(GrantProblem) as problem:
        propose(**named)
    assert code in problem.value.codes


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin", "supervisor"])
def test_who_reads_no_customers_asks_for_no_grant(propose: Propose, who: str) -> None:
    with pytest.raises(NotAllowed):
        propose(who=who)


def test_a_proposal_opens_nothing(propose: Propose, reveal: Reveal) -> None:
    assert propose().state == State.PENDING
    with pytest.raises(Refused) as refused:
        reveal()
    assert refused.value.refusal.code == "grant.missing"
