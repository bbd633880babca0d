"""Whoever has to know is told once of a thing at each step, whatever happens to the job that tells."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from shouxin.people.notices import looking, services
from shouxin.people.notices.kinds import Matter, kinds
from shouxin.people.notices.models import Delivery, Notice
from shouxin.people.notices.tests.conftest import Mailbox, Reach, Tried
from tests.world import World

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai, a Thursday
DAY = timedelta(days=1)


def steps(world: World, who: str) -> list[str]:
    found = Notice.objects.filter(recipient=world.people[who]).order_by("id")
    return list(found.values_list("step", flat=True))


def test_running_twice_tells_once(world: World, tried: Tried) -> None:
    tried.put(world.people["clerk"].id)
    assert looking.look(now=NOW) == 1
    assert looking.look(now=NOW + timedelta(minutes=1)) == 0
    assert steps(world, "clerk") == ["new"]


def test_reminders_come_at_their_days_and_then_daily_until_it_is_closed(world: World, tried: Tried) -> None:
    tried.put(world.people["clerk"].id, due=NOW + 40 * DAY, since=NOW - DAY)
    for day in range(43):
        looking.look(now=NOW + day * DAY)
        looking.look(now=NOW + day * DAY + timedelta(hours=1))
    assert steps(world, "clerk") == ["new", "30", "7", "1", "2027-01-05", "2027-01-06", "2027-01-07"]
    tried.stands.clear()
    looking.look(now=NOW + 43 * DAY)
    assert not Notice.objects.filter(closed_at=None).exists()
    looking.look(now=NOW + 44 * DAY)
    assert len(steps(world, "clerk")) == 7


def test_a_thing_shorter_than_a_reminder_is_told_as_new_alone(world: World, tried: Tried) -> None:
    tried.put(world.people["clerk"].id, due=NOW + 5 * DAY, since=NOW)
    looking.look(now=NOW)
    assert steps(world, "clerk") == ["new"]
    looking.look(now=NOW + 4 * DAY)
    assert steps(world, "clerk") == ["new", "1"]


def test_the_bell_shows_a_thing_once_however_often_it_was_told(world: World, tried: Tried) -> None:
    tried.put(world.people["clerk"].id, due=NOW + 10 * DAY, since=NOW - 90 * DAY)
    looking.look(now=NOW)
    looking.look(now=NOW + 4 * DAY)
    assert list(Notice.objects.filter(closed_at=None).values_list("step", flat=True)) == ["7"]


def test_what_somebody_else_dealt_with_is_off_the_bell_and_its_mail_does_not_leave(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert Delivery.objects.get().state == Delivery.State.WAITING
    tried.stands.clear()
    looking.look(now=NOW)
    assert Notice.objects.get().closed_at == NOW
    assert Delivery.objects.get().state == Delivery.State.DROPPED


def test_a_job_cut_off_between_notice_and_mail_tells_both_the_next_time(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach("clerk")
    tried.put(world.people["clerk"].id)
    with monkeypatch.context() as patch:
        patch.setattr(looking, "_ways_out", _killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            looking.look(now=NOW)
    assert not Notice.objects.exists()
    looking.look(now=NOW)
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 1)


def _killed(*_args: object) -> None:
    raise KeyboardInterrupt


def test_whoever_left_or_is_suspended_is_told_nothing(world: World, tried: Tried) -> None:
    for who in ("outsider", "clerk", "agent"):
        tried.put(world.people[who].id)
    type(world.people["clerk"]).objects.filter(id=world.people["clerk"].id).update(suspended_at=NOW, roles=[])
    looking.look(now=NOW)
    assert list(Notice.objects.values_list("recipient_id", flat=True)) == [world.people["agent"].id]


def test_one_kind_that_fails_does_not_silence_the_others(
    world: World, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried.put(world.people["clerk"].id)
    good = kinds["tried"]
    bad = type(good)("bad", good.group, good.title, _at_fault)
    monkeypatch.setattr(kinds, "_entries", {"bad": bad, "tried": good})
    assert looking.look(now=NOW) == 1


def _at_fault(_now: datetime) -> list[tuple[UUID, Matter]]:
    raise LookupError


def test_the_database_refuses_the_same_step_twice(world: World, tried: Tried) -> None:
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    known = Notice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            recipient=known.recipient, kind="tried", thing=known.thing, step="new", path="/", at=NOW
        )


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_once(world: World, tried: Tried, mailbox: Mailbox, reach: Reach) -> None:
    reach("clerk")
    for _ in range(20):
        tried.put(world.people["clerk"].id)
    run_at_once(lambda: looking.look(now=NOW))
    assert (Notice.objects.count(), Delivery.objects.count()) == (20, 20)


def run_at_once(work: Callable[[], object], times: int = 4) -> None:
    def alone() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=alone) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_old_notices_are_deleted_and_addresses_of_whoever_left(
    world: World, tried: Tried, reach: Reach
) -> None:
    reach("clerk")
    reach("outsider")
    tried.put(world.people["clerk"].id)
    looking.look(now=NOW)
    assert services.tidy(now=NOW + 180 * DAY) == 1  # the address alone
    assert services.tidy(now=NOW + 181 * DAY) == 1
    assert not Notice.objects.exists()
