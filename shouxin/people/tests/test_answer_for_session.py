"""A page asks whether its reader is still signed in: the answer names nobody, and strangers learn nothing."""

import pytest
from django.test import Client

from tests.world import World

pytestmark = pytest.mark.django_db


def test_the_mark_is_the_same_in_every_session_of_one_person_and_of_nobody_else(world: World) -> None:
    def mark(who: str) -> str:
        return str(world.signed_in(Client(), who).get("/session/").json()["who"])

    assert mark("clerk") == mark("clerk")
    assert mark("clerk") != mark("sales_head")


def test_the_answer_holds_neither_name_nor_id(world: World, client: Client) -> None:
    answer = world.signed_in(client, "clerk").get("/session/")
    staff = world.staff("clerk")
    text = answer.content.decode()
    assert set(answer.json()) == {"who", "csrf", "purpose"}
    assert not [
        one for one in (staff.user_name, staff.display_name, str(staff.id), staff.id.hex) if one in text
    ]
    assert "no-store" in answer["Cache-Control"]


def test_strangers_and_ended_sessions_are_sent_to_the_door(world: World, client: Client) -> None:
    assert client.get("/session/").status_code == 302
    world.signed_in(client, "clerk")
    session = client.session
    session["session_seen"] = 1
    session.save()
    answer = client.get("/session/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_the_token_of_the_answer_is_taken_by_forms(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    world.signed_in(client, "clerk")
    token = client.get("/session/").json()["csrf"]
    assert client.post("/purpose/", {"purpose": ""}).status_code == 403
    sent = {"purpose": "", "csrfmiddlewaretoken": token}
    assert client.post("/purpose/", sent).status_code == 302
