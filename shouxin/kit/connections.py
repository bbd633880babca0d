"""Connections that leave the machine: rooms sign up theirs, `shouxin doctor` tries each and says what it found.

A room registers one `Connection`; its `look` tries what is configured now, each in a few seconds, and gives one
`Outcome` per address spoken to, or none when nothing is configured. `attempt` does the trying and turns what went
wrong into an outcome; an address holds host and port, never a name, password or token.
"""

import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import structlog

from shouxin.core.text import Text
from shouxin.kit.registry import Registry

log = structlog.get_logger(__name__)


class State(StrEnum):
    """What came of trying a connection."""

    OK = "ok"
    NOT_CONFIGURED = "not-configured"
    NOT_USED = "not-used"  # this version opens no such connection at all
    UNREACHABLE = "unreachable"
    CERTIFICATE_REFUSED = "certificate-refused"  # we refuse the other side's
    TURNED_AWAY = "turned-away"  # it answered, and does not let us in
    NOT_TRIED = "not-tried"  # its settings stand in a database that is away


@dataclass(frozen=True, slots=True)
class Outcome:
    """One address that was tried: how it was spoken to (say "LDAPS, TLS 1.3"), and what came of it."""

    target: str
    protocol: str
    state: State
    detail: Text | None = None

    @property
    def fine(self) -> bool:
        return self.state in {State.OK, State.NOT_CONFIGURED, State.NOT_USED}


@dataclass(frozen=True, slots=True)
class Connection:
    """`reduced` says what does not work while the connection fails, and what goes on working."""

    name: str
    title: Text
    reduced: Text
    look: Callable[[], Sequence[Outcome]]


class TurnedAway(Exception):
    """Raised inside `attempt` when the other side answered and refused us; carries a sentence without secrets."""

    def __init__(self, detail: Text) -> None:
        super().__init__(detail.en)
        self.detail = detail


connections: Registry[Connection] = Registry("connections")


def register(connection: Connection) -> Connection:
    """Sign up `connection` under its name."""
    return connections.register(connection.name, connection)


def attempt(target: str, protocol: str, trying: Callable[[], str | None]) -> Outcome:
    """Try once; `trying` may give the protocol that was really spoken. What it raises becomes the outcome."""
    try:
        spoken = trying()
    except TurnedAway as error:
        return Outcome(target, protocol, State.TURNED_AWAY, error.detail)
    except Exception as error:  # noqa: BLE001 - whatever a client library raises, the connection does not work
        if _certificate_refused(error):
            return Outcome(target, protocol, State.CERTIFICATE_REFUSED)
        return Outcome(target, protocol, State.UNREACHABLE)
    return Outcome(target, spoken or protocol, State.OK)


def host_and_port(url: str, default_port: int | None = None) -> str:
    """The `host:port` of an address, without user, password, path and query."""
    parts = urlsplit(url)
    port = parts.port or default_port or {"https": 443, "http": 80}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{host}:{port}" if port else host


def examine(connection: Connection) -> list[Outcome]:
    """What `connection` found; never raises."""
    try:
        found = list(connection.look())
    except Exception:
        log.exception("a connection could not be looked at", check=connection.name)
        return [Outcome("", "", State.UNREACHABLE)]
    return found or [Outcome("", "", State.NOT_CONFIGURED)]


def _certificate_refused(error: BaseException) -> bool:
    return any(
        isinstance(one, ssl.SSLCertVerificationError)
        or any(mark in str(one).lower() for mark in ("certificate verify failed", "server certificate for"))
        for one in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
