"""A worker killed in the middle of its mails: whoever has to know is told, and nobody twice."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from threading import Event

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from procrastinate.contrib.django import app

from shouxin.kit import clock, ids
from shouxin.people.notices import jobs
from shouxin.people.notices.models import Channel, Delivery, Notice, Preference
from shouxin.people.notices.tests.conftest import Mailbox, Reach
from tests.harness.jobs import WorkerProcess
from tests.harness.server import until
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = ("clerk", "agent", "marketer", "officer")
HELD = 2  # in whose mail the worker is killed, counted from 1


class Holding(Mailbox):
    """Never answers one of the first mails: whoever sends it waits in the middle of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.held, self.whose = 0, Event(), ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        self.asked += 1
        if self.asked == HELD:
            self.whose = envelope.rcpt_tos[0]
            self.held.set()
            await asyncio.Event().wait()  # until the connection breaks
        return await super().handle_DATA(server, session, envelope)


MAIL_SERVER = Holding


def queue(world: World) -> None:
    """One mail for each, as a finished search of the rooms leaves them; none of them wants a digest besides."""
    now = clock.now()
    for who in TOLD:
        staff = world.people[who].id
        Preference.objects.create(staff_id=staff, language="zh-hans", digest_hour=None, changed_at=now)
        notice = Notice.objects.create(
            recipient_id=staff, kind="access.decided", thing=ids.new(), step="new", path="/", at=now
        )
        Delivery.objects.create(recipient_id=staff, channel=Channel.MAIL, notice=notice, at=now, next_at=now)


def test_a_worker_killed_in_the_middle_of_a_mail_leaves_nobody_out_and_tells_nobody_twice(
    world: World, mailbox: Holding, reach: Reach, start_worker: Callable[..., WorkerProcess]
) -> None:
    addresses = [reach(who) for who in TOLD]
    queue(world)
    app.configure_task(jobs.LOOK, queue="notices").defer(timestamp=0)
    worker = start_worker()
    until(mailbox.held.is_set, "the mail that is never answered")
    worker.end(signal.SIGKILL)
    assert mailbox.whose in set(addresses) - {to for to, _text, _key in mailbox.letters}

    def done() -> bool:
        """What a next worker does each minute, until the database has let the dead one's rows go."""
        jobs.look(1)
        return not Delivery.objects.filter(state=Delivery.State.WAITING).exists()

    until(done, "the rest")
    assert Counter(to for to, _text, _key in mailbox.letters) == Counter(addresses)
    assert len({key for _to, _text, key in mailbox.letters}) == len(TOLD)
