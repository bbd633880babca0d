"""A customer seen at its revision, and values that have grown old."""

import email
import re
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import policy
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from shouxin.customers.quality import keeping, rules
from shouxin.customers.quality.models import Standing
from shouxin.customers.quality.services import Seen
from shouxin.customers.registry.models import Customer
from tests.register import Register

See = Callable[..., Seen]
Age = Callable[..., None]


@pytest.fixture
def see(register: Register) -> See:
    """`see("li", "mobile")`: these fields of the profile as somebody sees them now."""

    def seen(name: str, *fields: str, record: UUID | None = None) -> Seen:
        row = Customer.objects.get(id=register[name])
        return Seen(row.id, row.revision, {record or row.id: fields})

    return seen


@pytest.fixture
def age(register: Register) -> Age:
    """`age("li", 400)`: everything of the customer was collected so many days ago."""

    def aged(name: str, days: int, *fields: str) -> None:
        before = rules.day(timezone.localdate() - timedelta(days=days))
        for row in Standing.objects.filter(customer_id=register[name]):
            values = {
                key: known._replace(collected=before) if not fields or key in fields else known
                for key, known in rules.read(row.values).items()
            }
            row.values, row.due_on = rules.stored(values), rules.due_on(values, keeping.chosen())
            row.save()

    return aged


class Mailbox:
    """What a mail server on this machine was handed."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str]] = []
        self.refuses = False

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        if self.refuses:
            return "554 not today"
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=policy.default)
        body = letter.get_body()
        assert body
        self.letters.append((list(envelope.rcpt_tos), f"{letter['Subject']}\n{body.get_content()}"))
        return "250 OK"

    def code(self) -> str:
        """The code of the last letter."""
        found = re.search(r"\d{6}", self.letters[-1][1])
        assert found
        return found[0]


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server that the product is told to use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("SHOUXIN_SMTP", f"127.0.0.1:{port}")
    monkeypatch.setenv("SHOUXIN_SMTP_TLS", "none")
    monkeypatch.setenv("SHOUXIN_SMTP_FROM", "service@shouxin.example")
    yield box
    controller.stop()
