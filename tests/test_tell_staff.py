"""What the rooms have to tell reaches whoever has to know: by the bell and by mail, and never with a customer in it."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shouxin.access.grants import services as grants
from shouxin.access.grants.models import State
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind as PromiseKind
from shouxin.kit import clock
from shouxin.people.delegations import services as delegations
from shouxin.people.models import Staff
from shouxin.people.notices import looking, sending
from shouxin.people.notices.kinds import kinds
from shouxin.people.notices.models import Delivery, Notice
from shouxin.people.notices.tests.conftest import (
    ADDRESS,
    Mailbox,
    Reach,
    _mailbox,  # noqa: F401
    _reach,  # noqa: F401
)
from tests.register import PEOPLE, SALES, Register
from tests.test_decide_through_delegation import asked, emergency_of, state
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def tell(now: datetime | None = None) -> None:
    looking.look(now=now or clock.now())
    # Whatever the hour of the test: past anybody's quiet hours.
    sending.send_due(now=(now or clock.now()) + timedelta(hours=12))


def told(register: Register, kind: str) -> set[str]:
    found = Notice.objects.filter(kind=kind, closed_at=None).values_list("recipient__user_name", flat=True)
    return set(found)


def test_every_kind_finds_what_stands_for_known_people_on_pages_without_a_customer(
    register: Register,
) -> None:
    """Each asks its room's own queries; here on an organisation where much waits."""
    asked(register, "clerk")
    emergency_of(register, "clerk")
    known, found = set(Staff.objects.values_list("id", flat=True)), set()
    for kind in kinds.values():
        for recipient, matter in kind.find(clock.now()):
            found.add(kind.key)
            assert recipient in known
            assert matter.path.startswith("/")
            assert not matter.path.startswith("//")
            assert not any(str(customer) in matter.path for customer in register.ids.values())
    assert found >= {"grants.awaiting", "emergencies.awaiting", "rulebook.approved"}


def test_every_kind_speaks_both_languages() -> None:
    for kind in kinds.values():
        assert re.search(r"[\u4e00-\u9fff]", kind.title.zh)
        assert not re.search(r"[\u4e00-\u9fff]", kind.title.en)


def test_an_application_is_told_to_whoever_may_approve_it_and_its_end_to_the_applicant(
    register: Register,
) -> None:
    grant = asked(register, "clerk")
    tell()
    assert told(register, "grants.awaiting") == {"sales_head", "officer", "top_head"}
    assert told(register, "access.decided") == set()
    grants.approve(actor=register.world.actor("sales_head"), grant=grant, now=clock.now())
    tell()
    assert told(register, "grants.awaiting") == set()
    assert told(register, "access.decided") == {"clerk"}


def test_whoever_may_approve_is_reminded_of_the_day_a_decision_is_expected_by(register: Register) -> None:
    asked(register, "clerk")
    now = clock.now()
    for day in range(8):
        looking.look(now=now + timedelta(days=day))
    mine = Notice.objects.filter(kind="grants.awaiting", recipient__user_name="sales_head").order_by("id")
    steps = list(mine.values_list("step", flat=True))
    assert steps[0] == "new"
    assert steps[1] == "1"
    assert len(steps[2:]) >= 2  # daily, from that day on
    assert mine.filter(closed_at=None).count() == 1


def test_a_deputy_is_told_what_the_head_is_told(register: Register) -> None:
    now = clock.now()
    delegations.give(
        actor=register.world.actor("sales_head"),
        deputy=register.world.people["service_head"].id,
        starts_at=now,
        until=now + timedelta(days=7),
        reason="出差",
        now=now,
    )
    asked(register, "clerk")
    tell()
    assert told(register, "grants.awaiting") == {"sales_head", "service_head", "officer", "top_head"}


def test_a_deputy_is_not_told_of_what_they_may_not_decide(register: Register) -> None:
    now = clock.now()
    delegations.give(
        actor=register.world.actor("sales_head"),
        deputy=register.world.people["service_head"].id,
        starts_at=now,
        until=now + timedelta(days=7),
        reason="出差",
        now=now,
    )
    asked(register, "sales_head")  # the head's own
    tell()
    assert "service_head" not in told(register, "grants.awaiting")


def test_emergency_access_is_told_at_once_even_at_night(
    register: Register,
    mailbox: Mailbox,
    reach: Reach,
) -> None:
    reach("sales_head")
    emergency_of(register, "clerk")
    night = timezone.localtime().replace(hour=23, minute=0)
    looking.look(now=night)
    sending.send_due(now=night)
    [text] = mailbox.texts()
    assert "有人使用了应急访问" in text


