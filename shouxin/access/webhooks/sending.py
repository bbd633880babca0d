"""One message over the wire: signed, to an address that was looked at first, within a time, following nobody."""

import asyncio
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from standardwebhooks import Webhook

from shouxin.access.webhooks import rules
from shouxin.access.webhooks.models import Attempt
from shouxin.core.text import Text
from shouxin.kit import outward
from shouxin.kit.connections import TurnedAway

Outcome = Attempt.Outcome


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent; with two secrets it carries two signatures, so that the receiver may hold either."""

    id: str
    url: str
    body: str
    networks: tuple[str, ...]
    secrets: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Attempt.Outcome
    status: int | None
    milliseconds: int

    @property
    def reached(self) -> bool:
        """Whether somebody answered at all."""
        return self.status is not None


def headers_of(message: Message, at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0."""
    signatures = [Webhook(secret).sign(message.id, at, message.body) for secret in message.secrets]
    return {
        "content-type": "application/json",
        "user-agent": "Shouxin-Webhooks/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def send(message: Message, at: datetime) -> Result:
    """Try once. Never raises for what the other side does."""
    start = time.perf_counter()
    status: int | None = None
    try:
        status = asyncio.run(
            outward.post(message.url, message.body, headers_of(message, at), message.networks)
        )
        outcome = _judged(status)
    except (TimeoutError, httpx.TimeoutException):
        outcome = Outcome.TIMEOUT
    except outward.Forbidden:
        outcome = Outcome.FORBIDDEN
    except outward.NoName:
        outcome = Outcome.NAME
    except (httpx.HTTPError, OSError, ValueError) as error:
        outcome = Outcome.TLS if outward.is_tls(error) else Outcome.UNREACHABLE
    return Result(outcome, status, round((time.perf_counter() - start) * 1000))


def _judged(status: int) -> Attempt.Outcome:
    if status in rules.OK:
        return Outcome.DELIVERED
    if status in rules.REDIRECTS:
        return Outcome.REDIRECT
    return Outcome.GONE if status == rules.GONE else Outcome.STATUS


def reach(url: str, networks: Sequence[str]) -> str:
    """Connect and shake hands as a message would, and say nothing; gives the protocol spoken.

    Raises:
        OSError: nobody is there, or the certificate is not accepted.
        TurnedAway: the name leads to an address that may not be spoken to.
    """
    there = httpx.URL(url)
    found = asyncio.run(outward.addresses(there))
    if not found:
        raise OSError("the name leads nowhere")
    if not all(outward.may_reach(one, networks) for one in found):
        raise TurnedAway(Text("目标地址不在允许范围。", "The address is not allowed."))
    port = there.port or (80 if there.scheme == "http" else 443)
    with socket.create_connection((found[0], port), outward.CONNECT_SECONDS) as plain:
        if there.scheme == "http":
            return "HTTP"
        with outward.trust().wrap_socket(plain, server_hostname=there.host) as secure:
            return f"HTTPS, {secure.version()}"
