"""Whoever left and returns is taken back on the staff page as on the first day, and nobody else is."""

import pytest
from django.test import Client

from shouxin.core.policy import NotAllowed
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.leaving import closing
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from tests.world import World

pytestmark = pytest.mark.django_db


def rejoin(world: World, who: str = "outsider", by: str = "system_admin", to: str = "service") -> Staff:
    return closing.rejoin(
        actor=world.actor(by),
        staff_id=world.people[who].id,
        department=world.departments[to].id,
        password=None,
        now=clock.now(),
    )


def test_only_somebody_who_left_is_taken_back_by_an_administrator(world: World) -> None:
    with pytest.raises(PeopleError, match="active"):
        rejoin(world, who="clerk")
    with pytest.raises(NotAllowed):
        rejoin(world, by="officer")
    back = rejoin(world)
    assert (back.department, back.roles, back.left_at, back.stay) == (
        world.departments["service"],
        [],
        None,
        2,
    )
    assert of_events(["staff.reopened"])[0].data["staff"] == str(back.pseudonym)


def test_an_announced_departure_of_before_ends_nobody_anew(world: World) -> None:
    people.end_staff(actor=world.actor("system_admin"), staff_id=world.people["clerk"].id)
    rejoin(world, who="clerk")
    assert not world.staff("clerk").departures.filter(ended_at=None).exists()
    assert world.actor("clerk").permissions == frozenset()


def test_the_page_tells_the_truth_about_ending_and_takes_back(world: World, client: Client) -> None:
    client = world.signed_in(client, "system_admin")
    page = f"/people/staff/{world.people['clerk'].id}/"
    said = client.get(f"{page}end/").content.decode()
    assert "须重新入职" in said
    assert "不能恢复" not in said
    assert "rejoin/" not in client.get(page).content.decode()
    assert client.get(f"{page}rejoin/").status_code == 404
    client.post(f"{page}end/", {"typed": "clerk"})
    assert "rejoin/" in client.get(page).content.decode()
    answer = client.post(f"{page}rejoin/", {"department": str(world.departments["service"].id)})
    assert "初始密码" in answer.content.decode()
    back = world.staff("clerk")
    assert (back.is_active, back.roles, back.must_change_password) == (True, [], True)
    assert client.post(f"{page}rejoin/", {"department": "no"}).status_code == 404
