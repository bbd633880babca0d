"""A customer comes in by a code to the address on file, once, and goes; nobody else does."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.journal.queries import timeline
from shouxin.kit import clock, mail
from shouxin.portal.entering import doors, queries, services
from shouxin.portal.entering.models import Challenge, Session
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, ask
from tests.harness.jobs import run_queued
from tests.register import PHONE, Register
from tests.world import ORGANISATION


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


@pytest.mark.django_db(transaction=True)
def test_a_code_opens_once_and_signing_out_ends_it(known: Register, post: Post, client: Client) -> None:
    assert client.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    answer = ask(client, f" {ADDRESS.upper()} ")
    assert answer.url == "/my/code/"
    to, text = post.letters[0]
    assert to == ADDRESS
    assert ORGANISATION in text
    assert "李" not in text
    entry = client.cookies[doors.ENTRY].value
    assert client.post("/my/code/", {"code": post.code}).url == "/my/"  # type: ignore[attr-defined]
    kept = client.cookies[doors.SESSION]
    assert (kept["path"], kept["httponly"], kept["samesite"]) == ("/my/", True, "Lax")
    page = client.get("/my/").content.decode()
    assert "李**" in page
    assert PHONE not in page
    again = Client()
    again.cookies[doors.ENTRY] = entry
    assert again.post("/my/code/", {"code": post.code}).status_code == 422
    client.post("/my/sign-out/")
    stolen = Client()
    stolen.cookies[doors.SESSION] = kept.value
    assert stolen.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    told = [line.event for line in timeline(known["li"], limit=10)]
    assert {"portal.code_sent", "portal.signed_in", "profile.viewed", "portal.signed_out"} <= set(told)


@pytest.mark.django_db(transaction=True)
def test_staff_and_customers_never_meet_in_one_session(inside: Client, known: Register) -> None:
    assert inside.get("/customers/").url.startswith("/sign-in/")  # type: ignore[attr-defined]
    clerk = known.world.signed_in(Client(), "clerk")
    assert clerk.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    known.world.signed_in(inside, "clerk")
    both = inside.get("/my/").content.decode()
    assert "李**" in both
    assert "王芳" not in both
    assert "sx-watermark" not in both


def test_idleness_and_a_limit_end_a_session(inside: Client) -> None:
    token, now = inside.cookies[doors.SESSION].value, clock.now()
    assert queries.live(token, now + timedelta(minutes=14))
    assert queries.live(token, now + timedelta(minutes=30)) is None
    assert queries.live(token, now) is None  # ended for good
    Session.objects.update(ended_at=None, started_at=now - timedelta(hours=2), seen_at=now)
    assert queries.live(token, now) is None


def test_every_sign_in_has_a_new_session_whatever_the_browser_brought(
    known: Register, post: Post, client: Client
) -> None:
    client.cookies[doors.SESSION] = "chosen-by-somebody-else"
    ask(client)
    client.post("/my/code/", {"code": post.code})
    first = client.cookies[doors.SESSION].value
    assert first != "chosen-by-somebody-else"
    ask(client)
    client.post("/my/code/", {"code": post.code})
    assert client.cookies[doors.SESSION].value != first
    assert queries.live(first, clock.now()) is None
    assert Session.objects.filter(ended_at=None).count() == 1


def test_what_was_typed_and_the_code_lie_nowhere(known: Register, post: Post, client: Client) -> None:
    ask(client)
    row = Challenge.objects.get()
    assert ADDRESS.encode() not in bytes(row.identifier or b"")
    assert ADDRESS not in row.identifier_digest
    assert post.code.encode() not in bytes(row.code_digest or b"")
    services.tidy(now=clock.now() + timedelta(minutes=11))
    row.refresh_from_db()
    assert row.identifier is None


def test_a_code_that_did_not_leave_is_worth_nothing(
    known: Register, post: Post, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_said: str) -> None:
        raise mail.NotSent("unreachable")

    monkeypatch.setattr(mail, "send", refuse)
    ask(client)
    assert Challenge.objects.get().code_digest is None
    assert run_queued("portal") == []
