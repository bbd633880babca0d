"""Attacks on every address of the customers' portal: forms of other sites, foreign hosts, ways out, sessions that
somebody chose beforehand, and guessing.

What tells who is known, and guessing at the first door, stands beside the door (portal/entering/tests).
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from shouxin.kit import clock
from shouxin.people.guarding import rules as guard
from shouxin.portal.entering import doors, invitations, queries, rules, services
from shouxin.portal.entering.models import Challenge, Session, Way
from shouxin.portal.entering.tests.conftest import (
    ADDRESS,
    LAST_OF_ID,
    Post,
    ask,
    grow_old,
    inside,
    known,
    post,
)
from shouxin.portal.entering.tests.test_enter_portal import another
from tests.harness.jobs import run_queued
from tests.register import Register

__all__ = ["inside", "known", "post"]
pytestmark = pytest.mark.django_db
PORTAL, EVIL = "my", "evil.example"
SAMPLES: dict[str, Any] = {"uuid": uuid4(), "int": 1, "slug": "x", "str": "x"}
AWAY = (
    f"https://{EVIL}/",
    f"//{EVIL}",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"https:{EVIL}",
    "javascript:alert(1)",
    "/customers/",
    f"/my/../../{EVIL}",
    f"/my/reads/?next=//{EVIL}#//{EVIL}",
)


def addresses(patterns: list[Any]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns)
        elif isinstance(one, URLPattern):
            taken = {name: SAMPLES[_kind(each)] for name, each in one.pattern.converters.items()}
            yield reverse(f"{PORTAL}:{one.name}", kwargs=taken)


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def portal() -> list[str]:
    """Every address of the portal, with some name of nothing where it takes one."""
    mounted = [one for one in get_resolver().url_patterns if getattr(one, "app_name", "") == PORTAL]
    found = list(addresses(mounted))
    assert len(found) > 50
    return found


def test_no_form_of_another_site_does_anything(inside: Client) -> None:
    """At each address: without the token of our own page nothing is done, whether somebody is in or not."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies[doors.SESSION] = inside.cookies[doors.SESSION].value
    assert strict.get("/my/").status_code == 200
    for path in portal():
        for client in (strict, Client(enforce_csrf_checks=True)):
            assert client.post(path, {"next": "/my/"}).status_code == 403, path
            sent = client.post(path, {}, headers={"origin": f"https://{EVIL}"})
            assert sent.status_code == 403, path
    assert Session.objects.filter(ended_at=None).count() == 1  # they are still in


def test_no_foreign_host_is_believed_or_repeated(inside: Client, post: Post, settings: LazySettings) -> None:
    for path in portal():
        assert inside.get(path, headers={"host": EVIL}).status_code == 400, path
        answer: Any = inside.get(
            path, headers={"x-forwarded-host": EVIL, "forwarded": f"host={EVIL}", "x-host": EVIL}
        )
        assert EVIL not in answer.headers.get("Location", ""), path
        assert EVIL.encode() not in b"".join(answer), path
    ask(Client(headers={"x-forwarded-host": EVIL}))
    assert EVIL not in post.letters[-1][1]


def test_no_address_leads_away(known: Register, inside: Client, post: Post) -> None:
    """Neither by `next` nor by a path of another's making; only pages of the portal are gone back to."""
    taking = {reverse(f"{PORTAL}:{name}") for name in ("language", "clear", "ask_clear")}
    for path in portal():
        for away in AWAY if path in taking else AWAY[:1]:
            for answer in (
                inside.get(path, {"next": away}),
                inside.post(path, {"next": away, "language": "zh-hans"}),
            ):
                to = answer.headers.get("Location", "/my/")
                assert to.startswith("/my/"), (path, away, to)
                assert EVIL not in to, (path, away, to)
    inside.cookies[doors.SESSION] = services.begin(
        known["li"], Way.EMAIL, clock.now()
    )  # one of them signed out
    inside.post("/my/clear/ask/", {"next": AWAY[0]})
    run_queued("portal")
    done: Any = inside.post("/my/clear/", {"code": post.code, "next": AWAY[0]})
    assert done.url == "/my/"


