"""One message over the wire: signed, to an address that was looked at first, within a time, following nobody."""

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import certifi
import httpx
from standardwebhooks import Webhook

from shouxin.access.webhooks import rules
from shouxin.access.webhooks.models import Attempt
from shouxin.core.text import Text
from shouxin.kit.connections import TurnedAway

TOTAL_SECONDS = 10.0
CONNECT_SECONDS = 5.0
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


class _Forbidden(Exception):
    """The name leads to an address that may not be spoken to."""


class _NoName(Exception):
    """The name leads nowhere."""


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
        status = asyncio.run(_within(message, headers_of(message, at)))
        outcome = _judged(status)
    except (TimeoutError, httpx.TimeoutException):
        outcome = Outcome.TIMEOUT
    except _Forbidden:
        outcome = Outcome.FORBIDDEN
    except _NoName:
        outcome = Outcome.NAME
    except (httpx.HTTPError, OSError, ValueError) as error:
        outcome = Outcome.TLS if _is_tls(error) else Outcome.UNREACHABLE
    return Result(outcome, status, round((time.perf_counter() - start) * 1000))


def _judged(status: int) -> Attempt.Outcome:
    if status in rules.OK:
        return Outcome.DELIVERED
    if status in rules.REDIRECTS:
        return Outcome.REDIRECT
    return Outcome.GONE if status == rules.GONE else Outcome.STATUS


async def _within(message: Message, headers: dict[str, str]) -> int:
    async with asyncio.timeout(TOTAL_SECONDS):
        return await _post(message, headers)


async def _post(message: Message, headers: dict[str, str]) -> int:
    """The status of the answer; its body is not read."""
    url = httpx.URL(message.url)
    found = await _addresses(url)
    if not found:
        raise _NoName
    if not all(rules.may_reach(one, message.networks) for one in found):
        raise _Forbidden
    # The address that was looked at is the one spoken to: a name that changes its mind meanwhile changes nothing.
    # The certificate is still asked for the name.
    async with httpx.AsyncClient(
        verify=_trust(), trust_env=False, follow_redirects=False, timeout=CONNECT_SECONDS
    ) as http:
        request = http.build_request(
            "POST",
            url.copy_with(host=found[0]),
            content=message.body.encode(),
            headers={**headers, "host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )
        response = await http.send(request, stream=True)
        await response.aclose()
        return response.status_code


async def _addresses(url: httpx.URL) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return ()
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """The machine's authorities, which an organisation extends with its own, and the public ones."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError) or "CERTIFICATE_VERIFY" in str(cause):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def reach(url: str, networks: Sequence[str]) -> str:
    """Connect and shake hands as a message would, and say nothing; gives the protocol spoken.

    Raises:
        OSError: nobody is there, or the certificate is not accepted.
        TurnedAway: the name leads to an address that may not be spoken to.
    """
    there = httpx.URL(url)
    found = asyncio.run(_addresses(there))
    if not found:
        raise OSError("the name leads nowhere")
    if not all(rules.may_reach(one, networks) for one in found):
        raise TurnedAway(Text("目标地址不在允许范围。", "The address is not allowed."))
    port = there.port or (80 if there.scheme == "http" else 443)
    with socket.create_connection((found[0], port), CONNECT_SECONDS) as plain:
        if there.scheme == "http":
            return "HTTP"
        with _trust().wrap_socket(plain, server_hostname=there.host) as secure:
            return f"HTTPS, {secure.version()}"
