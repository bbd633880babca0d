"""Which roles need a second factor is decided by the security administrator, except where it always is."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed, Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.models import FactorDemand
from shouxin.people.second_factor import queries, rules, services
from shouxin.people.services import PeopleError
from tests.world import World

pytestmark = pytest.mark.django_db


def test_the_page_changes_it_and_it_works_at_once(world: World, client: Client) -> None:
    world.signed_in(client, "security_admin")
    assert client.get("/people/second-factor/").content.decode().count("始终必须") == len(rules.MANDATORY)
    assert not queries.must_set_up(world.staff("clerk"))
    client.post("/people/second-factor/", {"role": "clerk", "required": "yes"})
    assert queries.must_set_up(world.staff("clerk"))
    assert not queries.must_set_up(world.staff("sales_head"))
    client.post("/people/second-factor/", {"role": "clerk", "required": "no"})
    assert not queries.must_set_up(world.staff("clerk"))
    told = Entry.objects.filter(event__in=["factor.demanded", "factor.released"]).order_by("id")
    assert list(told.values_list("event", flat=True)) == ["factor.demanded", "factor.released"]


@pytest.mark.parametrize("role", sorted(rules.MANDATORY))
def test_officer_and_administrators_always_need_one(world: World, role: Role) -> None:
    actor = world.actor("security_admin")
    with pytest.raises(PeopleError, match="mandatory"):
        services.demand(actor=actor, role=role, required=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorDemand.objects.create(
            role=role.value, required=False, changed_by_id=actor.id, changed_at=clock.now()
        )


@pytest.mark.parametrize("who", ["system_admin", "audit_admin", "officer", "sales_head", "clerk"])
def test_nobody_else_decides(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.demand(actor=world.actor(who), role=Role.CLERK, required=True)
