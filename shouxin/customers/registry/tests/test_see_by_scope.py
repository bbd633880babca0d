"""Who sees which customers: list, page, search and gate give one answer, whatever somebody's view is."""

from itertools import product

import pytest
from django.test import Client

from shouxin.core.policy import Action, Question, Relation, Sight
from shouxin.customers.registry import queries
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.search import search
from shouxin.gate.models import Contact
from shouxin.gate.services import question_facts
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.register import SALES, Register

READERS = ("clerk", "agent", "marketer", "sales_head", "top_head", "officer")


def seen(register: Register, who: str) -> set[str]:
    found = set(queries.visible(register.world.actor(who)).values_list("id", flat=True))
    return {name for name, key in register.ids.items() if key in found}


def narrow(register: Register, who: str, sight: Sight) -> None:
    """As a confirmed setting leaves it (shown in people)."""
    Staff.objects.filter(id=register.world.people[who].id).update(sight=sight.value)


def test_own_department_and_all(register: Register) -> None:
    assert seen(register, "clerk") == {"li", "zhang", "huaxin"}
    assert seen(register, "sales_head") == {"li", "zhang", "huaxin", "secret"}
    assert seen(register, "top_head") == set(register.ids)  # with the departments below
    assert seen(register, "officer") == set(register.ids)
    narrow(register, "clerk", Sight.OWN)
    assert seen(register, "clerk") == {"li", "huaxin"}
    narrow(register, "officer", Sight.DEPARTMENT)
    assert seen(register, "officer") == set()


@pytest.mark.parametrize("sight", ["", *Sight])
def test_the_register_and_the_gate_agree_about_everybody(register: Register, sight: str) -> None:
    for name, (scope, visibility) in zip(
        register.ids,
        product(("own", "department", "organisation"), ("open", "unconfirmed")),
        strict=False,
    ):
        Customer.objects.filter(id=register[name]).update(scope=scope, visibility=visibility)
    for who in READERS:
        Staff.objects.filter(id=register.world.people[who].id).update(sight=sight)
        actor = register.world.actor(who)
        asked = Question(actor, SALES, Action.VIEW, tuple(register.ids.values()), (), "", clock.now())
        facts, _ = question_facts(asked)
        gate = {key for key, fact in facts.customers.items() if fact.relation is not Relation.NONE}
        assert set(queries.visible(actor).values_list("id", flat=True)) == gate, who
        found = {key for key in Customer.objects.values_list("id", flat=True) if queries.find(actor, key)}
        assert found == gate, who


def test_out_of_view_and_unknown_look_alike(register: Register, client: Client) -> None:
    narrow(register, "clerk", Sight.OWN)
    client = register.world.signed_in(client, "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    unknown = client.get("/customers/00000000-0000-7000-8000-000000000000/")
    hidden = client.get(f"/customers/{register['zhang']}/")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert client.get(f"/customers/{register['li']}/").status_code == 200
    found = search(actor=register.world.actor("clerk"), purpose=SALES, term="13987654321", now=clock.now())
    assert found.customers == []


def test_the_officer_sees_everything_masked_and_changes_nothing(register: Register) -> None:
    actor = register.world.actor("officer")
    asked = Question(actor, SALES, Action.VIEW, tuple(register.ids.values()), (), "", clock.now())
    facts, _ = question_facts(asked)
    assert set(facts.customers) == set(register.ids.values())
    assert {fact.relation for fact in facts.customers.values()} <= {Relation.ORGANISATION, Relation.OVERSEEN}


def test_all_masked_is_seen_and_never_opened(register: Register, client: Client) -> None:
    narrow(register, "clerk", Sight.ALL)
    assert seen(register, "clerk") == set(register.ids)
    client = register.world.signed_in(client, "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    other_id = register["service"]
    other, own = (client.get(f"/customers/{register[name]}/").content.decode() for name in ("service", "li"))
    verbs = ("/contact/", "/emergency/open/", "负责人与范围")
    assert [verb in own for verb in verbs] == [True] * 3
    assert [verb in other for verb in verbs] == [False] * 3
    opened = client.post(
        f"/customers/{other_id}/contact/", {"reason_class": "order", "note": ""}, follow=True
    )
    assert opened.status_code == 403
    assert "只看脱敏" in opened.content.decode()
    assert not Contact.objects.exists()
    revealed = client.post(f"/customers/{other_id}/reveal/", {"field": "mobile"})
    assert revealed.status_code == 403
