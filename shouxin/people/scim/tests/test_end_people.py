"""Gone in the directory means gone here at once; only the last administrator cannot be taken away."""

import threading
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from shouxin.core.policy import Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.duties import services as duties
from shouxin.people.leaving import services as leaving
from shouxin.people.models import Duty, Staff
from shouxin.people.scim import services
from shouxin.people.scim.tests.conftest import USER, Directory
from shouxin.people.suspensions import services as suspensions
from shouxin.people.suspensions.models import Suspension
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
OFF = {"op": "replace", "path": "active", "value": False}


def managed(world: World, directory: Directory, who: str) -> Staff:
    """`who` of the cast, handed over to the directory."""
    staff = world.staff(who)
    services.adopt(
        actor=world.actor("system_admin"),
        connection=directory.connection,
        staff_id=staff.id,
        now=clock.now(),
    )
    return staff


@pytest.mark.parametrize("way", ["patch", "put", "delete"])
def test_an_open_page_is_closed_by_the_directory(world: World, directory: Directory, way: str) -> None:
    staff = managed(world, directory, "clerk")
    browser = world.signed_in(Client(), "clerk")
    assert browser.get("/").status_code == 200
    if way == "patch":
        # as Entra sends it: no path, a string for the boolean
        answer = directory.patch(f"Users/{staff.id}", {"op": "Replace", "value": {"active": "False"}})
    elif way == "put":
        body = {"schemas": [USER], "userName": staff.user_name, "displayName": "王芳", "active": False}
        answer = directory.ask("PUT", f"Users/{staff.id}", body)
    else:
        answer = directory.ask("DELETE", f"Users/{staff.id}")
    assert answer.status_code in {200, 204}
    assert browser.get("/").status_code == 302
    ended = world.staff("clerk")
    assert (ended.is_active, ended.roles, ended.has_usable_password()) == (False, [], False)
    assert Entry.objects.filter(event="staff.ended", actor=directory.connection.pseudonym).count() == 1


