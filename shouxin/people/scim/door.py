"""The door of directories: whose token is this, and may it come in from there."""

import hmac
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from scim2_models import UnauthorizedException

from shouxin.core.policy import service_actor
from shouxin.journal import services as journal
from shouxin.people.connections import queries, rules
from shouxin.people.connections.models import Connection, Kind, State
from shouxin.people.guarding import queries as guard
from shouxin.people.guarding import services as guarding

DOOR = service_actor("directory-door")
_NOBODY = bytes(32)
_STEP = timedelta(minutes=1)  # how often use and refusals are written down at most


def come_in(*, header: str, address: str, now: datetime) -> Connection:
    """The connection behind an Authorization header.

    Raises:
        UnauthorizedException: one answer whatever is the matter, so that nobody learns which tokens exist.
    """
    if guard.token_closed_to(address=address, now=now):
        guarding.token_failed(address=address, client=None, now=now)
        raise UnauthorizedException
    scheme, _, token = header.partition(" ")
    presented = rules.digest(queries.token_key(), token.strip())
    prefix = rules.prefix_of(token.strip()) if scheme.lower() == "bearer" else None
    found = Connection.objects.filter(prefix=prefix or "", kind=Kind.SCIM).first()
    kept = bytes(found.token_digest) if found and found.token_digest else _NOBODY
    right = hmac.compare_digest(kept, presented)
    if found is None or found.state != State.ACTIVE:
        guarding.token_failed(address=address, client=None, now=now)
        raise UnauthorizedException
    elsewhere = not rules.comes_from(address, found.settings.get("addresses", []))
    if not right or elsewhere:
        _turn_away(found, "address" if right else "secret", now)
        guarding.token_failed(address=address, client=found.id, now=now)
        if right:
            guarding.token_elsewhere(client=found.id, address=address, now=now)
        raise UnauthorizedException
    Connection.objects.filter(_due("used_at", now), id=found.id).update(used_at=now)
    return found


def _due(column: str, now: datetime) -> Q:
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lt": now - _STEP})


@transaction.atomic
def _turn_away(found: Connection, cause: str, now: datetime) -> None:
    """One entry a minute, so that nobody can flood the journal."""
    due = _due("turned_away_at", now)
    if Connection.objects.filter(due, id=found.id).update(turned_away_at=now):
        journal.append(
            actor=DOOR,
            event="connection.turned_away",
            data={"connection": found.pseudonym, "connection_cause": cause},
        )
