"""A purpose that rests on consent opens what was agreed to, to staff and services alike; refused, it opens nothing."""

from dataclasses import replace

from shouxin.core.policy import Action, Facts, Permit, Refusal, Relation, decide, service_actor
from shouxin.core.policy.tests.cast import CUSTOMER, FACTS, HER, PURPOSE, question

ON_CONSENT = replace(PURPOSE, consent_based=True, requires=frozenset({"consent"}))


def facts(*consented: str, **changes: object) -> Facts:
    her = replace(HER, consented=frozenset(consented), **changes)  # type: ignore[arg-type]
    return replace(FACTS, purpose=ON_CONSENT, customers={CUSTOMER: her}, available=frozenset({"consent"}))


def test_a_page_shows_what_she_agreed_to() -> None:
    answer = decide(question(Action.VIEW, "mobile", "id_number"), facts("mobile"))
    assert isinstance(answer, Permit)
    assert set(answer.forms[CUSTOMER]) == {"mobile"}


def test_services_are_bound_by_consent_as_staff_are() -> None:
    asked = question(Action.MAINTAIN, "mobile", actor=service_actor("search"))
    answer = decide(asked, facts())
    assert isinstance(answer, Refusal)
    assert answer.code == "consent.missing"


def test_what_she_refused_is_closed_to_services_too() -> None:
    asked = question(Action.MAINTAIN, "mobile", actor=service_actor("search"))
    answer = decide(asked, facts("mobile", refused_purpose=True))
    assert isinstance(answer, Refusal)
    assert answer.code == "purpose.refused"


def test_whoever_must_not_see_her_does_not_learn_what_she_refused() -> None:
    answer = decide(question(Action.VIEW, "mobile"), facts(refused_purpose=True, relation=Relation.NONE))
    assert isinstance(answer, Refusal)
    assert answer.code == "customer.unknown"


def test_nothing_is_stored_of_whoever_did_not_agree() -> None:
    answer = decide(question(Action.WRITE, "mobile"), facts())
    assert isinstance(answer, Refusal)
    assert answer.code == "consent.missing"


def test_what_is_agreed_to_by_the_same_act_is_stored_and_nothing_else() -> None:
    agreeing = question(Action.WRITE, "mobile", agreed=frozenset({"mobile"}))
    assert isinstance(decide(agreeing, facts()), Permit)
    more = question(Action.WRITE, "mobile", "job_title", agreed=frozenset({"mobile"}))
    assert isinstance(decide(more, facts()), Refusal)


def test_a_newcomer_must_agree_before_the_first_value() -> None:
    asked = question(Action.WRITE, "mobile", customers=(), newcomers=True)
    answer = decide(asked, facts())
    assert isinstance(answer, Refusal)
    assert answer.code == "consent.missing"
    assert isinstance(decide(replace(asked, agreed=frozenset({"mobile"})), facts()), Permit)


def test_agreeing_opens_nothing_to_a_reader() -> None:
    answer = decide(question(Action.VIEW, "mobile", agreed=frozenset({"mobile"})), facts())
    assert isinstance(answer, Refusal)
