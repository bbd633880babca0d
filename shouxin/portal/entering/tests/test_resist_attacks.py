"""Attacks on the customers' door: nobody learns who is known, guesses a code, or gets in by somebody else's contact."""

import re
import time
from collections import defaultdict
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.customers.registry.models import Customer, Visibility
from shouxin.kit import clock
from shouxin.people.guarding import rules as guard
from shouxin.people.guarding.models import Source
from shouxin.portal.entering import doors, queries, rules, services
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.models import Challenge, Session
from shouxin.portal.entering.tests.conftest import ADDRESS, LAST_OF_ID, Post, ask, give, grow_old
from shouxin.portal.entering.tests.test_enter_portal import another
from tests.harness.jobs import run_queued
from tests.register import PHONE, Register

TURNS = 15
STRANGER = "nobody.at.all@example.com"


def shape(client: Client, path: str, said: dict[str, str]) -> tuple[int, str, list[str], bytes]:
    """What a request shows and does: status, where it leads, which statements it runs, and every word of the page."""
    with CaptureQueriesContext(connection) as caught:
        answer: Any = client.post(path, said)
    done = [
        re.sub(r'"s\d+_x\d+"', "", " ".join(str(one["sql"]).split()[:3])) for one in caught.captured_queries
    ]
    words = b"\n".join(line for line in answer.content.splitlines() if b"csrfmiddlewaretoken" not in line)
    return answer.status_code, answer.get("Location", ""), done, words


def test_nobody_learns_who_is_known(known: Register, post: Post) -> None:
    """The known, the unknown and a known number without a way to reach it: the same words, the same statements."""
    asked, wrong = [], []
    for number, contact in enumerate((ADDRESS, STRANGER, PHONE)):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        asked.append(shape(client, "/my/sign-in/", {"contact": contact}))
        run_queued("portal")
        wrong.append([shape(client, "/my/code/", {"code": "000000"}) for _ in range(rules.TRIES + 1)])
    assert [to for to, _text in post.letters] == [ADDRESS]
    assert asked[0] == asked[1] == asked[2]
    assert wrong[0] == wrong[1] == wrong[2]


def test_asking_and_guessing_take_as_long_for_the_unknown(known: Register, post: Post) -> None:
    """Measured in turns, by the processor's time: of what other work there is on the machine nothing is counted."""
    spent: dict[tuple[str, str], list[float]] = defaultdict(list)
    for turn in range(TURNS):
        for place, contact in enumerate((ADDRESS, STRANGER)):
            client = Client(REMOTE_ADDR=f"192.0.{turn}.{place}")
            for path, said in (("/my/sign-in/", {"contact": contact}), ("/my/code/", {"code": "000000"})):
                begun = time.thread_time()
                client.post(path, said)
                spent[path, contact].append(time.thread_time() - begun)
                run_queued("portal")
    for path in ("/my/sign-in/", "/my/code/"):
        there, unknown = (median(spent[path, one]) for one in (ADDRESS, STRANGER))
        assert abs(there - unknown) < 0.25 * max(there, unknown), path


def test_five_wrong_codes_end_it_and_the_network_is_shut_out(
    known: Register, post: Post, client: Client
) -> None:
    ask(client)
    for _ in range(rules.TRIES):
        assert client.post("/my/code/", {"code": another(post.code)}).status_code == 422
    assert client.post("/my/code/", {"code": post.code}).status_code == 422
    assert not Session.objects.exists()
    now = clock.now()
    for _ in range(guard.OF_PORTAL.block // guard.WRONG_CODE_WEIGHT + 1):
        Source.objects.filter(kind="portal", source="127.0.0.1", blocked_at=None).update(until=None)
        with pytest.raises(EntryProblem):
            services.answer(token="none", code="1", address="127.0.0.1", now=now)
    assert "您所在的网络" in client.post("/my/sign-in/", {"contact": ADDRESS}).content.decode()
    assert "您所在的网络" in client.post("/my/sign-in/", {"contact": STRANGER}).content.decode()


def test_only_three_codes_an_hour_go_to_one_contact(known: Register, post: Post) -> None:
    spelled = (
        ADDRESS,
        ADDRESS.upper(),
        f" {ADDRESS} ",
        ADDRESS.replace("example", "ｅｘａｍｐｌｅ"),
        ADDRESS,
    )
    for one in spelled[: rules.PER_IDENTIFIER + 2]:
        ask(Client(), one)
    assert len(post.letters) == rules.PER_IDENTIFIER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13800138000", "+86 138-0013-8000"),
        ("13800138000", "１３８００１３８０００"),
        ("13800138000", "0086 13800138000"),
        ("Li.Ming@Example.com", "li.ming@example.com "),
    ],
)
def test_one_contact_counts_as_one_however_it_is_typed(one: str, other: str) -> None:
    assert rules.recognised(one) == rules.recognised(other)


def test_a_code_is_typed_in_the_browser_that_asked_within_ten_minutes(
    known: Register, post: Post, client: Client
) -> None:
    ask(client)
    ask(other := Client(), STRANGER)
    assert other.post("/my/code/", {"code": post.code}).status_code == 422
    late = clock.now() + rules.CODE_LASTS
    with pytest.raises(EntryProblem, match=r"code\.over"):
        services.answer(token=client.cookies[doors.ENTRY].value, code=post.code, address="", now=late)


