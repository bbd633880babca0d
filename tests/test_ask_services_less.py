"""Of a service the gate asks only what can bear on it; whatever does not say that it cannot is asked."""

from typing import Any

import pytest

from shouxin.core.policy import Actor, service_actor
from shouxin.core.text import Text
from shouxin.gate import facts
from shouxin.gate.facts import CustomerFact
from shouxin.kit import clock
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
LEFT_OUT = {"contact", "high_risk", "grant", "emergency", "client"}


def asked(register: Register, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> str:
    seen: list[str] = []

    def execute(text: str, _values: Any) -> list[Any]:
        seen.append(text)
        return []

    with monkeypatch.context() as patch:
        patch.setattr(facts, "execute", execute)
        facts.gather(actor=actor, purpose=SALES, customers=[register["li"]], now=clock.now())
    return seen[0]


def test_only_facts_about_showing_are_left_out_and_only_for_services(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    every: dict[str, facts.CustomerFact | facts.ActorFact] = {}
    every.update({fact.name: fact for fact in facts.customer_facts.values()})
    every.update({fact.name: fact for fact in facts.actor_facts.values()})
    assert {name for name, fact in every.items() if fact.of_showing} == LEFT_OUT
    service = asked(register, service_actor("search"), monkeypatch)
    assert {name for name, fact in every.items() if fact.sql not in service} == LEFT_OUT
    for who in ("clerk", "sales_head"):
        person = asked(register, register.world.actor(who), monkeypatch)
        assert all(fact.sql in person for fact in every.values())


def test_what_a_room_signs_up_without_a_word_is_asked_of_services_too(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_value: Any, _actor: Actor) -> dict[str, Any]:
        return {"consented": frozenset({"mobile"})}

    fact = CustomerFact("later", Text("后来的", "Later"), "SELECT to_jsonb(true)", read)
    monkeypatch.setitem(facts.customer_facts._entries, "later", fact)
    found = facts.gather(
        actor=service_actor("search"), purpose=SALES, customers=[register["li"]], now=clock.now()
    )
    assert found.customers[register["li"]].exists
    assert found.customers[register["li"]].consented == {"mobile"}
