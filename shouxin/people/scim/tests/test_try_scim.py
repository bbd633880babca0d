"""The self-test of SCIM connections, as `shouxin doctor` shows it."""

import pytest

from shouxin.kit import connections as tried
from shouxin.kit.connections import State
from shouxin.people.models import Department
from shouxin.people.scim.tests.conftest import USER, Directory
from tests.world import World

pytestmark = pytest.mark.django_db


def state() -> State:
    (found,) = tried.examine(tried.connections["scim"])
    return found.state


def test_nothing_configured_is_said(world: World) -> None:
    assert state() is State.NOT_CONFIGURED


def test_a_closed_department_is_found_before_joiners_are_refused(world: World, directory: Directory) -> None:
    assert state() is State.OK
    Department.objects.filter(id=world.departments["sales"].id).update(is_active=False)
    assert state() is State.TURNED_AWAY
    refused = directory.ask("POST", "Users", {"schemas": [USER], "userName": "zhang"})
    assert refused.status_code == 403
    assert "closed" in refused.json()["detail"]
