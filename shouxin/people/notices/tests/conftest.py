"""A mail server, people who are told by mail, and a kind of notices whose matters a test puts there itself."""

import email
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from shouxin.core.text import Text
from shouxin.kit import clock, ids
from shouxin.people.notices import kinds, secrets
from shouxin.people.notices.kinds import Group, Kind, Matter
from shouxin.people.notices.models import Address, Channel
from tests.world import World, have_keys

ADDRESS = "http://127.0.0.1:8000"


class Mailbox:
    """What a mail server on this machine was handed."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, str]] = []  # to, subject and text, Message-ID
        self.refuses = False
        self.turned_away = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        if self.refuses:
            self.turned_away += 1
            return "554 not today"
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=policy.default)
        body = letter.get_body()
        assert body
        text = f"{letter['Subject']}\n{body.get_content()}"
        self.letters.append((envelope.rcpt_tos[0], text, str(letter["Message-ID"])))
        return "250 OK"

    def texts(self, to: str = "") -> list[str]:
        return [text for whom, text, _key in self.letters if to in whom]


@pytest.fixture(name="mailbox")
def _mailbox(
    monkeypatch: pytest.MonkeyPatch, settings: object, request: pytest.FixtureRequest
) -> Iterator[Mailbox]:
    """A mail server that the product is told to use, and the address that links begin with.

    A test file may have one of its own: `MAIL_SERVER = …`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = getattr(request.module, "MAIL_SERVER", Mailbox)()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("SHOUXIN_SMTP", f"127.0.0.1:{port}")
    monkeypatch.setenv("SHOUXIN_SMTP_TLS", "none")
    monkeypatch.setenv("SHOUXIN_SMTP_FROM", "service@shouxin.example")
    settings.PUBLIC_ADDRESS = ADDRESS  # type: ignore[attr-defined]
    yield box
    controller.stop()


@dataclass
class Tried:
    """A kind of notices for tests: `put` says what stands."""

    stands: list[tuple[UUID, Matter]] = field(default_factory=list)

    def find(self, _now: datetime) -> list[tuple[UUID, Matter]]:
        return list(self.stands)

    def put(self, staff: UUID, *, due: datetime | None = None, since: datetime | None = None) -> UUID:
        thing = ids.new()
        self.stands.append((staff, Matter(thing, "/notices/settings/", due=due, since=since)))
        return thing


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Tried:
    """The only kind there is: of approvals, told by mail too."""
    found = Tried()
    title = Text("有事待您审批", "Something waits for you")
    kind = Kind("tried", Group.APPROVAL, title, found.find, mail=True)
    monkeypatch.setattr(kinds.kinds, "_entries", {"tried": kind})
    return found


Reach = Callable[[str], str]


@pytest.fixture(name="reach")
def _reach(world: World) -> Reach:
    """`reach("clerk")`: they have a confirmed mailbox; gives its address."""
    have_keys()

    def made(who: str) -> str:
        address = f"{who}@staff.example"
        row = Address(id=ids.new(), staff_id=world.people[who].id, channel=Channel.MAIL)
        row.sealed, row.made_at, row.confirmed_at = secrets.seal(row, address), clock.now(), clock.now()
        row.save(force_insert=True)
        return address

    return made
