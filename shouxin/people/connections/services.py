"""Drafting, confirming and ending connections: two administrators, never one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit import sealing
from shouxin.people import queries as people
from shouxin.people.connections import queries, rules
from shouxin.people.connections.kinds import rooms
from shouxin.people.connections.models import Connection, Kind, State


class ConnectionProblem(Exception):
    """The connection cannot be drafted or decided; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def draft(
    *, actor: Actor, kind: Kind, name: str, settings: Mapping[str, Any], now: datetime, secret: str = ""
) -> Connection:
    """Draft a connection; it works only when the security administrator has confirmed it.

    Raises:
        kit.sealing.Unavailable: there are no keys to seal its secret with.
    """
    actor.require(Permission.PEOPLE_CONNECTION_DRAFT)
    if not name.strip():
        raise ConnectionProblem("name.missing")
    connection = Connection(
        kind=kind, name=name.strip(), draft=dict(settings), drafted_by_id=actor.id, drafted_at=now
    )
    connection.draft_secret = _sealed(connection, secret)
    connection.save()
    _record(actor, "connection.drafted", connection)
    return connection


@transaction.atomic
def change(
    *, actor: Actor, connection_id: UUID, settings: Mapping[str, Any], now: datetime, secret: str = ""
) -> Connection:
    """Draft other settings for a connection; the old ones stay in force until the new ones are confirmed.

    Without a new secret the one that stands goes on.

    Raises:
        kit.sealing.Unavailable: there are no keys to seal a new secret with.
    """
    actor.require(Permission.PEOPLE_CONNECTION_DRAFT)
    connection = _locked(connection_id, State.DRAFTED, State.ACTIVE)
    connection.draft, connection.drafted_by_id, connection.drafted_at = dict(settings), actor.id, now
    if secret:
        connection.draft_secret = _sealed(connection, secret)
    connection.save(update_fields=["draft", "draft_secret", "drafted_by", "drafted_at"])
    _record(actor, "connection.drafted", connection)
    return connection


@transaction.atomic
def confirm(
    *, actor: Actor, connection_id: UUID, drafted_at: datetime, now: datetime
) -> tuple[Connection, str]:
    """Put the draft seen at `drafted_at` in force. A program's first token is in the answer, and nowhere else."""
    connection = _decidable(actor, connection_id, drafted_at)
    first = connection.state == State.DRAFTED
    connection.settings, connection.settings_by_id = connection.draft, connection.drafted_by_id
    connection.secret = connection.draft_secret or connection.secret
    connection.draft, connection.draft_secret, connection.state = None, None, State.ACTIVE
    connection.decided_by_id, connection.decided_at = actor.id, now
    token = _new_token(connection) if first and rooms[connection.kind].comes_in else ""
    connection.save()
    _record(actor, "connection.confirmed", connection)
    return connection, token


@transaction.atomic
def refuse(
    *, actor: Actor, connection_id: UUID, drafted_at: datetime, note: str, now: datetime
) -> Connection:
    """Turn a draft down, saying why; what was in force before stays so."""
    if not note.strip():
        raise ConnectionProblem("note.missing")
    connection = _decidable(actor, connection_id, drafted_at)
    connection.note = note.strip()[:300]
    if connection.state == State.DRAFTED:
        connection.state, connection.decided_by_id, connection.decided_at = State.REFUSED, actor.id, now
    else:
        connection.draft, connection.draft_secret = None, None
    connection.save()
    _record(actor, "connection.refused", connection)
    return connection


@transaction.atomic
def end(*, actor: Actor, connection_id: UUID, now: datetime) -> Connection:
    """End a connection at once: nobody and nothing comes in by it any more."""
    if not actor.may(Permission.PEOPLE_CONNECTION_APPROVE):
        actor.require(Permission.PEOPLE_CONNECTION_DRAFT)
    connection = _locked(connection_id, State.DRAFTED, State.ACTIVE)
    connection.state, connection.ended_by_id, connection.ended_at = State.ENDED, actor.id, now
    connection.draft, connection.token_digest = None, None
    connection.secret, connection.draft_secret = None, None
    connection.save()
    _record(actor, "connection.ended", connection)
    return connection


@transaction.atomic
def renew_token(*, actor: Actor, connection_id: UUID) -> tuple[Connection, str]:
    """Give the program at the other end a new token; the old one opens nothing from the next request on."""
    actor.require(Permission.PEOPLE_CONNECTION_APPROVE)
    connection = _locked(connection_id, State.ACTIVE)
    if not rooms[connection.kind].comes_in:
        raise ConnectionProblem("token.none")
    token = _new_token(connection)
    connection.save(update_fields=["prefix", "token_digest"])
    _record(actor, "connection.token_renewed", connection)
    return connection, token


def _sealed(connection: Connection, secret: str) -> bytes | None:
    return sealing.seal(queries.SECRET, connection.id, secret.encode()) if secret else None


def _new_token(connection: Connection) -> str:
    token = rules.new_token(queries.token_key())
    connection.prefix, connection.token_digest = token.prefix, token.digest
    return token.text


def _locked(connection_id: UUID, *states: State) -> Connection:
    connection = Connection.objects.select_for_update().filter(id=connection_id).first()
    if connection is None:
        raise ConnectionProblem("unknown")
    if connection.state not in states:
        raise ConnectionProblem("decided-already")
    return connection


def _decidable(actor: Actor, connection_id: UUID, drafted_at: datetime) -> Connection:
    """The connection, locked, when `actor` may decide the very draft they saw, and is not the person who drafted it."""
    actor.require(Permission.PEOPLE_CONNECTION_APPROVE)
    connection = _locked(connection_id, State.DRAFTED, State.ACTIVE)
    if connection.draft is None:
        raise ConnectionProblem("decided-already")
    if connection.drafted_at != drafted_at:
        raise ConnectionProblem("changed-meanwhile")
    if people.same_person(actor.id, connection.drafted_by_id):
        raise ConnectionProblem("same-person")
    return connection


def _record(actor: Actor, event: str, connection: Connection) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={"connection": connection.pseudonym, "connection_kind": connection.kind},
    )
