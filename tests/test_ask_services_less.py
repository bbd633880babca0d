"""Of an actor the gate asks only what can bear on them; whatever does not say that it cannot is asked."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from shouxin.core.policy import Actor, ActorKind, service_actor
from shouxin.core.text import Text
from shouxin.gate import facts
from shouxin.gate.facts import CustomerFact
from shouxin.kit import clock
from shouxin.kit.statements import execute
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
LEFT_OUT = {"contact", "high_risk", "grant", "emergency", "client"}
OF_STAFF, OF_PROGRAMS = {"contact", "grant", "emergency"}, {"client"}
NAMES_STAFF = """
    SELECT 1 FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
    WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.confrelid = 'people_staff'::regclass
      AND a.attname = 'staff_id' AND a.attnotnull
"""


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
        assert {name for name, fact in every.items() if fact.sql not in person} == OF_PROGRAMS


def test_programs_are_not_asked_for_what_only_a_member_of_staff_can_have(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    every: dict[str, facts.CustomerFact | facts.ActorFact] = {}
    every.update({fact.name: fact for fact in facts.customer_facts.values()})
    every.update({fact.name: fact for fact in facts.actor_facts.values()})
    clerk = register.world.actor("clerk")
    program = asked(register, replace(clerk, id=uuid4(), kind=ActorKind.CLIENT), monkeypatch)
    assert {name for name, fact in every.items() if fact.sql not in program} == OF_STAFF
    # Nobody else can have one: the database refuses a row that names anybody but a member of staff.
    for name in OF_STAFF:
        table = re.search(r"FROM (\w+) (\w+)\s+WHERE \2\.staff_id = %\(actor\)s", every[name].sql)
        assert table
        assert execute(NAMES_STAFF, [table[1]]), name


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
