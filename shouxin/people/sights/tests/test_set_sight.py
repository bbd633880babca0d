"""The roles say how far somebody sees; a person's view is set otherwise by one and confirmed by another."""

import pytest
from django.test import Client

from shouxin.core.policy import NotAllowed, Role, Sight
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.problems import PeopleError
from shouxin.people.services import move_staff
from shouxin.people.sights import rules, services
from shouxin.people.sights.models import SightSetting
from tests.world import World


def ask(world: World, who: str = "clerk", sight: Sight | None = Sight.OWN) -> SightSetting:
    return services.ask(
        actor=world.actor("security_admin"), staff_id=world.people[who].id, sight=sight, now=clock.now()
    )


def confirm(world: World, setting: SightSetting, by: str = "sales_head") -> None:
    services.confirm(actor=world.actor(by), setting_id=setting.id, now=clock.now())


@pytest.mark.parametrize(
    ("roles", "own", "seen"),
    [
        ({Role.CLERK}, "", Sight.DEPARTMENT),
        ({Role.HEAD, Role.OFFICER}, "", Sight.ALL),
        ({Role.OFFICER}, "department", Sight.DEPARTMENT),
        ({Role.CLERK}, "all", Sight.ALL),
        ({Role.CLERK}, "own", Sight.OWN),
    ],
)
def test_the_own_setting_counts(roles: set[Role], own: str, seen: Sight) -> None:
    assert rules.effective(roles, own) is seen


def test_it_works_when_the_head_has_confirmed_it_and_can_be_lifted_the_same_way(world: World) -> None:
    setting = ask(world)
    assert world.actor("clerk").sight is Sight.DEPARTMENT
    confirm(world, setting)
    assert world.actor("clerk").sight is Sight.OWN
    lifted = ask(world, sight=None)
    assert world.actor("clerk").sight is Sight.OWN
    confirm(world, lifted)
    assert world.actor("clerk").sight is Sight.DEPARTMENT
    events = Entry.objects.filter(event__startswith="sight.").values_list("event", flat=True).order_by("id")
    assert list(events) == ["sight.asked", "sight.confirmed"] * 2


@pytest.mark.parametrize("by", ["service_head", "top_head"])
def test_only_heads_of_the_line_confirm(world: World, by: str) -> None:
    setting = ask(world)
    if by == "top_head":
        confirm(world, setting, by)
        assert world.actor("clerk").sight is Sight.OWN
    else:
        with pytest.raises(PeopleError, match="not_yours_to_confirm"):
            confirm(world, setting, by)


def test_a_head_does_not_confirm_their_own(world: World) -> None:
    setting = ask(world, "sales_head")
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        confirm(world, setting)


def test_all_masked_is_the_officers_to_confirm(world: World) -> None:
    setting = ask(world, sight=Sight.ALL)
    for head in ("sales_head", "top_head"):
        with pytest.raises(PeopleError, match="not_yours_to_confirm"):
            confirm(world, setting, head)
    assert world.actor("clerk").sight is Sight.DEPARTMENT
    confirm(world, setting, "officer")
    assert world.actor("clerk").sight is Sight.ALL


def test_narrower_is_not_the_officers_to_confirm(world: World) -> None:
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        confirm(world, ask(world), "officer")


def test_the_officer_confirms_for_somebody_above_whom_there_is_no_head(world: World) -> None:
    setting = ask(world, "top_head")
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        confirm(world, setting, "sales_head")
    confirm(world, setting, "officer")
    assert world.actor("top_head").sight is Sight.OWN


@pytest.mark.parametrize(
    ("who", "sight", "problem"),
    [
        ("audit_admin", Sight.ALL, "sees_nothing"),
        ("clerk", Sight.DEPARTMENT, "as_roles"),
        ("officer", Sight.ALL, "as_roles"),
    ],
)
def test_what_changes_nothing_is_not_asked(world: World, who: str, sight: Sight, problem: str) -> None:
    with pytest.raises(PeopleError, match=problem):
        ask(world, who, sight)


def test_a_wider_view_ends_with_the_move_and_a_narrower_one_stays(world: World) -> None:
    confirm(world, ask(world, sight=Sight.ALL), "officer")
    confirm(world, ask(world, "agent"), "service_head")
    waiting = ask(world, "marketer", Sight.ALL)
    for who, target in (("clerk", "service"), ("agent", "sales"), ("marketer", "sales")):
        move_staff(
            actor=world.actor("system_admin"),
            staff_id=world.people[who].id,
            department=world.departments[target].id,
        )
    assert [world.staff(who).sight for who in ("clerk", "agent")] == ["", "own"]
    with pytest.raises(PeopleError, match="not_yours_to_confirm"):
        confirm(world, waiting, "officer")
    assert Entry.objects.filter(event="sight.ended").count() == 2


def test_only_the_security_administrator_asks(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.ask(
            actor=world.actor("sales_head"),
            staff_id=world.people["clerk"].id,
            sight=Sight.OWN,
            now=clock.now(),
        )


def test_screens_set_and_confirm(world: World, client: Client) -> None:
    page = f"/people/staff/{world.people['clerk'].id}/sight/"
    world.signed_in(client, "security_admin").post(page, {"sight": "own"})
    head = world.signed_in(Client(), "sales_head")
    assert "待确认的可见范围" in head.get("/").content.decode()
    assert "王芳" in head.get("/people/sights/").content.decode()
    head.post(f"/people/sights/{SightSetting.objects.get().id}/confirm/")
    assert "仅本人负责的客户" in head.get(page).content.decode()
    assert head.post(page, {"sight": ""}).status_code == 404
    assert world.signed_in(Client(), "service_head").get(page).status_code == 404