def by_code(client: Client, register: Register, post: Post) -> Any:
    ask(client)
    return client.post("/my/code/", {"code": post.code})


def by_detail(client: Client, register: Register, post: Post) -> Any:
    grow_old(register, "li", 366)
    ask(client)
    client.post("/my/code/", {"code": post.code})
    return client.post("/my/detail/", {"detail": LAST_OF_ID})


def by_invitation(client: Client, register: Register, post: Post) -> Any:
    made = invitations.make(actor=register.world.actor("clerk"), customer=register["li"], now=clock.now())
    return client.post("/my/invitation/", {"invitation": made.code, "detail": LAST_OF_ID})


@pytest.mark.parametrize("come_in", [by_code, by_detail, by_invitation])
def test_a_session_that_somebody_chose_beforehand_is_nobody_s(
    known: Register, post: Post, come_in: Callable[[Client, Register, Post], Any]
) -> None:
    """An attacker puts a cookie of theirs into the victim's browser, made up or of their own account, and waits."""
    own = services.begin(known["zhang"], Way.INVITATION, clock.now())
    for planted in ("made-up", own):
        Challenge.objects.all().delete()
        victim = Client()
        victim.get("/my/sign-in/")
        before = victim.cookies["csrftoken"].value
        victim.cookies[doors.SESSION] = planted
        victim.cookies[doors.SESSION]["path"] = doors.PATH
        assert come_in(victim, known, post).url == "/my/"
        given = victim.cookies[doors.SESSION].value
        assert given != planted
        assert victim.cookies["csrftoken"].value != before
        mine = queries.live(given, clock.now())
        assert mine is not None
        assert mine.customer_id == known["li"]
        found = queries.live(planted, clock.now())
        assert found is None or found.customer_id == known["zhang"]  # never the victim's


def test_a_second_code_is_guessed_five_times_and_the_network_is_shut_out(inside: Client, post: Post) -> None:
    inside.post("/my/clear/ask/")
    run_queued("portal")
    for _ in range(rules.TRIES):
        assert inside.post("/my/clear/", {"code": another(post.code)}).status_code == 422
    assert inside.post("/my/clear/", {"code": post.code}).status_code == 422
    assert Session.objects.get().second_factor_at is None
    inside.post("/my/clear/ask/")
    run_queued("portal")
    for _ in range(guard.OF_PORTAL.block // guard.WRONG_CODE_WEIGHT + 1):
        last = inside.post("/my/clear/", {"code": another(post.code)})
    assert "您所在的网络" in last.content.decode()
    assert inside.post("/my/clear/", {"code": post.code}).status_code == 422
    assert Session.objects.get().second_factor_at is None


def test_second_codes_are_not_asked_for_without_end(inside: Client, post: Post) -> None:
    before = len(post.letters)
    for _ in range(rules.PER_IDENTIFIER + 3):
        inside.post("/my/clear/ask/")
        run_queued("portal")
    assert len(post.letters) - before == rules.PER_IDENTIFIER


def test_invitations_are_guessed_by_nobody_for_long(known: Register, client: Client) -> None:
    """Whoever tries papers they made up is shut out of the whole door, and the right one then opens nothing either."""
    made = invitations.make(actor=known.world.actor("clerk"), customer=known["li"], now=clock.now())
    for _ in range(guard.OF_PORTAL.block // guard.WRONG_CODE_WEIGHT + 1):
        last = client.post("/my/invitation/", {"invitation": "AAAA-BBBB-CCCC-DDDD", "detail": LAST_OF_ID})
    assert "您所在的网络" in last.content.decode()
    assert client.post("/my/invitation/", {"invitation": made.code, "detail": LAST_OF_ID}).status_code == 422
    assert "您所在的网络" in client.post("/my/sign-in/", {"contact": ADDRESS}).content.decode()
    assert not Session.objects.exists()
