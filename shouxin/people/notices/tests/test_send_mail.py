"""Notices leave by mail once, in the reader's language, with a link and without anybody's data."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from shouxin.kit import mail
from shouxin.people.models import Staff
from shouxin.people.notices import choosing, looking, queries, rules, sending, services
from shouxin.people.notices.choosing import Ways
from shouxin.people.notices.models import Address, Delivery, Notice
from shouxin.people.notices.services import Wanted
from shouxin.people.notices.tests.conftest import ADDRESS, Mailbox, Reach, Tried
from shouxin.people.notices.tests.test_tell_once import run_at_once
from tests.world import World

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai, a Thursday
NIGHT = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # eleven at night there


def choose(world: World, who: str, **change: Any) -> None:
    wanted: dict[str, Any] = {
        "language": "zh-hans",
        "quiet": (time(21), time(7)),
        "digest_hour": 8,
        "ways": {},
    }
    Staff.objects.filter(id=world.people[who].id).update(time_zone=change.pop("zone", "Asia/Shanghai"))
    services.choose(actor=world.actor(who), wanted=Wanted(**(wanted | change)), now=NOW)


def test_several_notices_leave_as_one_mail_with_a_link_each(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    address = reach("clerk")
    for _ in range(3):
        tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert sending.send_due(now=NOW) == 1
    assert sending.send_due(now=NOW) == 0
    [(to, text, _key)] = mailbox.letters
    assert to == address
    assert "3 条通知" in text
    assert text.count("有事待您审批") == 3
    for notice in Notice.objects.all():
        assert f"{ADDRESS}/notices/{notice.id}/" in text
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.SENT}


def test_the_mail_is_in_the_language_its_reader_chose(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    choose(world, "clerk", language="en")
    tried.put(world.people["clerk"].id, due=NOW + timedelta(days=7), since=NOW - timedelta(days=90))
    looking.look(now=NOW)
    sending.send_due(now=NOW)
    [text] = mailbox.texts()
    assert "Something waits for you (2026-12-03, 7 days left)" in text
    assert not any("\u4e00" <= character <= "\u9fff" for character in text)


def test_nothing_of_a_person_stands_in_the_mail(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    sending.send_due(now=NOW)
    [text] = mailbox.texts()
    for member in world.people.values():
        assert member.display_name not in text
        assert member.user_name not in text


def test_a_mail_in_quiet_hours_waits_for_the_morning(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NIGHT)
    assert sending.send_due(now=NIGHT) == 0
    assert Notice.objects.filter(shown=True, read_at=None).count() == 1  # in the console at once
    morning = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)  # seven there
    assert sending.send_due(now=morning - timedelta(minutes=1)) == 0
    assert sending.send_due(now=morning) == 1


def test_what_was_read_meanwhile_is_not_mailed(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NIGHT)
    services.read_all(actor=world.actor("clerk"), now=NIGHT)
    sending.send_due(now=NIGHT + timedelta(hours=9))
    assert mailbox.letters == []
    assert Delivery.objects.get().state == Delivery.State.DROPPED


def test_whoever_was_suspended_meanwhile_gets_nothing(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    Staff.objects.filter(id=world.people["clerk"].id).update(suspended_at=NOW, roles=[])
    assert sending.send_due(now=NOW) == 0
    assert mailbox.letters == []


def test_a_kind_that_is_not_wanted_by_mail_is_not_mailed(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    choose(world, "clerk", ways={"tried": Ways(shown=False, mail=False, robot=False)})
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert sending.send_due(now=NOW) == 0
    assert queries.bell(world.people["clerk"].id).count == 0


def test_a_mail_that_is_turned_away_is_tried_again_further_and_further_apart(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    mailbox.refuses = True
    at = NOW
    for wait in rules.WAITS:
        sending.send_due(now=at)
        assert Delivery.objects.get().next_at == at + wait
        at += wait
    sending.send_due(now=at)
    row = Delivery.objects.get()
    assert (row.state, row.outcome, mailbox.turned_away) == ("failed", "turned-away", rules.TRIES)
    assert list(queries.failing().values_list("staff_id", flat=True)) == [world.people["clerk"].id]


def test_every_try_carries_the_same_message_id(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker killed after the server took the mail, and before that was written down, sends it again: known again."""
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_sent", _killed)
        with pytest.raises(KeyboardInterrupt):
            sending.send_due(now=NOW)
    assert Delivery.objects.get().state == Delivery.State.WAITING
    sending.send_due(now=NOW)
    assert len({key for _to, _text, key in mailbox.letters}) == 1
    assert len(mailbox.letters) == 2
    assert sending.send_due(now=NOW) == 0


def _killed(*_args: object, **_more: object) -> None:
    raise KeyboardInterrupt


def test_while_the_server_is_away_one_mail_waits_for_it_and_the_others_lose_no_try(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("clerk", "agent", "marketer"):
        reach(who)
        tried.put(world.people[who].id)
    looking.look(now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(mail, "send", _away)
        sending.send_due(now=NOW)
    assert sorted(Delivery.objects.values_list("tries", flat=True)) == [0, 0, 1]
    assert sending.send_due(now=NOW + timedelta(minutes=1)) == 3
    assert Address.objects.filter(failures__gt=0).count() == 0


def _away(**_arguments: object) -> None:
    raise mail.NotSent("unreachable")


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_mail_once(world: World, tried: Tried, mailbox: Mailbox, reach: Reach) -> None:
    for who in ("clerk", "agent", "marketer"):
        reach(who)
        tried.put(world.people[who].id)
    looking.look(now=NOW)
    run_at_once(lambda: sending.send_due(now=NOW))
    assert sorted(to for to, _text, _key in mailbox.letters) == [
        "agent@staff.example",
        "clerk@staff.example",
        "marketer@staff.example",
    ]


def test_without_a_mail_server_nothing_is_queued(
    world: World, tried: Tried, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOUXIN_SMTP", raising=False)
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert not Delivery.objects.exists()
    assert choosing.wish_of(world.people["clerk"].id).reachable == frozenset()


def test_a_queue_that_stands_still_is_reported(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert queries.problem(NOW + timedelta(minutes=10)) is None
    said = queries.problem(NOW + timedelta(minutes=40))
    assert said is not None
    assert "1 条通知" in said.zh
