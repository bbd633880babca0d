"""Pure rules of webhooks: which addresses may be spoken to, how often a message is tried, when one gives up."""

import base64
import json
import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core.text import Text
from shouxin.kit.outward import url_problem

CHANGED, PING = "customer.changed", "ping"
# What an endpoint may ask for; a ping is sent by hand alone.
EVENTS = {CHANGED: Text("客户信息变更", "Customer changed")}

# Waits before the second try and each after it; together three days. A little is added or taken off by chance, so
# that messages that failed together do not come again together.
WAITS = tuple(timedelta(seconds=s) for s in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 64_800, 79_200))
JITTER = 0.2
TRIES = len(WAITS) + 1
# An endpoint whose last message gave up and that answered nothing well meanwhile is disabled.
FAILURES = 10
# After a try that reached nobody, other messages for the same endpoint wait: a dead host must not hold the worker.
PAUSE = timedelta(minutes=1)
SECRET_OVERLAP = timedelta(days=7)
KEPT = timedelta(days=92)
SECRET_BYTES = 32
OK, REDIRECTS, GONE = range(200, 300), range(300, 400), 410


def message_id(delivery: UUID) -> str:
    """The `webhook-id` of a message: the same for every try and every replay."""
    return f"msg_{delivery.hex}"


def body_of(event: str, at: datetime, data: dict[str, object]) -> str:
    """The message as it is signed and sent; written once, so that every try signs the same bytes."""
    return json.dumps(
        {"type": event, "timestamp": at.isoformat(timespec="milliseconds"), "data": data},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def secret_text(secret: bytes) -> str:
    """The secret as it is handed over, in the form the standard names."""
    return "whsec_" + base64.b64encode(secret).decode()


def wait_after(tries: int, chance: float | None = None) -> timedelta | None:
    """How long to wait after so many tries; None when it is given up. `chance` lies between 0 and 1."""
    if tries > len(WAITS):
        return None
    luck = random.random() if chance is None else chance  # noqa: S311 - spreads load, protects nothing
    return WAITS[tries - 1] * (1 + JITTER * (2 * luck - 1))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for with an endpoint."""

    url: str
    events: Collection[str]
    networks: Collection[str]
    reason: str


def problems(wanted: Wanted, networks: Collection[str | None]) -> list[str]:
    """What is wrong with a proposal, as codes; `networks` are the named ranges in canonical form."""
    known = [one for one in networks if one]
    url = url_problem(wanted.url, known) if len(known) == len(networks) else None
    tests = {
        "networks.wrong": len(known) != len(networks),
        url or "url.wrong": url is not None,
        "events.none": not wanted.events,
        "events.unknown": bool(set(wanted.events) - set(EVENTS)),
        "reason.missing": not wanted.reason.strip(),
    }
    return [code for code, wrong in tests.items() if wrong]
