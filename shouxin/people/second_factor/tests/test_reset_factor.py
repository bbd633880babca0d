"""A lost second factor: one asks, another confirms, and never the person alone."""

from argparse import Namespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.people import commands
from shouxin.people.models import FactorReset, Staff
from shouxin.people.second_factor import queries, services
from shouxin.people.services import PeopleError
from tests.world import World

pytestmark = pytest.mark.django_db


def _ask(world: World, who: str = "officer", by: str = "system_admin") -> FactorReset:
    return services.ask_reset(
        actor=world.actor(by), staff_id=world.people[who].id, reason="手机遗失，已当面核实"
    )


def test_asking_alone_changes_nothing(world: World, client: Client) -> None:
    world.code("officer")
    world.signed_in(client, "officer")
    _ask(world)
    assert client.get("/").status_code == 200
    assert world.staff("officer").second_factor_at is not None


def test_confirmed_by_another_it_goes_and_the_sessions_end(world: World, client: Client) -> None:
    world.code("officer")
    services.renew_recovery_codes(actor=world.actor("officer"))
    world.signed_in(client, "officer")
    reset = _ask(world)
    admin = world.signed_in(Client(), "security_admin")
    assert "待我确认的二次认证重置" in admin.get("/").content.decode()
    admin.post(f"/people/second-factor/resets/{reset.id}/confirm/")
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert world.staff("officer").second_factor_at is None
    assert not queries.factors_of(world.people["officer"].id)
    assert queries.recovery_codes_left(world.people["officer"].id) == 0
    told = list(
        Entry.objects.filter(event__startswith="factor.reset").order_by("id").values_list("event", "actor")
    )
    assert told == [
        ("factor.reset_asked", world.people["system_admin"].pseudonym),
        ("factor.reset_done", world.people["security_admin"].pseudonym),
    ]


def test_who_asked_does_not_confirm_with_any_log_in(world: World) -> None:
    reset = _ask(world)
    Staff.objects.filter(user_name="sales_head").update(person=world.people["system_admin"].person)
    with pytest.raises(PeopleError, match="same_person"):
        services.confirm_reset(actor=world.actor("sales_head"), reset_id=reset.id)


def test_the_person_does_not_confirm_with_any_log_in(world: World) -> None:
    reset = _ask(world)
    Staff.objects.filter(user_name="sales_head").update(person=world.people["officer"].person)
    for who in ("officer", "sales_head"):
        with pytest.raises(PeopleError, match="same_person"):
            services.confirm_reset(actor=world.actor(who), reset_id=reset.id)
    assert world.staff("officer").second_factor_at is not None


def test_whoever_sits_at_the_server_asks_and_somebody_else_still_confirms(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Namespace(account="SYSTEM_ADMIN", reason="唯一的系统管理员手机遗失")
    assert commands.reset(asked) == 0
    assert commands.reset(asked) == 1, "one waits already"
    assert commands.reset(Namespace(account="nobody", reason="x")) == 1
    reset = FactorReset.objects.get()
    assert reset.asked_by is None
    Staff.objects.filter(user_name="top_head").update(person=world.people["system_admin"].person)
    with pytest.raises(PeopleError, match="same_person"):
        services.confirm_reset(actor=world.actor("top_head"), reset_id=reset.id)
    services.confirm_reset(actor=world.actor("sales_head"), reset_id=reset.id)
    assert world.staff("system_admin").second_factor_at is None


def test_nobody_asks_for_themselves(world: World) -> None:
    Staff.objects.filter(user_name="system_admin").update(person=world.people["officer"].person)
    with pytest.raises(PeopleError, match="own_factor"):
        _ask(world)


def test_a_refused_reset_changes_nothing_and_is_over(world: World) -> None:
    reset = _ask(world)
    services.refuse_reset(actor=world.actor("sales_head"), reset_id=reset.id)
    with pytest.raises(PeopleError, match="decided"):
        services.confirm_reset(actor=world.actor("security_admin"), reset_id=reset.id)
    assert world.staff("officer").second_factor_at is not None


def test_one_reset_waits_at_a_time(world: World) -> None:
    _ask(world)
    with pytest.raises(PeopleError, match="waiting"):
        _ask(world)


@pytest.mark.parametrize("by", ["officer", "system_admin"])
def test_the_database_refuses_it_too(world: World, by: str) -> None:
    reset = _ask(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(id=reset.id).update(
            state="done", decided_by=world.people[by], decided_at=reset.asked_at
        )


def test_who_may_not_ask_or_confirm(world: World, client: Client) -> None:
    reset = _ask(world)
    world.signed_in(client, "clerk")
    assert client.post(f"/people/second-factor/resets/{reset.id}/confirm/").status_code == 403
    assert client.get("/people/second-factor/resets/").status_code == 403
    assert client.post(f"/people/staff/{world.people['officer'].id}/second-factor/").status_code == 403
