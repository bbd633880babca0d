"""A mail server on this machine that keeps what it was handed."""

import email
import socket
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    def __init__(self) -> None:
        self.letters: dict[str, EmailMessage] = {}

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        content = envelope.content
        assert isinstance(content, bytes)
        for to in envelope.rcpt_tos:
            assert to not in self.letters
            self.letters[to] = email.message_from_bytes(content, policy=policy.default)
        return "250 OK"

    def body(self, to: str) -> str:
        found = self.letters[to].get_body()
        assert found
        return str(found.get_content())


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("SHOUXIN_SMTP", f"127.0.0.1:{port}")
    monkeypatch.setenv("SHOUXIN_SMTP_TLS", "none")
    monkeypatch.setenv("SHOUXIN_SMTP_FROM", "news@shouxin.example")
    yield box
    controller.stop()
