"""After the password the second step; no page opens, and nobody is signed in, before it is done."""

from datetime import timedelta
from typing import Any, cast

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.models import FactorDemand, Staff
from shouxin.people.second_factor import queries, rules, services, session
from shouxin.people.suspensions import services as suspensions
from shouxin.people.suspensions.models import Suspension
from tests.world import PASSWORD, World, code_now, have_keys, without_keys


def _door(client: Client, who: str, **extra: str) -> HttpResponse:
    answer = client.post("/sign-in/", {"username": who, "password": PASSWORD, **extra})
    return cast("HttpResponse", answer)


def _step(client: Client, code: str, **extra: str) -> HttpResponse:
    return cast("HttpResponse", client.post("/sign-in/second-step/", {"factor_code": code, **extra}))


def _inside(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_the_code_of_the_app_opens_after_the_password(world: World, client: Client) -> None:
    code = world.code("officer")
    answer = _door(client, "officer", next="/people/staff/")
    assert answer["Location"] == "/sign-in/second-step/?next=%2Fpeople%2Fstaff%2F"
    assert "_auth_user_id" not in client.session, "nobody is signed in between the steps"
    assert not _inside(client)
    assert _step(client, code, next="/people/staff/")["Location"] == "/people/staff/"
    assert _inside(client)
    events = list(Entry.objects.order_by("id").values_list("event", flat=True))
    assert events[-2:] == ["factor.proved", "staff.signed_in"]


def test_the_code_alone_opens_nothing(world: World, client: Client) -> None:
    code = world.code("officer")
    assert client.get("/sign-in/second-step/")["Location"] == "/sign-in/"
    assert _step(client, code)["Location"] == "/sign-in/"
    assert not _inside(client)


def test_a_code_works_once(world: World, client: Client) -> None:
    code = world.code("officer")
    _door(client, "officer")
    assert _step(client, code).status_code == 302
    other = Client()
    _door(other, "officer")
    assert _step(other, code).status_code == 422
    assert not _inside(other)


def test_an_earlier_code_is_no_use_after_a_later_one(world: World, client: Client) -> None:
    world.code("officer")
    _door(client, "officer")
    assert _step(client, code_now(1)).status_code == 302
    other = Client()
    _door(other, "officer")
    assert _step(other, code_now()).status_code == 422


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (2, 422), (1, 302)])
def test_codes_are_good_for_a_minute(world: World, client: Client, steps: int, status: int) -> None:
    world.code("officer")
    _door(client, "officer")
    assert _step(client, code_now(steps)).status_code == status


def test_a_recovery_code_opens_once_and_tells_how_many_are_left(world: World, client: Client) -> None:
    world.code("officer")
    codes = services.renew_recovery_codes(actor=world.actor("officer"))
    _door(client, "officer")
    assert _step(client, rules.shown(codes[3])).status_code == 302
    assert "还剩 9 个" in client.get("/").content.decode()
    other = Client()
    _door(other, "officer")
    assert _step(other, codes[3]).status_code == 422
    assert queries.recovery_codes_left(world.people["officer"].id) == 9


def test_the_session_key_changes_at_each_step(world: World, client: Client) -> None:
    client.get("/setup/?token=x")  # an attacker's session, planted before
    planted = client.session.session_key
    code = world.code("officer")
    _door(client, "officer")
    between = client.session.session_key
    _step(client, code)
    keys = {planted, between, client.session.session_key}
    assert len(keys) == 3
    thief = Client()
    for key in (planted, between):
        thief.cookies["sessionid"] = cast("str", key)
        assert not _inside(thief)


def test_the_second_step_does_not_wait_for_ever(world: World, client: Client) -> None:
    code = world.code("officer")
    _door(client, "officer")
    kept: Any = client.session
    kept[session.PENDING] = {
        **kept[session.PENDING],
        "at": int((clock.now() - rules.PENDING_LASTS - timedelta(seconds=1)).timestamp()),
    }
    kept.save()
    assert _step(client, code)["Location"] == "/sign-in/"
    assert not _inside(client)


