"""Which roles need a second factor: demanded by the security administrator, released by two, and some always do."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed, Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.models import FactorDemand, Staff
from shouxin.people.second_factor import queries, rules, services
from shouxin.people.services import PeopleError
from tests.world import World

pytestmark = pytest.mark.django_db


def test_demanding_works_at_once_and_releasing_when_another_person_agrees(
    world: World, client: Client
) -> None:
    admin, page = world.signed_in(client, "security_admin"), "/people/second-factor/"
    assert admin.get(page).content.decode().count("始终必须") == len(rules.MANDATORY)
    assert not queries.must_set_up(world.staff("clerk"))
    admin.post(page, {"role": "clerk", "verb": "demand"})
    assert queries.must_set_up(world.staff("clerk"))
    assert not queries.must_set_up(world.staff("sales_head"))
    admin.post(page, {"role": "clerk", "verb": "ask-release"})
    assert queries.must_set_up(world.staff("clerk")), "asked for is not agreed"
    admin.post(page, {"role": "clerk", "verb": "release"})
    assert queries.must_set_up(world.staff("clerk")), "nobody agrees with themselves"
    officer = world.signed_in(Client(), "officer")
    assert "待我确认：不再要求二次认证的角色" in officer.get("/").content.decode()
    assert "同意改为可不设" in officer.get(page).content.decode()
    officer.post(page, {"role": "clerk", "verb": "release"})
    assert not queries.must_set_up(world.staff("clerk"))
    told = Entry.objects.filter(event__in=["factor.demanded", "factor.release_asked", "factor.released"])
    assert list(told.order_by("id").values_list("event", flat=True)) == [
        "factor.demanded",
        "factor.release_asked",
        "factor.released",
    ]


def test_a_refused_release_leaves_it_as_it_is(world: World) -> None:
    admin = world.actor("security_admin")
    services.demand(actor=admin, role=Role.CLERK)
    services.ask_release(actor=admin, role=Role.CLERK)
    services.decide_release(actor=world.actor("officer"), role=Role.CLERK, agree=False)
    assert queries.must_set_up(world.staff("clerk"))
    with pytest.raises(PeopleError, match="not_yours_to_release"):
        services.decide_release(actor=world.actor("officer"), role=Role.CLERK, agree=True)


def test_another_log_in_of_who_asked_does_not_agree(world: World) -> None:
    admin = world.actor("security_admin")
    services.demand(actor=admin, role=Role.CLERK)
    services.ask_release(actor=admin, role=Role.CLERK)
    Staff.objects.filter(id=world.people["officer"].id).update(person=world.people["security_admin"].person)
    with pytest.raises(PeopleError, match="not_yours_to_release"):
        services.decide_release(actor=world.actor("officer"), role=Role.CLERK, agree=True)
    row = FactorDemand.objects.get(role="clerk")
    row.required, row.release_asked_at, row.changed_by_id = False, None, admin.id
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_what_needs_none_is_not_released(world: World) -> None:
    with pytest.raises(PeopleError, match="not_demanded"):
        services.ask_release(actor=world.actor("security_admin"), role=Role.CLERK)


@pytest.mark.parametrize("role", sorted(rules.MANDATORY))
def test_officer_and_administrators_always_need_one(world: World, role: Role) -> None:
    actor = world.actor("security_admin")
    with pytest.raises(PeopleError, match="mandatory"):
        services.ask_release(actor=actor, role=role)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorDemand.objects.create(
            role=role.value, required=False, changed_by_id=actor.id, changed_at=clock.now()
        )


@pytest.mark.parametrize("who", ["system_admin", "audit_admin", "officer", "sales_head", "clerk"])
def test_nobody_else_decides(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.demand(actor=world.actor(who), role=Role.CLERK)
