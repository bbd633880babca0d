"""What bears only on what somebody is shown changes nothing for a service, which is shown nothing; the rest does."""

from dataclasses import replace

import pytest

from shouxin.core.policy import (
    Action,
    Actor,
    ContactFact,
    Facts,
    GroupState,
    Permit,
    Question,
    Refusal,
    decide,
    service_actor,
)
from shouxin.core.policy.tests.cast import CUSTOMER, FACTS, FIELDS, NOW, PURPOSE

SERVICE = service_actor("search")
ASKED = ("mobile", "id_number", "ethnicity")
SERVED = replace(PURPOSE, services=frozenset({"search"}))
BARE = replace(
    FACTS,
    purpose=SERVED,
    grants=(),
    readiness_missing=(),
    customers={CUSTOMER: replace(FACTS.customers[CUSTOMER], contact=None)},
)


def asked(facts: Facts, action: Action, actor: Actor = SERVICE) -> Permit | Refusal:
    return decide(Question(actor, PURPOSE.key, action, (CUSTOMER,), ASKED, "search", NOW), facts)


def her(facts: Facts, **changes: object) -> Facts:
    return replace(facts, customers={CUSTOMER: replace(facts.customers[CUSTOMER], **changes)})  # type: ignore[arg-type]


@pytest.mark.parametrize("action", list(Action))
def test_contact_grants_and_high_risk_change_nothing_for_a_service(action: Action) -> None:
    answers = [
        asked(facts, action)
        for facts in (
            BARE,
            replace(BARE, grants=FACTS.grants),
            her(BARE, contact=ContactFact(PURPOSE.key, NOW.replace(year=2027))),
            her(BARE, high_risk=True, high_risk_fields=frozenset(FIELDS)),
        )
    ]
    assert [one == answers[0] for one in answers] == [True] * len(answers)
    # All that it may do at all: nothing is shown to it.
    assert isinstance(answers[0], Permit) == (action in {Action.MAINTAIN, Action.WRITE})


def test_destruction_existence_and_consent_bind_a_service_too() -> None:
    group = FIELDS["mobile"].storage_group
    assert isinstance(asked(BARE, Action.MAINTAIN), Permit)
    assert isinstance(asked(her(BARE, exists=False), Action.MAINTAIN), Refusal)
    assert isinstance(asked(her(BARE, states={group: GroupState.DESTROYED}), Action.MAINTAIN), Refusal)
    by_consent = replace(BARE, purpose=replace(SERVED, consent_based=True), available=frozenset({"consent"}))
    assert isinstance(asked(by_consent, Action.MAINTAIN), Refusal)
    consented = asked(her(by_consent, consented=frozenset({"mobile"})), Action.MAINTAIN)
    assert isinstance(consented, Permit)
    assert set(consented.forms[CUSTOMER]) == {"mobile"}
