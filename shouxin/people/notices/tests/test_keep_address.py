"""Where somebody is told: sealed, confirmed by a code, theirs alone, and never a way to flood a stranger."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from shouxin.core.policy import NotAllowed
from shouxin.journal.models import Entry
from shouxin.people.notices import looking, sending, services
from shouxin.people.notices.models import Address, Channel, RobotHost
from shouxin.people.notices.tests.conftest import Mailbox, Reach, Tried
from shouxin.people.problems import PeopleError
from tests.world import World, have_keys, without_keys

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
MINE = "wang.fang.private@mail.example"
MINUTE = timedelta(minutes=1)


def code_in(mailbox: Mailbox) -> str:
    found = re.search(r"\d{6}", mailbox.letters[-1][1])
    assert found
    return found[0]


def enter(world: World, now: datetime = NOW) -> None:
    have_keys()
    services.set_mail(actor=world.actor("clerk"), address=MINE, now=now)


def stored() -> str:
    """Everything the room's tables hold of addresses, and the journal, as a thief of the database reads it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(encode(sealed, 'escape') || a::text, ' ') FROM people_notice_address a"
        )
        bodies = [bytes(body) for body in Entry.objects.values_list("body", flat=True)]
        return str(cursor.fetchone()) + str(b"".join(bodies))


def test_an_address_counts_once_its_code_was_typed_in(world: World, mailbox: Mailbox, tried: Tried) -> None:
    enter(world)
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert sending.send_due(now=NOW) == 0
    services.confirm_mail(actor=world.actor("clerk"), code=code_in(mailbox), now=NOW)
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert sending.send_due(now=NOW) == 1
    assert mailbox.letters[-1][0] == MINE


def test_the_address_stands_sealed_and_in_no_entry_of_the_journal(world: World, mailbox: Mailbox) -> None:
    enter(world)
    assert MINE not in stored()
    assert code_in(mailbox) not in stored()
    assert Entry.objects.filter(event="notice.address_set").count() == 1


@pytest.mark.parametrize("case", ["wrong", "over"])
def test_a_wrong_code_or_one_that_is_over_confirms_nothing(world: World, mailbox: Mailbox, case: str) -> None:
    enter(world)
    right, now = code_in(mailbox), NOW + timedelta(minutes=15 if case == "over" else 0)
    typed = right if case == "over" else f"{(int(right) + 1) % 10**6:06d}"
    with pytest.raises(PeopleError):
        services.confirm_mail(actor=world.actor("clerk"), code=typed, now=now)
    assert Address.objects.get().confirmed_at is None


def test_five_wrong_codes_end_the_right_one(world: World, mailbox: Mailbox) -> None:
    enter(world)
    right = code_in(mailbox)
    for _ in range(5):
        with pytest.raises(PeopleError):
            services.confirm_mail(actor=world.actor("clerk"), code=f"{(int(right) + 1) % 10**6:06d}", now=NOW)
    with pytest.raises(PeopleError) as refused:
        services.confirm_mail(actor=world.actor("clerk"), code=right, now=NOW)
    assert refused.value.code == "code_over"


def test_a_code_confirms_the_address_it_was_sent_to_alone(world: World, mailbox: Mailbox) -> None:
    enter(world)
    first = code_in(mailbox)
    services.set_mail(actor=world.actor("clerk"), address="other@mail.example", now=NOW + 2 * MINUTE)
    if code_in(mailbox) != first:
        with pytest.raises(PeopleError):
            services.confirm_mail(actor=world.actor("clerk"), code=first, now=NOW + 2 * MINUTE)


def test_another_address_takes_the_confirmation_away(world: World, mailbox: Mailbox) -> None:
    enter(world)
    services.confirm_mail(actor=world.actor("clerk"), code=code_in(mailbox), now=NOW)
    services.set_mail(actor=world.actor("clerk"), address="other@mail.example", now=NOW + 2 * MINUTE)
    assert Address.objects.get().confirmed_at is None


def test_nobody_is_flooded_from_here(world: World, mailbox: Mailbox) -> None:
    enter(world)
    with pytest.raises(PeopleError):
        enter(world, NOW + timedelta(seconds=59))
    for minute in range(1, 10):
        enter(world, NOW + minute * MINUTE)
    with pytest.raises(PeopleError) as refused:
        enter(world, NOW + 30 * MINUTE)
    assert refused.value.code == "too_often"
    assert len(mailbox.letters) == 10


def test_without_keys_nothing_is_kept(world: World, mailbox: Mailbox) -> None:
    have_keys()
    with without_keys(), pytest.raises(PeopleError) as refused:
        services.set_mail(actor=world.actor("clerk"), address=MINE, now=NOW)
    assert refused.value.code == "no_keys"
    assert (Address.objects.count(), mailbox.letters) == (0, [])


def test_a_mail_that_does_not_leave_keeps_no_address(world: World, mailbox: Mailbox) -> None:
    mailbox.refuses = True
    with pytest.raises(PeopleError) as refused:
        enter(world)
    assert refused.value.code == "not_delivered"
    assert not Address.objects.exists()


def test_a_robot_is_taken_on_an_allowed_host_alone(world: World) -> None:
    have_keys()
    clerk, admin = world.actor("clerk"), world.actor("system_admin")
    url = "https://robots.example.com/send?key=0123456789abcdef"
    with pytest.raises(PeopleError):
        services.set_robot(actor=clerk, url=url, now=NOW)
    services.allow_host(actor=admin, host="robots.example.com", style="wecom", networks=[], now=NOW)
    services.set_robot(actor=clerk, url=url, now=NOW)
    for elsewhere in (
        "https://robots.example.com.evil.example/send",
        "https://robots.example.com@evil.example/send",
        "https://robots.example.com:8443/send",
        "http://robots.example.com/send",
        "https://evil.example/?robots.example.com",
    ):
        with pytest.raises(PeopleError):
            services.set_robot(actor=clerk, url=elsewhere, now=NOW)
    assert "0123456789abcdef" not in stored()


def test_only_a_system_administrator_allows_hosts(world: World) -> None:
    for who in ("clerk", "officer", "security_admin", "audit_admin"):
        with pytest.raises(NotAllowed):
            services.allow_host(
                actor=world.actor(who), host="robots.example.com", style="wecom", networks=[], now=NOW
            )


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "169.254.169.254", "10.0.0.8", "a b", "robots.example/x", "", "u@h"]
)
def test_a_host_that_is_none_or_not_public_is_refused(world: World, host: str) -> None:
    with pytest.raises(PeopleError):
        services.allow_host(actor=world.actor("system_admin"), host=host, style="json", networks=[], now=NOW)
    assert not RobotHost.objects.exists()


def test_ending_a_host_takes_its_addresses_away(world: World) -> None:
    have_keys()
    admin = world.actor("system_admin")
    host = services.allow_host(actor=admin, host="robots.example.com", style="feishu", networks=[], now=NOW)
    services.set_robot(actor=world.actor("clerk"), url="https://robots.example.com/x", now=NOW)
    services.end_host(actor=admin, host=host.id, now=NOW)
    assert not Address.objects.filter(channel=Channel.ROBOT).exists()
    assert b'"count":1' in bytes(Entry.objects.get(event="notice.host_ended").body)


def test_one_removes_ones_own_address_and_no_other(world: World, reach: Reach) -> None:
    reach("clerk")
    reach("agent")
    services.forget(actor=world.actor("clerk"), channel="mail")
    assert list(Address.objects.values_list("staff_id", flat=True)) == [world.people["agent"].id]
