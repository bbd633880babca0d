"""What a browser session knows of a way to the other side and back; each way can be come back by once."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from shouxin.kit import clock
from shouxin.people.connections.models import Connection
from shouxin.people.federation import rules
from shouxin.people.federation.providers import Round

_KEY = "federation_round"


@dataclass(frozen=True, slots=True)
class Back:
    """Somebody came back: by which way, and what for."""

    way: Round
    onwards: str
    linking: UUID | None  # the log-in that is to be linked; None: to sign in


def set_out(request: HttpRequest, connection: Connection, *, onwards: str, linking: UUID | None) -> Round:
    """Begin a way; an earlier one of this session can no longer be finished."""
    way = Round(
        callback=callback_of(request, connection),
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
    )
    request.session[_KEY] = {
        "connection": str(connection.id),
        "state": way.state,
        "nonce": way.nonce,
        "verifier": way.verifier,
        "onwards": onwards,
        "linking": str(linking) if linking else "",
        "at": int(clock.now().timestamp()),
    }
    return way


def come_back(request: HttpRequest, connection: Connection) -> Back | None:
    """The way this answer belongs to, used up; None when it is none of this session, or too old."""
    known: dict[str, Any] = request.session.pop(_KEY, {})
    given = request.GET.get("state", "")
    if not known or not hmac.compare_digest(known["state"].encode(), given.encode()):
        return None
    if known["connection"] != str(connection.id):
        return None
    if clock.now() - datetime.fromtimestamp(known["at"], UTC) > rules.ROUND_LASTS:
        return None
    way = Round(callback_of(request, connection), known["state"], known["nonce"], known["verifier"])
    return Back(way, known["onwards"], UUID(known["linking"]) if known["linking"] else None)


def callback_of(request: HttpRequest, connection: Connection) -> str:
    """Our address for answers of this connection."""
    return request.build_absolute_uri(reverse("people:federation_back", args=[connection.id]))
