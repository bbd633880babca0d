"""A mail server that is gone before it says that it has a mail, or in a bad temper afterwards: nobody is told twice."""

import asyncio
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from procrastinate.contrib.django import app

from shouxin.kit import clock, mail
from shouxin.people.notices import jobs, looking, queries, rules, sending
from shouxin.people.notices.models import Delivery
from shouxin.people.notices.tests.conftest import Mailbox, Reach, Tried
from tests.world import World


def gone(server: SMTP) -> None:
    """The connection breaks now."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Silent(Mailbox):
    """Takes a mail and is gone before it says so; or before it hears of one; or says good-bye as no server should."""

    def __init__(self) -> None:
        super().__init__()
        self.silent, self.deaf, self.bad_tempered = False, False, False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        answer = await super().handle_DATA(server, session, envelope)
        if self.silent:
            gone(server)
        return answer

    async def handle_RCPT(  # noqa: N802 - aiosmtpd
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.deaf:
            gone(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        return "421 going down" if self.bad_tempered else "221 Bye"


MAIL_SERVER = Silent


def told(world: World, tried: Tried, reach: Reach, *people: str) -> None:
    for who in people:
        reach(who)
        tried.put(world.people[who].id)
    looking.look(now=clock.now())
    Delivery.objects.update(next_at=clock.now())


def later() -> int:
    return sending.send_due(now=clock.now() + sum(rules.WAITS, timedelta()))


def test_a_mail_whose_answer_never_came_is_not_sent_again(
    world: World, tried: Tried, mailbox: Silent, reach: Reach
) -> None:
    told(world, tried, reach, "clerk", "agent")
    mailbox.silent = True
    assert sending.send_due(now=clock.now()) == 0
    [(first, _text, _key)] = mailbox.letters  # and the other one waits until the server speaks again
    given_up = Delivery.objects.get(state=Delivery.State.FAILED)
    assert (given_up.outcome, given_up.tries) == ("unclear", 1)
    assert "may have arrived" in rules.OUTCOMES[given_up.outcome].en
    mailbox.silent = False
    assert later() == 1
    assert later() == 0
    assert sorted(to for to, _text, _key in mailbox.letters) == ["agent@staff.example", "clerk@staff.example"]
    assert first in {"agent@staff.example", "clerk@staff.example"}
    assert queries.traffic(world.actor("system_admin"), clock.now()).failed == 1


def test_what_the_server_took_is_sent_whatever_it_says_to_a_good_bye(
    world: World, tried: Tried, mailbox: Silent, reach: Reach
) -> None:
    told(world, tried, reach, "clerk")
    mailbox.bad_tempered = True
    assert sending.send_due(now=clock.now()) == 1
    assert later() == 0
    assert len(mailbox.letters) == 1


def test_a_server_that_falls_silent_before_the_text_has_taken_nothing(
    world: World, tried: Tried, mailbox: Silent, reach: Reach
) -> None:
    told(world, tried, reach, "clerk")
    mailbox.deaf = True
    assert sending.send_due(now=clock.now()) == 0
    assert Delivery.objects.get().state == Delivery.State.WAITING
    mailbox.deaf = False
    assert later() == 1
    assert len(mailbox.letters) == 1


def test_work_in_the_background_waits_long_for_the_answer(
    world: World, tried: Tried, mailbox: Silent, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(mail._Session, "wait", lambda _session, seconds: waited.append(seconds))
    told(world, tried, reach, "clerk")
    assert sending.send_due(now=clock.now()) == 1
    assert waited[0] == mail.PATIENCE
    assert mail.PATIENCE >= 10 * mail.SECONDS


@pytest.mark.django_db
def test_of_two_jobs_that_send_only_one_runs() -> None:
    app.configure_task(jobs.LOOK, queue="notices").defer(timestamp=0)
    fetch = "SELECT id FROM procrastinate_fetch_job_v2(ARRAY['notices'], %s) WHERE id IS NOT NULL"
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone() or (0,)
        cursor.execute(fetch, [worker])
        assert len(cursor.fetchall()) == 1
        app.configure_task(jobs.LOOK, queue="notices").defer(timestamp=1)
        cursor.execute(fetch, [worker])
        assert cursor.fetchall() == []