def test_a_grant_that_ends_is_said_seven_and_one_days_before(register: Register) -> None:
    now = clock.now()
    grant = grants.propose(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        fields=["mobile"],
        daily_limit=5,
        until=now + timedelta(days=10),
        reason="联系客户",
        now=now,
    )
    grants.approve(actor=register.world.actor("sales_head"), grant=grant.id, now=now)
    for day in range(11):
        looking.look(now=now + timedelta(days=day))
    steps = Notice.objects.filter(kind="grants.ending").order_by("id").values_list("step", flat=True)
    assert list(steps)[:2] == ["7", "1"]
    looking.look(now=now + timedelta(days=11))
    assert told(register, "grants.over") == {"clerk"}
    assert told(register, "grants.ending") == set()
    assert state(grant.id) == State.ACTIVE


@pytest.fixture
def planted(register: Register) -> list[str]:
    """Much that waits, about customers whose names and numbers must stand nowhere."""
    now = clock.now()
    asked(register, "clerk")
    emergency_of(register, "clerk")
    promises.make(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=register["li"],
        kind=PromiseKind.PROMISE,
        text="周五前把加急的样册送到前台",
        owner=register.world.people["clerk"].id,
        due_on=timezone.localdate(now),
        now=now,
    )
    values = [text for person in PEOPLE.values() for text in person.values() if len(text) > 1]
    return [*values, "加急的样册", "客户来电称送货地址有误", "联系客户"]


def test_nothing_of_a_customer_leaves_or_is_kept(
    register: Register,
    planted: list[str],
    mailbox: Mailbox,
    reach: Reach,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="shouxin")
    for who in ("clerk", "sales_head", "officer"):
        reach(who)
    now = timezone.localtime().replace(year=2026, month=11, day=27, hour=8, minute=5)
    tell()
    tell(now)
    sending.queue_digests(now=now)
    sending.send_due(now=now)
    assert len(mailbox.texts("clerk")) >= 1
    assert any("今日待办" in text for text in mailbox.texts("sales_head"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(n::text, ' ') FROM people_notice n),"
            " (SELECT string_agg(d::text, ' ') FROM people_notice_delivery d),"
            " (SELECT string_agg(j::text, ' ') FROM procrastinate_jobs j)"
        )
        kept = str(cursor.fetchone())
    pages = [
        register.world.signed_in(Client(), who).get("/notices/?show=all").content.decode()
        for who in ("clerk", "sales_head", "officer")
    ]
    names = [member.display_name for member in register.world.people.values()]
    said = "\n".join([*mailbox.texts(), kept, caplog.text])
    for secret in [*planted, *(str(customer) for customer in register.ids.values())]:
        assert secret not in said
        assert not any(secret in page for page in pages)
    assert not any(name in text for text in mailbox.texts() for name in names)


def test_a_mails_link_leads_by_signing_in_to_the_page_where_it_is_approved(
    register: Register,
    mailbox: Mailbox,
    reach: Reach,
) -> None:
    reach("sales_head")
    grant = asked(register, "clerk")
    tell()
    [text] = mailbox.texts("sales_head")
    found = re.search(rf"{ADDRESS}(/notices/[0-9a-f-]{{36}}/)", text)
    assert found
    client = Client()
    door = client.get(found[1])
    assert door["Location"] == f"/sign-in/?next={found[1]}"
    signed = client.post(
        "/sign-in/", {"username": "sales_head", "password": PASSWORD, "next": found[1]}, follow=True
    )
    assert signed.redirect_chain[-1][0] == f"/access/grants/{grant}/"
    assert f"/access/grants/{grant}/approve/" in signed.content.decode()
    client.post(f"/access/grants/{grant}/approve/")
    assert state(grant) == State.ACTIVE
    assert Notice.objects.get(recipient__user_name="sales_head", kind="grants.awaiting").read_at


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/notices/", "/\\evil.example"])
def test_no_link_leads_out_of_the_house(register: Register, onward: str) -> None:
    signed = Client().post("/sign-in/", {"username": "sales_head", "password": PASSWORD, "next": onward})
    assert signed["Location"] == "/"


def test_an_application_told_to_somebody_who_is_suspended_goes_to_the_others_alone(
    register: Register,
) -> None:
    Staff.objects.filter(user_name="top_head").update(suspended_at=clock.now(), roles=[])
    asked(register, "clerk")
    tell()
    assert told(register, "grants.awaiting") == {"sales_head", "officer"}
    assert not Delivery.objects.exists()
