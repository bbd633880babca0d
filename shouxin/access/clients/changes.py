"""Changing a client in force: a new token beside the old one, another list of addresses. One asks, another decides."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.access.clients import queries, rules
from shouxin.access.clients.door import token_key
from shouxin.access.clients.models import ApiClient, ClientChange, ClientState, ClientToken
from shouxin.access.clients.services import ClientProblem, answers_for, issue
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.people import queries as people

Kind, State = ClientChange.Kind, ClientChange.State


def propose_rotation(
    *, actor: Actor, client: UUID, overlap_days: int, reason: str, now: datetime
) -> ClientChange:
    """Ask for a new token; once approved, the old one goes on working for `overlap_days`."""
    return _propose(actor, client, Kind.ROTATION, None, overlap_days, reason, now)


def propose_addresses(
    *, actor: Actor, client: UUID, addresses: list[str], reason: str, now: datetime
) -> ClientChange:
    """Ask for another list of addresses; the present one holds until somebody else approves."""
    return _propose(actor, client, Kind.ADDRESSES, addresses, rules.OVERLAP_DAYS, reason, now)


def approve_change(*, actor: Actor, change: UUID, now: datetime) -> tuple[ClientChange, str]:
    """Put a change in force. A rotation answers with the new token, which exists nowhere else."""
    with transaction.atomic():
        found, client = _decidable(actor, change)
        _decide(actor, found, State.APPROVED, "", now)
        token = ""
        if found.kind == Kind.ROTATION:
            token = _rotate(found, client, actor, now)
        else:
            client.addresses = found.addresses
            client.save(update_fields=["addresses"])
        _record(actor, f"api_client.{found.kind}_approved", client, found)
    return found, token


def refuse_change(*, actor: Actor, change: UUID, note: str, now: datetime) -> ClientChange:
    """Turn a change down, saying why; everything stays as it is."""
    actor.require(Permission.API_CLIENT_APPROVE)
    if not note.strip():
        raise ClientProblem("note.missing")
    with transaction.atomic():
        found, client = _decidable(actor, change)
        _decide(actor, found, State.REFUSED, note.strip()[:300], now)
        _record(actor, "api_client.change_refused", client, found)
    return found


def withdraw_change(*, actor: Actor, change: UUID) -> ClientChange:
    """Take one's own request back before it is decided."""
    actor.require(Permission.API_CLIENT_CREATE)
    with transaction.atomic():
        found, client = _waiting(change)
        if found.proposed_by_id != actor.id:
            raise ClientProblem("client.unknown")
        found.state = State.WITHDRAWN
        found.save(update_fields=["state"])
        _record(actor, "api_client.change_withdrawn", client, found)
    return found


def end_token(*, actor: Actor, client: UUID, token: UUID, now: datetime) -> ClientToken:
    """End one token before its time; the client goes on with the other.

    The last token that works is replaced or ended with its client, so that none is in force without a token.
    """
    actor.require(Permission.API_CLIENT_REVOKE)
    with transaction.atomic():
        holder = _in_force(client)
        if holder.owner_id != actor.id and not answers_for(actor, holder):
            raise ClientProblem("client.unknown")
        working = list(holder.tokens.select_for_update().filter(ended_at__isnull=True))
        found = next((one for one in working if one.id == token), None)
        if found is None:
            raise ClientProblem("token.ended")
        if not any(one.id != token and (one.until is None or one.until > now) for one in working):
            raise ClientProblem("token.last")
        found.digest, found.ended_at, found.ended_by_id = None, now, actor.id
        found.save(update_fields=["digest", "ended_at", "ended_by"])
        journal.append(
            actor=actor,
            event="api_client.token_ended",
            data={"client": str(holder.pseudonym), "token": str(found.id)},
        )
    return found


def _propose(
    actor: Actor,
    client: UUID,
    kind: ClientChange.Kind,
    addresses: list[str] | None,
    overlap_days: int,
    reason: str,
    now: datetime,
) -> ClientChange:
    actor.require(Permission.API_CLIENT_CREATE)
    with transaction.atomic():
        holder = _in_force(client)
        if not queries.visible_to(actor).filter(id=client).exists():
            raise ClientProblem("client.unknown")
        found = rules.change_problems(
            addresses=addresses, overlap_days=overlap_days, standing=holder.addresses, reason=reason
        )
        if holder.changes.filter(kind=kind, state=State.PROPOSED).exists():
            found.append("change.waiting")
        if found:
            raise ClientProblem(*found)
        change = ClientChange.objects.create(
            client=holder,
            kind=kind,
            overlap_days=overlap_days,
            addresses=sorted({one for text in addresses or () if (one := rules.network(text))}),
            reason=reason.strip(),
            proposed_by_id=actor.id,
            proposed_at=now,
        )
        _record(actor, f"api_client.{kind}_proposed", holder, change)
    return change


def _rotate(change: ClientChange, client: ApiClient, actor: Actor, now: datetime) -> str:
    """The new token; the older ones end after the overlap, at once when there is none."""
    standing = client.tokens.filter(ended_at__isnull=True)
    if change.overlap_days:
        last = now + timedelta(days=change.overlap_days)
        standing.filter(until__isnull=True).update(until=last)
    else:
        standing.update(digest=None, ended_at=now, ended_by=actor.id)
    token = rules.new_token(token_key())
    issue(client, token, asked_by=change.proposed_by_id, approved_by=actor.id, now=now)
    return token.text


def _decide(actor: Actor, change: ClientChange, state: ClientChange.State, note: str, now: datetime) -> None:
    change.state, change.decided_by_id, change.decided_at, change.decision_note = state, actor.id, now, note
    change.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def _decidable(actor: Actor, change: UUID) -> tuple[ClientChange, ApiClient]:
    """The change, locked, when `actor` may decide it and stands apart from who asked and from the owner."""
    actor.require(Permission.API_CLIENT_APPROVE)
    found, client = _waiting(change)
    if client.state != ClientState.APPROVED:
        raise ClientProblem("client.decided-already")
    if people.same_person(actor.id, found.proposed_by_id) or people.same_person(actor.id, client.owner_id):
        raise ClientProblem("approver.same-person")
    return found, client


def _waiting(change: UUID) -> tuple[ClientChange, ApiClient]:
    found = ClientChange.objects.filter(id=change).first()
    if found is None:
        raise ClientProblem("client.unknown")
    # The client first: whoever ends it at this moment is waited for.
    client = ApiClient.objects.select_for_update().get(id=found.client_id)
    found = ClientChange.objects.select_for_update().get(id=change)
    if found.state != State.PROPOSED:
        raise ClientProblem("client.decided-already")
    return found, client


def _in_force(client: UUID) -> ApiClient:
    found = ApiClient.objects.select_for_update().filter(id=client).first()
    if found is None:
        raise ClientProblem("client.unknown")
    if found.state != ClientState.APPROVED:
        raise ClientProblem("client.not-in-force")
    return found


def _record(actor: Actor, event: str, client: ApiClient, change: ClientChange) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={
            "client": str(client.pseudonym),
            "change": str(change.id),
            "overlap_days": change.overlap_days,
            "networks": len(change.addresses),
        },
    )