def test_a_changed_password_ends_the_second_step(world: World, client: Client) -> None:
    code = world.code("officer")
    _door(client, "officer")
    staff = world.staff("officer")
    staff.set_password("another long password 1")
    staff.save()
    assert _step(client, code)["Location"] == "/sign-in/"


@pytest.mark.parametrize("how", ["ended", "suspended", "without a role"])
def test_who_may_not_come_in_any_more_is_stopped_between_the_steps(
    world: World, client: Client, how: str
) -> None:
    """Attack: the password was right before the log-in was closed; the code is typed after."""
    code, staff = world.code("officer"), world.people["officer"]
    _door(client, "officer")
    if how == "ended":
        people.close_log_in(world.actor("system_admin"), staff.id)
    elif how == "suspended":
        suspensions.suspend(
            actor=world.actor("security_admin"),
            staff_id=staff.id,
            cause=Suspension.Cause.CONCERN,
            now=clock.now(),
        )
    else:
        Staff.objects.filter(id=staff.id).update(roles=[])
    assert _step(client, code)["Location"] == "/sign-in/"
    assert not _inside(client)
    assert not Entry.objects.filter(event="staff.signed_in").exists()


def test_another_door_does_not_skip_the_second_step(world: World, client: Client) -> None:
    code = world.code("officer")
    world.signed_in(client, "officer", proved=False)  # as if some other way of signing in had let them in
    for path in ("/", "/customers/", "/second-factor/", "/password/", "/registers/"):
        assert client.get(path)["Location"] == "/sign-in/second-step/", path
    assert client.post("/people/departments/new/", {"name": "x"})["Location"] == "/sign-in/second-step/"
    assert _step(client, code).status_code == 302
    assert _inside(client)


def test_no_door_of_the_library_is_open() -> None:
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not [name for name in names if name.startswith(("account_", "mfa_", "socialaccount_"))]
    for path in ("/accounts/login/", "/accounts/2fa/", "/accounts/2fa/authenticate/"):
        assert Client().get(path).status_code in {302, 404}


def test_a_password_proof_does_not_count_where_there_is_a_factor(world: World, client: Client) -> None:
    world.signed_in(client, "clerk", proved=False)
    client.post("/sign-in/", {})
    kept: Any = client.session
    kept[session.PROVED] = {"at": int(clock.now().timestamp()), "by": "password"}
    kept.save()
    assert _inside(client)
    Staff.objects.filter(user_name="clerk").update(second_factor_at=clock.now())
    client.force_login(world.staff("clerk"))
    assert not _inside(client)


def test_who_needs_a_factor_and_has_none_is_led_to_it(world: World, client: Client) -> None:
    Staff.objects.filter(user_name="officer").update(second_factor_at=None)
    have_keys()
    assert _door(client, "officer")["Location"] == "/"
    for path in ("/", "/customers/", "/people/staff/", "/second-factor/", "/registers/"):
        assert client.get(path)["Location"] == "/second-factor/app/", path
    assert client.get("/second-factor/app/").status_code == 200


def test_other_roles_are_led_to_it_once_it_is_decided(world: World, client: Client) -> None:
    _door(client, "clerk")
    assert _inside(client)
    admin = world.actor("security_admin")
    FactorDemand.objects.create(role="clerk", required=True, changed_by_id=admin.id, changed_at=clock.now())
    assert client.get("/")["Location"] == "/second-factor/app/"


def test_without_keys_the_second_step_says_so_and_counts_no_guess(world: World, client: Client) -> None:
    code = world.code("officer")
    _door(client, "officer")
    with without_keys():
        answer = _step(client, code)
    assert answer.status_code == 503
    assert "密钥服务暂不可用" in answer.content.decode()
    assert _step(client, code).status_code == 302


def test_a_sealed_secret_copied_from_another_log_in_opens_nothing(world: World, client: Client) -> None:
    code = world.code("officer")
    world.code("security_admin")
    theirs = Authenticator.objects.get(user=world.people["security_admin"]).data
    Authenticator.objects.filter(user=world.people["officer"]).update(data=theirs)
    _door(client, "officer")
    assert _step(client, code).status_code == 422
