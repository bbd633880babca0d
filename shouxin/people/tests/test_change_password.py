"""First passwords are changed before anything else opens; resets and changes end other sessions."""

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.people import services
from shouxin.people.models import SecurityNotice, Staff
from shouxin.people.services import PeopleError
from tests.world import PASSWORD, World

NEW = "a quite different 密码 sentence"


def _form(old: str = PASSWORD, new: str = NEW, again: str = "") -> dict[str, str]:
    return {"old": old, "new": new, "again": again or new}


@pytest.mark.parametrize("path", ["/", "/people/staff/", "/people/departments/", "/registers/"])
def test_a_first_password_opens_nothing_but_its_own_change(world: World, client: Client, path: str) -> None:
    Staff.objects.filter(user_name="system_admin").update(must_change_password=True)
    world.signed_in(client, "system_admin")
    assert client.get(path)["Location"] == "/password/"
    assert client.post("/password/", _form()).status_code == 302
    assert client.get("/people/staff/").status_code == 200


def test_the_old_password_is_not_guessed_at_an_open_page(world: World, client: Client) -> None:
    """Attack: somebody finds a signed-in browser and tries passwords until one lets them set their own."""
    world.signed_in(client, "clerk")
    answers = [client.post("/password/", _form(old=f"guess {n}")).status_code for n in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    refused = client.post("/password/", _form())
    assert refused.status_code == 429
    assert "15 分钟" in refused.content.decode()
    assert world.staff("clerk").check_password(PASSWORD)
    told = SecurityNotice.objects.get(staff=world.people["clerk"])
    assert told.kind == "factor_guessed"


def test_changing_ends_every_other_session(world: World, client: Client) -> None:
    elsewhere = world.signed_in(Client(), "clerk")
    world.signed_in(client, "clerk").post("/password/", _form())
    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert Entry.objects.get().event == "staff.password_changed"


@pytest.mark.parametrize(
    "form",
    [
        _form(old="not the old one"),
        _form(new="short"),
        _form(new="1234567890123"),
        _form(new="password1234"),
        _form(new="system_admin1"),
        _form(again="something else again"),
        _form(new=PASSWORD),
    ],
    ids=["wrong old", "short", "digits", "common", "like the name", "typed differently", "the same"],
)
def test_a_bad_password_is_refused_with_words(world: World, client: Client, form: dict[str, str]) -> None:
    answer = world.signed_in(client, "system_admin").post("/password/", form)
    assert answer.status_code == 422
    assert "sx-error" in answer.content.decode()
    assert world.staff("system_admin").check_password(PASSWORD)


def test_a_reset_ends_sessions_and_forces_a_change(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    password = services.reset_password(actor=world.actor("system_admin"), staff_id=world.people["clerk"].id)
    assert client.get("/").status_code == 302
    assert client.post("/sign-in/", {"username": "clerk", "password": password}).status_code == 302
    assert client.get("/")["Location"] == "/password/"


def test_a_reset_password_is_shown_once_and_kept_nowhere(world: World, client: Client) -> None:
    world.signed_in(client, "system_admin")
    address = f"/people/staff/{world.people['clerk'].id}/reset/"
    page = client.post(address).content.decode()
    staff = world.staff("clerk")
    assert not staff.check_password(PASSWORD)
    assert any(staff.check_password(word) for word in page.replace("<", " ").replace(">", " ").split())
    assert "sx-code" not in client.get(address).content.decode()


def test_nobody_resets_their_own(world: World) -> None:
    with pytest.raises(PeopleError, match="own_log_in"):
        services.reset_password(actor=world.actor("system_admin"), staff_id=world.people["system_admin"].id)