def test_a_form_of_another_site_is_refused(known: Register, post: Post) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/my/sign-in/", {"contact": ADDRESS}).status_code == 403
    page: Any = client.get("/my/sign-in/")
    token = page.context["csrf_token"]
    sent = client.post("/my/sign-in/", {"contact": ADDRESS, "csrfmiddlewaretoken": str(token)})
    assert sent.status_code == 302
    for path in ("/my/sign-out/", "/my/clear/ask/", "/my/language/"):
        assert client.post(path).status_code == 403


def test_neither_host_nor_next_leads_elsewhere(known: Register, post: Post, client: Client) -> None:
    assert client.get("/my/sign-in/", headers={"host": "evil.example"}).status_code == 400
    for target in (
        "https://evil.example/",
        "//evil.example",
        "/customers/",
        "javascript:alert(1)",
        "\\\\evil",
    ):
        answer: Any = client.post("/my/language/", {"language": "en", "next": target})
        assert answer.url == "/my/sign-in/"
    back: Any = client.post("/my/language/", {"language": "en", "next": "/my/invitation/"})
    assert back.url == "/my/invitation/"
    assert "Use an invitation" in client.get("/my/invitation/").content.decode()
    ask(client)
    assert "evil" not in post.letters[-1][1]


def test_a_recycled_contact_opens_nothing_by_itself(known: Register, post: Post, client: Client) -> None:
    """Nobody confirmed the address for a year: whoever has the mailbox now needs what only its former owner knows."""
    grow_old(known, "li", 366)
    ask(client)
    answer: Any = client.post("/my/code/", {"code": post.code})
    assert answer.url == "/my/detail/"
    assert client.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    for _ in range(rules.TRIES):
        assert client.post("/my/detail/", {"detail": "0000"}).status_code == 422
    assert client.post("/my/detail/", {"detail": LAST_OF_ID}).status_code == 422
    assert not Session.objects.exists()
    ask(client)
    client.post("/my/code/", {"code": post.code})
    assert client.post("/my/detail/", {"detail": LAST_OF_ID.lower()}).url == "/my/"  # type: ignore[attr-defined]
    assert Session.objects.get().customer_id == known["li"]


def test_a_detail_is_not_guessed_by_asking_for_code_after_code(
    known: Register, post: Post, client: Client
) -> None:
    grow_old(known, "li", 366)
    for number in range(rules.DETAILS // rules.TRIES):
        client.defaults["REMOTE_ADDR"] = f"10.0.0.{number}"  # from one network it would end sooner
        ask(client)
        client.post("/my/code/", {"code": post.code})
        for _try in range(rules.TRIES):
            client.post("/my/detail/", {"detail": "0000"})
    client.defaults["REMOTE_ADDR"] = "10.0.1.1"
    ask(client)
    client.post("/my/code/", {"code": post.code})
    assert client.post("/my/detail/", {"detail": LAST_OF_ID}).status_code == 422
    assert not Session.objects.exists()


def test_a_shared_contact_opens_only_whose_detail_matches(
    known: Register, post: Post, client: Client
) -> None:
    give(known, "zhang", email=ADDRESS)
    ask(client)
    assert len(post.letters) == 1
    client.post("/my/code/", {"code": post.code})
    assert client.post("/my/detail/", {"detail": "张伟-10002"}).url == "/my/"  # type: ignore[attr-defined]
    assert Session.objects.get().customer_id == known["zhang"]


@pytest.mark.parametrize("other", ["waiting", "organisation", "contact person"])
def test_a_contact_that_anybody_else_has_opens_nothing_by_itself(
    known: Register, post: Post, client: Client, other: str
) -> None:
    """Whoever else has it cannot come in by it, and counts all the same."""
    if other == "waiting":
        give(known, "zhang", email=ADDRESS)
        Customer.objects.filter(id=known["zhang"]).update(visibility=Visibility.QUARANTINED)
    elif other == "organisation":
        give(known, "huaxin", email=ADDRESS)
    else:
        give(known, "huaxin", record="chen", contact_email=ADDRESS)
    ask(client)
    assert [to for to, _text in post.letters] == [ADDRESS]
    assert client.post("/my/code/", {"code": post.code}).url == "/my/detail/"  # type: ignore[attr-defined]
    assert not Session.objects.exists()
    assert client.post("/my/detail/", {"detail": LAST_OF_ID}).url == "/my/"  # type: ignore[attr-defined]
    assert Session.objects.get().customer_id == known["li"]


def test_a_second_code_shows_values_in_clear_for_ten_minutes(
    inside: Client, post: Post, known: Register
) -> None:
    assert PHONE not in inside.get("/my/").content.decode()
    inside.post("/my/clear/ask/")
    run_queued("portal")
    assert inside.post("/my/clear/", {"code": another(post.code)}).status_code == 422
    other = Session.objects.get()
    assert other.second_factor_at is None
    assert inside.post("/my/clear/", {"code": post.code}).url == "/my/"  # type: ignore[attr-defined]
    assert PHONE in inside.get("/my/").content.decode()
    Session.objects.update(second_factor_at=clock.now() - timedelta(minutes=11))
    assert PHONE not in inside.get("/my/").content.decode()


def test_a_merged_customer_is_the_one_who_stands_for_them(inside: Client, known: Register) -> None:
    Customer.objects.filter(id=known["li"]).update(absorbed_by=known["zhang"])
    found = queries.live(inside.cookies[doors.SESSION].value, clock.now())
    assert found
    assert found.customer_id == known["zhang"]
    Customer.objects.filter(id=known["li"]).update(absorbed_by=None, visibility="quarantined")
    assert queries.live(inside.cookies[doors.SESSION].value, clock.now()) is None
    assert not Challenge.objects.filter(used_at=None, code_digest__isnull=False).exists()
