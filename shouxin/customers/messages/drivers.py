"""Handing one message over: e-mail by SMTP, text messages by the organisation's gateway, call lists to the people.

A driver says one of four things: it was taken (and under which id), it was turned down for good, nothing can be handed
over now (and nothing was), or nobody knows. What nobody knows is never tried again.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from shouxin.customers.messages import rules
from shouxin.customers.messages.rules import Content
from shouxin.kit import mail, outward, sealing
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection, Kind

LONGEST_ID = 100
_OK = range(200, 300)
_AWAY = {401: "gateway.key", 403: "gateway.key", 429: "gateway.busy", 503: "gateway.busy"}
_CLIENT = range(400, 500)


class Away(Exception):
    """Nothing was handed over, and nothing can be for now."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TurnedDown(Away):
    """This one was not taken, and will not be."""


class Unclear(Away):
    """It may have been taken, or not."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who takes a message on its way, as it is set up at this moment; `said` is what the journal keeps of it."""

    said: Mapping[str, str | bool] = field(default_factory=dict)
    gateway: Connection | None = None


def carrier(channel: str) -> Carrier:
    """Who carries messages of this channel now; a call list nobody does."""
    if channel == rules.EMAIL:
        return Carrier({"carrier": mail.carrier()})
    gateway = connections.in_force(Kind.SMS).order_by("decided_at").first() if channel == rules.SMS else None
    if gateway is None:
        return Carrier()
    return Carrier(
        {"carrier": str(gateway.pseudonym), "inside": bool(gateway.settings.get("networks"))}, gateway
    )


def gateway_offered() -> bool:
    """Whether a gateway of text messages is in force."""
    return connections.in_force(Kind.SMS).exists()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as it leaves: `key` is the same however often it is asked about, `leave` the unsubscribe address."""

    key: str
    content: Content
    to: str = field(repr=False)
    leave: str = field(repr=False)
    own: str = field(default="", repr=False)  # what is for this reader alone
    portal: str = ""
    by: Carrier = field(default_factory=Carrier)


def by_mail(parcel: Parcel) -> str:
    """Over SMTP; one click in the reader's mail program is enough to leave (RFC 8058)."""
    headers = (
        {"List-Unsubscribe": f"<{parcel.leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if parcel.leave
        else {}
    )
    try:
        mail.send(
            to=parcel.to,
            subject=parcel.content.subject,
            body=rules.text(parcel.content, parcel.leave, parcel.own, parcel.portal),
            key=parcel.key,
            name=parcel.content.sender,
            headers=headers,
        )
    except mail.NotSent as problem:
        if problem.unclear:
            raise Unclear("mail.unclear") from None
        if problem.code in {"address", "turned-away"}:
            raise TurnedDown(f"mail.{problem.code}") from None
        raise Away(f"mail.{problem.code}") from None
    return f"<{parcel.key}>"


def by_sms(parcel: Parcel) -> str:
    """As JSON to its gateway, under its key; the answer names its id of the message."""
    gateway = parcel.by.gateway
    if gateway is None:
        raise Away("gateway.none")
    try:
        status, answer = asyncio.run(_post(gateway, parcel))
    except sealing.Unavailable:
        raise Away("keys") from None
    except (httpx.ConnectError, httpx.ConnectTimeout, outward.NoName, outward.Forbidden):
        raise Away("gateway.unreachable") from None
    except (TimeoutError, httpx.HTTPError, OSError):
        raise Unclear("gateway.unclear") from None
    if status in _OK:
        return _id_in(answer, gateway.settings)
    if status in _AWAY:
        raise Away(_AWAY[status])
    if status in _CLIENT:
        raise TurnedDown("gateway.refused")
    raise Unclear("gateway.unclear")


async def _post(gateway: Connection, parcel: Parcel) -> tuple[int, bytes]:
    settings = gateway.settings
    body = {
        settings["to"]: parcel.to,
        settings["text"]: rules.text(parcel.content, parcel.leave, parcel.own),
        settings["reference"]: parcel.key,
    }
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {connections.secret_of(gateway)}",
        "idempotency-key": parcel.key,
        "user-agent": "Shouxin-Messages/1",
    }
    networks = settings.get("networks", [])
    return await outward.exchange(settings["url"], json.dumps(body, ensure_ascii=False), headers, networks)


def _id_in(answer: bytes, settings: Mapping[str, Any]) -> str:
    """The gateway's id; none when its answer does not say, the message was taken all the same."""
    try:
        read = json.loads(answer)
    except ValueError:
        return ""
    found = read.get(settings["answer"]) if isinstance(read, dict) else None
    return str(found)[:LONGEST_ID] if isinstance(found, str | int) else ""


def listed(_parcel: Parcel) -> str:
    """A call list is handed to nobody outside: staff dial from the customer's page, without seeing the number."""
    return ""


DRIVERS: Mapping[str, Callable[[Parcel], str]] = {
    rules.EMAIL: by_mail,
    rules.SMS: by_sms,
    rules.CALL: listed,
}
