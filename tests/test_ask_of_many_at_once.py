"""Of many customers the gate finds at once who needs a closer look; nobody is forgotten, whatever stands about them."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from shouxin.access.highrisk.tests.conftest import mark, mark_field
from shouxin.core.policy import Actor, CustomerFacts, GroupState, customer_actor, service_actor
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.consents.tests.test_decide_consents import MARKETING, decided
from shouxin.customers.registry.tests.test_plan_searches import nodes
from shouxin.gate import facts
from shouxin.kit import clock
from shouxin.kit.statements import execute
from shouxin.vault import queries as vault
from shouxin.vault import services as sealing
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
FOUND_AT_ONCE = {"consent", "refused_purpose", "high_risk", "state"}


def stop(register: Register, customer: str, purpose: str) -> None:
    """What the person may say: no longer for this purpose."""
    him = register[customer]
    if purpose == MARKETING:
        consents.withdraw(
            actor=customer_actor(him), customer=him, purpose=purpose, how=How(Channel.PORTAL), now=clock.now()
        )
    else:
        consents.refuse_purpose(
            actor=customer_actor(him),
            customer=him,
            purpose=purpose,
            kind=RefusalKind.OBJECTED,
            now=clock.now(),
        )


def given_and_withdrawn(register: Register) -> None:
    decided(register, "general")
    stop(register, "li", MARKETING)


def close(register: Register, customer: str, *, for_ever: bool) -> None:
    """One of the customer's storage groups locked, or destroyed."""
    him, by = register[customer], service_actor("closing")
    group = min(vault.states([him])[him])
    if for_ever:
        sealing.destroy_groups(actor=by, groups=[(him, group)], reason="period_over")
    else:
        sealing.move_state(actor=by, groups=[(him, group)], state=GroupState.LOCKED)


def known(actor: Actor, purpose: str, customers: list[UUID]) -> dict[UUID, CustomerFacts]:
    return facts.gather(actor=actor, purpose=purpose, customers=customers, now=clock.now()).customers


STORIES: dict[str, tuple[str, Callable[[Register], Any], str, str]] = {
    "consent": (MARKETING, lambda r: decided(r, "general"), "li", "consented"),
    "withdrawn": (MARKETING, given_and_withdrawn, "", ""),
    "refused": (SALES, lambda r: stop(r, "zhang", SALES), "zhang", "refused_purpose"),
    "high risk": (SALES, lambda r: mark(r, customer="zhang"), "zhang", "high_risk"),
    "locked": (SALES, lambda r: close(r, "li", for_ever=False), "li", "states"),
    "destroyed": (SALES, lambda r: close(r, "li", for_ever=True), "li", "states"),
}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("who", ["clerk", "service"])
def test_of_many_at_once_the_same_is_known_as_of_each_alone(register: Register, story: str, who: str) -> None:
    purpose, happen, customer, what = STORIES[story]
    actor = register.world.actor(who) if who != "service" else service_actor("search")
    happen(register)
    everybody = list(register.ids.values())
    together = known(actor, purpose, everybody)
    assert together == {one: known(actor, purpose, [one])[one] for one in everybody}
    if what == "high_risk" and who == "service":
        return  # a service shows nothing to anybody, and is not asked about it
    said = {one for one in everybody if what and getattr(together[one], what)}
    assert said == ({register[customer]} if customer else set())


def test_a_field_that_is_marked_is_marked_for_everybody(register: Register) -> None:
    mark_field(register)
    everybody = list(register.ids.values())
    together = known(register.world.actor("clerk"), SALES, everybody)
    assert [together[one].high_risk_fields for one in everybody] == [{"mobile"}] * len(everybody)


def test_nobody_of_whom_there_is_nothing_to_say_is_looked_up(register: Register) -> None:
    about = {fact.name: fact for fact in facts.customer_facts.values() if fact.whom}
    assert set(about) == FOUND_AT_ONCE
    actor, everybody = register.world.actor("clerk"), list(register.ids.values())
    for name, fact in about.items():
        for sql, times in ((fact.sql, len(everybody)), (fact.of_several(), 0)):
            each = [node for node in _plan(sql, actor, everybody) if "q.customer_id" in _conditions(node)]
            assert {node["Actual Loops"] for node in each} == {times}, name


def test_open_groups_are_not_read_to_find_the_closed_ones(register: Register) -> None:
    fact, actor = facts.customer_facts["state"], register.world.actor("clerk")
    execute("SET LOCAL enable_seqscan = off")  # a handful of rows is read whole otherwise
    for sql, customers in (
        (fact.sql, [register["li"]]),
        (fact.of_several(), list(register.ids.values())),
    ):
        used = {
            node["Index Name"]
            for node in _plan(sql, actor, customers)
            if "vault_group" in str(node.get("Index Name"))
        }
        assert used == {"vault_group_closed"}


def _conditions(node: dict[str, Any]) -> str:
    return " ".join(str(node.get(key)) for key in ("Index Cond", "Filter", "Recheck Cond"))


def _plan(sql: str, actor: Actor, customers: list[UUID]) -> list[dict[str, Any]]:
    asked = f"SELECT ({sql}) FROM unnest(%(customers)s::uuid[]) AS q (customer_id)"
    explained = execute(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {asked}", facts.parameters(actor, SALES, customers, clock.now())
    )[0][0]
    return nodes((explained if isinstance(explained, list) else json.loads(explained))[0]["Plan"])
