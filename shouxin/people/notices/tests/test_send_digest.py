"""One mail a working day with what waits and what ends; none where there is nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from shouxin.core.text import Text
from shouxin.kit import workbench
from shouxin.kit.workbench import WorkbenchCard
from shouxin.people.notices import kinds, looking, sending
from shouxin.people.notices.kinds import Group, Kind
from shouxin.people.notices.models import Delivery
from shouxin.people.notices.tests.conftest import ADDRESS, Mailbox, Reach, Tried
from shouxin.people.notices.tests.test_send_mail import choose
from shouxin.people.notices.tests.test_tell_once import run_at_once
from tests.world import World

MORNING = datetime(2026, 11, 26, 0, 5, tzinfo=UTC)  # five past eight in Shanghai, a Thursday
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def cards(tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    """One card, that counts two for the clerk and nothing for others; and one kind of things that end."""
    title = Text("有事即将到期", "Something ends soon")
    monkeypatch.setattr(kinds.kinds, "_entries", {"tried": Kind("tried", Group.DUE, title, tried.find)})
    card = WorkbenchCard(
        "tried",
        "待我审批的样例",
        lambda actor: ["one", "another"] if "clerk" in {role.value for role in actor.roles} else [],
        "people:delegations",
        "",
        "state=awaiting",
    )
    monkeypatch.setattr(workbench.cards, "_entries", {"tried": card})


def morning(now: datetime) -> None:
    sending.queue_digests(now=now)
    sending.send_due(now=now)


def test_the_digest_counts_what_waits_and_what_ends(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    choose(world, "clerk", quiet=None, ways={})
    tried.put(world.people["clerk"].id, due=MORNING + 6 * DAY, since=MORNING - 90 * DAY)
    looking.look(now=MORNING)
    sending.send_due(now=MORNING)
    mailbox.letters.clear()
    morning(MORNING)
    [text] = mailbox.texts()
    assert "今日待办 3 项" in text
    assert "· 待我审批的样例 × 2" in text
    assert f"{ADDRESS}/people/delegations/?state=awaiting" in text
    assert "有事即将到期（2026-12-02，还有 6 天）" in text


def test_it_leaves_once_a_day_however_often_the_job_runs(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    for minutes in range(0, 180, 10):
        morning(MORNING + timedelta(minutes=minutes))
    assert len(mailbox.letters) == 1
    morning(MORNING + DAY)
    assert len(mailbox.letters) == 2


def test_whoever_has_nothing_gets_none(world: World, tried: Tried, mailbox: Mailbox, reach: Reach) -> None:
    reach("officer")
    morning(MORNING)
    assert mailbox.letters == []
    assert Delivery.objects.get().state == Delivery.State.DROPPED


def test_none_on_a_holiday_and_one_on_the_saturday_worked_for_it(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    morning(datetime(2026, 10, 1, 0, 5, tzinfo=UTC))
    assert mailbox.letters == []
    morning(datetime(2026, 10, 10, 0, 5, tzinfo=UTC))
    assert len(mailbox.letters) == 1


def test_whoever_switched_it_off_gets_none(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    choose(world, "clerk", digest_hour=None)
    morning(MORNING)
    assert mailbox.letters == []


def test_the_hour_is_that_of_the_persons_own_clock(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach
) -> None:
    reach("clerk")
    choose(world, "clerk", zone="Europe/Berlin", digest_hour=9)
    morning(MORNING)
    assert mailbox.letters == []
    morning(datetime(2026, 11, 26, 8, 5, tzinfo=UTC))
    assert len(mailbox.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_digest(world: World, tried: Tried, mailbox: Mailbox, reach: Reach) -> None:
    reach("clerk")
    run_at_once(lambda: morning(MORNING))
    assert len(mailbox.letters) == 1
