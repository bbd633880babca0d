"""The jobs of the worker bring a notice from its cause to a mailbox, and nothing of it lies in the queue."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from shouxin.kit import clock
from shouxin.people.notices import jobs, rules
from shouxin.people.notices.models import Notice
from shouxin.people.notices.tests.conftest import Mailbox, Reach, Tried
from tests.world import World


def test_the_job_of_the_minute_tells_and_sends(
    world: World, tried: Tried, mailbox: Mailbox, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "undisturbed", lambda moment, *_rest: moment)  # whatever the hour of the test
    reach("clerk")
    tried.put(world.people["clerk"].id)
    jobs.look(0)
    assert len(mailbox.letters) == 1
    jobs.remind(0)
    jobs.look(0)
    assert len(mailbox.letters) == 1
    assert not ProcrastinateJob.objects.exists()


def test_the_job_of_the_night_forgets(world: World, tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    tried.put(world.people["clerk"].id)
    jobs.look(0)
    assert Notice.objects.exists()
    later = clock.now() + 2 * timedelta(days=rules.KEPT.default)
    monkeypatch.setattr(clock, "now", lambda: later)
    jobs.tidy(0)
    assert not Notice.objects.exists()


def test_the_job_of_the_morning_queues_a_digest_for_working_days_alone(
    world: World, mailbox: Mailbox, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach("clerk")
    holiday = clock.now().replace(year=2026, month=10, day=1, hour=0, minute=10)
    monkeypatch.setattr(clock, "now", lambda: holiday)
    jobs.digest(0)
    jobs.look(0)
    assert mailbox.letters == []
