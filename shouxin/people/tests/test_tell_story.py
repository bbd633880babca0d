"""The page of a person tells, from the journal, what was decided about that log-in, by whom, and about nobody else."""

import pytest
from django.test import Client

from shouxin.core.policy import Role
from shouxin.people import services
from shouxin.people.models import RoleAssignment
from tests.world import World

pytestmark = pytest.mark.django_db


def grant(world: World, who: str) -> RoleAssignment:
    return services.grant_role(
        actor=world.actor("security_admin"), staff_id=world.people[who].id, role=Role.CLERK
    )


def story(world: World, client: Client, who: str) -> str:
    page = client.get(f"/people/staff/{world.people[who].id}/").content.decode()
    return page[page.index('id="story"') :]


def test_the_page_of_a_person_tells_that_persons_story(world: World, client: Client) -> None:
    grant(world, "newcomer")
    world.signed_in(client, "security_admin")
    told = story(world, client, "newcomer")
    assert "待确认" in told
    assert world.people["security_admin"].display_name in told
    assert "还没有记录" in story(world, client, "agent")