@pytest.mark.parametrize("role", ["system_admin", "security_admin"])
@pytest.mark.parametrize("way", ["patch", "put", "delete", "move"])
def test_the_last_administrator_stays(world: World, directory: Directory, role: str, way: str) -> None:
    staff = managed(world, directory, role)
    if way == "patch":
        answer = directory.patch(f"Users/{staff.id}", OFF)
    elif way == "put":
        body = {"schemas": [USER], "userName": role, "active": False}
        answer = directory.ask("PUT", f"Users/{staff.id}", body)
    elif way == "delete":
        answer = directory.ask("DELETE", f"Users/{staff.id}")
    else:
        group = directory.group("销售")
        services.place_group(
            actor=world.actor("system_admin"), group_id=group, department=world.departments["sales"].id
        )
        answer = directory.patch(
            f"Groups/{group}", {"op": "add", "path": "members", "value": [{"value": str(staff.id)}]}
        )
    assert answer.status_code == 403
    said = answer.json()
    assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert "last" in said["detail"]
    kept = world.staff(role)
    assert kept.is_active
    assert kept.roles == [role]
    assert kept.display_name == staff.display_name
    assert directory.ask("GET", f"Users/{staff.id}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_last_administrators_deleted_at_once_one_stays(
    world: World, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack: each of two requests still sees the other administrator in office."""
    Staff.objects.filter(id=world.people["newcomer"].id).update(
        roles=[Role.SYSTEM_ADMIN.value], department=world.departments["it"]
    )
    both = [managed(world, directory, who).id for who in ("system_admin", "newcomer")]
    checked, answers = threading.Barrier(2), list[int]()
    cut = people.cut_ties

    def meet(*given: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            checked.wait(1)  # whoever is let through waits for the other, who must not be
        return cut(*given)

    monkeypatch.setattr(people, "cut_ties", meet)

    def delete(staff_id: UUID) -> None:
        try:
            answers.append(directory.ask("DELETE", f"Users/{staff_id}").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=delete, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, 403]
    assert Staff.objects.filter(is_active=True, roles__contains=[Role.SYSTEM_ADMIN.value]).count() == 1


def test_an_administrator_with_a_successor_may_go(world: World, directory: Directory) -> None:
    staff = managed(world, directory, "system_admin")
    Staff.objects.filter(id=world.people["newcomer"].id).update(roles=[Role.SYSTEM_ADMIN.value])
    assert directory.patch(f"Users/{staff.id}", OFF).status_code == 200
    assert not world.staff("system_admin").is_active


def test_somebody_who_comes_back_has_no_rights(world: World, directory: Directory) -> None:
    staff = managed(world, directory, "clerk")
    directory.patch(f"Users/{staff.id}", OFF)
    answer = directory.patch(f"Users/{staff.id}", {"op": "replace", "path": "active", "value": True})
    assert answer.json()["active"] is True
    back = world.staff("clerk")
    assert (back.is_active, back.left_at, back.roles, back.has_usable_password()) == (True, None, [], False)
    tried = Client().post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    assert tried.status_code == 422


def test_open_duties_delay_the_closing_not_the_end_of_access(world: World, directory: Directory) -> None:
    staff = managed(world, directory, "clerk")
    Duty.objects.create(
        department=world.departments["sales"],
        step="collect",
        holder=staff,
        since=clock.now(),
        appointed_by=world.people["officer"],
    )
    browser = world.signed_in(Client(), "clerk")
    assert directory.patch(f"Users/{staff.id}", OFF).json()["active"] is False
    assert browser.get("/").status_code == 302
    cut = world.staff("clerk")
    assert (cut.is_active, cut.roles, cut.left_at) == (False, [], None)
    assert not cut.has_usable_password()
    assert not cut.assignments.filter(ended_at=None).exists()
    assert cut.suspensions.get().cause == Suspension.Cause.LEAVING
    assert Duty.objects.filter(holder=staff, ended_at=None).exists()
    officer = world.signed_in(Client(), "officer")
    assert "已离岗、职责待移交的人员" in officer.get("/").content.decode()
    assert "王芳" in officer.get("/people/staff/?state=handover").content.decode()
    page = f"/people/staff/{staff.id}/"
    assert f"/people/duties/from/{staff.id}/" in officer.get(page).content.decode()
    assert leaving.end_due(now=clock.now()) == 0  # nobody has taken over yet
    duties.succeed(
        actor=world.actor("officer"),
        staff_id=staff.id,
        successor=world.people["sales_head"].id,
        now=clock.now(),
    )
    assert leaving.end_due(now=clock.now()) == 1
    assert world.staff("clerk").left_at is not None
    assert "已离岗、职责待移交的人员" not in officer.get("/").content.decode()


def test_who_is_back_before_a_successor_was_named_answers_for_nothing(
    world: World, directory: Directory
) -> None:
    staff = managed(world, directory, "clerk")
    Duty.objects.create(
        department=world.departments["sales"],
        step="collect",
        holder=staff,
        since=clock.now(),
        appointed_by=world.people["officer"],
    )
    directory.patch(f"Users/{staff.id}", OFF)
    directory.patch(f"Users/{staff.id}", {"op": "replace", "path": "active", "value": True})
    back = world.staff("clerk")
    assert (back.is_active, back.suspended_at, back.roles, back.stay) == (True, None, [], 2)
    assert not back.suspensions.filter(resumed_at=None).exists()
    assert not Duty.objects.filter(holder=staff, ended_at=None).exists()
    assert leaving.end_due(now=clock.now()) == 0


def test_the_directory_lifts_no_suspension_that_people_set(world: World, directory: Directory) -> None:
    staff = managed(world, directory, "clerk")
    suspensions.suspend(
        actor=world.actor("officer"), staff_id=staff.id, cause=Suspension.Cause.CONCERN, now=clock.now()
    )
    directory.patch(f"Users/{staff.id}", OFF)
    directory.patch(f"Users/{staff.id}", {"op": "replace", "path": "active", "value": True})
    back = world.staff("clerk")
    assert back.is_active
    assert back.suspended_at is not None
