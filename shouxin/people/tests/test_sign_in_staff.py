"""The one door: who passes, what it says, what it writes down, when it locks."""

from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client

from shouxin.core.policy import Role
from shouxin.journal.models import Entry
from shouxin.people import rules
from tests.world import PASSWORD, World


def _try(client: Client, name: str, password: str = PASSWORD, **extra: str) -> HttpResponse:
    return cast("HttpResponse", client.post("/sign-in/", {"username": name, "password": password, **extra}))


def events() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("event", flat=True))


def test_the_right_password_opens_and_is_journalled(world: World, client: Client) -> None:
    answer = _try(client, "clerk")
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200
    entry = Entry.objects.get()
    assert (entry.event, entry.actor) == ("staff.signed_in", world.people["clerk"].pseudonym)


def test_user_names_are_found_without_regard_to_case_and_width(world: World, client: Client) -> None:
    assert _try(client, "ＣＬＥＲＫ").status_code == 302


@pytest.mark.clause("B3.0")
@pytest.mark.parametrize("who", ["newcomer", "outsider"])
def test_without_role_or_after_leaving_nobody_signs_in(world: World, client: Client, who: str) -> None:
    assert _try(client, who).status_code == 422
    assert client.get("/").status_code == 302


@pytest.mark.clause("B3.0")
def test_without_department_nobody_signs_in(world: World, client: Client) -> None:
    staff = world.people["clerk"]
    staff.department = None
    staff.save()
    assert _try(client, "clerk").status_code == 422


def test_every_failure_gets_the_same_answer(world: World, client: Client) -> None:
    bodies = []
    for name, password in (
        ("clerk", "wrong"),
        ("nobody", "wrong"),
        ("newcomer", PASSWORD),
        ("outsider", PASSWORD),
    ):
        page = _try(Client(), name, password).content.decode()
        start = page.index("sx-alert-bad")
        bodies.append(page[start : page.index("</div>", start)])
    assert len(set(bodies)) == 1


def test_a_failure_is_journalled_by_pseudonym_when_the_name_is_known(world: World, client: Client) -> None:
    _try(client, "clerk", "wrong")
    _try(client, "somebody.else", "wrong")
    first, second = Entry.objects.order_by("id")
    assert first.event == second.event == "staff.sign_in_failed"
    assert first.actor == world.people["clerk"].pseudonym
    assert second.actor != first.actor
    assert b"somebody" not in bytes(second.body)


@pytest.mark.parametrize("name", ["clerk", "no.such.name"])
def test_five_failures_lock_the_name_whether_it_exists_or_not(
    world: World, client: Client, name: str
) -> None:
    statuses = [_try(client, name, "wrong").status_code for _ in range(rules.NAME_LIMIT)]
    assert statuses == [422] * (rules.NAME_LIMIT - 1) + [429]
    answer = _try(client, name.upper())
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()


def test_the_lock_of_one_name_leaves_others_alone(world: World, client: Client) -> None:
    for _ in range(rules.NAME_LIMIT):
        _try(client, "clerk", "wrong")
    assert _try(Client(), "marketer").status_code == 302


def test_one_address_may_not_go_on_guessing_names(world: World, client: Client) -> None:
    for number in range(rules.ADDRESS_LIMIT):
        _try(client, f"name{number}", "wrong")
    before = len(events())
    assert _try(client, "clerk").status_code == 429
    assert len(events()) == before, "a spent address may not fill the journal either"


def test_the_way_on_leads_nowhere_else(world: World, client: Client) -> None:
    assert _try(client, "clerk", next="https://example.com/")["Location"] == "/"
    assert _try(Client(), "clerk", next="/people/staff/")["Location"] == "/people/staff/"


def test_the_session_key_changes_at_sign_in(world: World, client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "en"})
    client.get("/setup/?token=x")
    before = client.session.session_key
    _try(client, "clerk")
    assert client.session.session_key != before
    thief = Client()
    thief.cookies["sessionid"] = cast("str", before)
    assert thief.get("/").status_code == 302, "the session that was planted is nobody's"
    assert client.get("/").status_code == 200


def test_losing_the_last_role_ends_the_session_at_once(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    assert client.get("/").status_code == 200
    staff = world.people["clerk"]
    staff.roles = []
    staff.save()
    assert client.get("/").status_code == 302


def test_signing_out_is_a_post_and_is_journalled(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/").status_code == 302
    assert events() == ["staff.signed_out"]


def test_roles_are_values_of_the_page_of_permissions(world: World) -> None:
    assert {role for staff in world.people.values() for role in staff.roles} <= {role.value for role in Role}
