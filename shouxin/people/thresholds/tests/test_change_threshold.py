"""A limit is another one only when one person asked for it and another confirmed it; otherwise the default holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from shouxin.core.policy import NotAllowed, Role
from shouxin.core.text import Text
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from shouxin.people.thresholds import queries, services
from shouxin.people.thresholds.models import ThresholdChange
from shouxin.people.thresholds.rules import Threshold, declare, thresholds
from tests.world import World, note_proof

KEY = "list-rows"  # declared by the gate


def ask(world: World, value: int = 500, by: str = "security_admin", key: str = KEY) -> ThresholdChange:
    return services.ask(actor=world.actor(by), key=key, value=value, reason="岗位需要", now=clock.now())


def confirm(world: World, change: ThresholdChange, by: str = "officer") -> None:
    services.confirm(actor=world.actor(by), change_id=change.id, now=clock.now())


def holds() -> int:
    return queries.value(thresholds[KEY])


def test_it_holds_when_another_person_confirmed_it(world: World) -> None:
    default = thresholds[KEY].default
    change = ask(world)
    assert holds() == default
    confirm(world, change)
    assert holds() == 500
    confirm(world, ask(world, default))
    assert holds() == default
    states = ThresholdChange.objects.order_by("asked_at").values_list("state", flat=True)
    assert list(states) == ["replaced", "in_force"]
    events = (
        Entry.objects.filter(event__startswith="threshold.").order_by("id").values_list("event", flat=True)
    )
    assert list(events) == ["threshold.asked", "threshold.confirmed"] * 2


def test_nobody_confirms_their_own_wish_under_whichever_log_in(world: World) -> None:
    change = ask(world)
    Staff.objects.filter(id=world.people["officer"].id).update(person=world.people["security_admin"].person)
    with pytest.raises(PeopleError, match="not_yours_to_decide"):
        confirm(world, change)
    assert holds() == thresholds[KEY].default
    confirm(world, change, "sales_head")  # no other officer is there: an organisation of two can go on
    assert holds() == 500


def test_a_head_does_not_confirm_while_there_is_an_officer(world: World) -> None:
    with pytest.raises(PeopleError, match="not_yours_to_decide"):
        confirm(world, ask(world), "top_head")


@pytest.mark.parametrize(
    ("value", "key", "problem"),
    [
        (10_001, KEY, "threshold_range"),
        (99, KEY, "threshold_range"),
        (2, "review-months", "threshold_range"),
        (1, "unheard-of", "threshold_range"),
        (2000, KEY, "threshold_same"),
    ],
)
def test_only_what_is_possible_is_asked(world: World, value: int, key: str, problem: str) -> None:
    with pytest.raises(PeopleError, match=problem):
        ask(world, value, key=key)


@pytest.mark.parametrize("who", ["clerk", "system_admin", "officer", "sales_head"])
def test_only_the_security_administrator_asks(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        ask(world, by=who)


def test_a_new_wish_takes_the_place_of_one_that_waits_and_can_be_taken_back(world: World) -> None:
    first, second = ask(world, 500), ask(world, 600)
    with pytest.raises(PeopleError, match="not_yours_to_decide"):
        confirm(world, first)
    services.withdraw(actor=world.actor("security_admin"), change_id=second.id, now=clock.now())
    assert queries.asked_for() == {}
    refused = ask(world, 700)
    services.refuse(actor=world.actor("officer"), change_id=refused.id, now=clock.now())
    assert holds() == thresholds[KEY].default


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_at_once_one_counts(world: World) -> None:
    change, officer = ask(world), world.actor("officer")

    def once(_n: int) -> bool:
        try:
            services.confirm(actor=officer, change_id=change.id, now=clock.now())
        except PeopleError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, range(2))) == [False, True]
    assert holds() == 500


def test_a_default_out_of_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="out of its range"):
        declare(Threshold("x", Text("x", "x"), Text("x", "x"), "days", default=9, least=1, most=3))


def test_screens_show_the_default_ask_and_confirm(world: World, client: Client) -> None:
    admin = world.signed_in(client, "security_admin")
    listed = admin.get("/people/thresholds/").content.decode()
    assert "产品默认" in listed
    assert "本单位设定" not in listed
    page = f"/people/thresholds/{KEY}/"
    assert admin.post(page, {"value": "50", "reason": "x"}).status_code == 422
    assert admin.post(page, {"value": "500", "reason": "岗位需要"}).status_code == 302
    officer = world.signed_in(Client(), "officer")
    assert "待我确认的限额与期限" in officer.get("/").content.decode()
    assert "每人每天的列表行数" in officer.get("/people/thresholds/?state=awaiting").content.decode()
    address = f"/people/thresholds/changes/{ThresholdChange.objects.get().id}/confirm/"
    assert admin.post(address).status_code == 403
    assert officer.post(address).status_code == 302
    assert holds() == 500
    assert "本单位设定" in officer.get("/people/thresholds/").content.decode()
    assert Role.OFFICER in world.actor("officer").roles
    note_proof(officer)
    assert officer.post(page, {"value": "600", "reason": "x"}).status_code == 404
