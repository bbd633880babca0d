"""People at their own door see themselves and nobody else: masked at first, clear once they proved who they are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shouxin.core.policy import Action, Form, Permit, Refusal, Relation, customer_actor, decide
from shouxin.core.policy.tests.cast import CUSTOMER, FACTS, HER, NOW, OTHER, PURPOSE, question

RIGHTS = replace(PURPOSE, services=frozenset({"customer"}))
KNOWN = replace(FACTS, purpose=RIGHTS, grants=())
HERSELF = customer_actor(CUSTOMER)
PROVED = customer_actor(CUSTOMER, second_factor_at=NOW - timedelta(minutes=1))


def asked(action: Action, **changes: object) -> object:
    return decide(question(action, "mobile", "id_number", **{"actor": HERSELF, **changes}), KNOWN)


def test_she_sees_herself_masked() -> None:
    answer = asked(Action.VIEW)
    assert isinstance(answer, Permit)
    assert set(answer.forms[CUSTOMER].values()) == {Form.MASKED}


def test_clear_values_need_a_fresh_second_proof() -> None:
    refused = asked(Action.REVEAL)
    assert isinstance(refused, Refusal)
    assert refused.code == "own.second-factor"
    stale = asked(Action.REVEAL, actor=customer_actor(CUSTOMER, second_factor_at=NOW - timedelta(minutes=11)))
    assert isinstance(stale, Refusal)
    shown = asked(Action.REVEAL, actor=PROVED)
    assert isinstance(shown, Permit)
    assert set(shown.forms[CUSTOMER].values()) == {Form.CLEAR}


def test_her_own_restriction_does_not_shut_her_out() -> None:
    known = replace(KNOWN, customers={CUSTOMER: replace(HER, restricted=True)})
    assert isinstance(decide(question(Action.VIEW, "mobile", actor=HERSELF), known), Permit)


def test_somebody_else_does_not_exist_for_her() -> None:
    strangers = {OTHER: replace(HER, relation=Relation.NONE)}
    known = replace(KNOWN, customers=strangers)
    answer = decide(question(Action.REVEAL, "mobile", actor=PROVED, customers=(OTHER,)), known)
    assert isinstance(answer, Refusal)
    assert answer.code == "customer.unknown"


@pytest.mark.parametrize("action", [Action.SEARCH, Action.DIAL, Action.MAINTAIN])
def test_what_staff_do_is_not_hers_to_do(action: Action) -> None:
    answer = asked(action, actor=PROVED)
    assert isinstance(answer, Refusal)
    assert answer.code == "role.not-allowed"


def test_a_purpose_that_is_not_for_customers_stays_closed() -> None:
    answer = decide(question(Action.VIEW, "mobile", actor=HERSELF), replace(KNOWN, purpose=PURPOSE))
    assert isinstance(answer, Refusal)
    assert answer.code == "purpose.role"
