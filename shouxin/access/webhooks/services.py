"""Proposing, deciding, pausing and ending endpoints; telling them; sending again."""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from shouxin.access.clients import queries as clients
from shouxin.access.clients.models import ClientState
from shouxin.access.clients.rules import network
from shouxin.access.clients.services import answers_for
from shouxin.access.webhooks import rules
from shouxin.access.webhooks.models import LIVING, Delivery, Endpoint, EndpointState
from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.vault import parcels

SENDER = service_actor("webhooks")
DELIVER, QUEUE = "access.webhooks.deliver", "webhooks"
State = EndpointState


class WebhookProblem(Exception):
    """The endpoint cannot be proposed, decided or used so; `codes` name every reason."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def propose(*, actor: Actor, client: UUID, wanted: rules.Wanted, now: datetime) -> Endpoint:
    """Ask that a client be told at an address; nothing is sent until another person approves."""
    actor.require(Permission.API_CLIENT_CREATE)
    holder = clients.visible_to(actor).filter(id=client).first()
    if holder is None:
        raise WebhookProblem("endpoint.unknown")
    named = [network(one) for one in wanted.networks]
    found = rules.problems(wanted, named)
    if holder.state != ClientState.APPROVED:
        found.append("client.not-in-force")
    if found:
        raise WebhookProblem(*found)
    with transaction.atomic():
        endpoint = Endpoint.objects.create(
            client=holder,
            url=wanted.url,
            events=sorted(set(wanted.events)),
            networks=sorted({one for one in named if one}),
            reason=wanted.reason.strip(),
            proposed_by_id=actor.id,
            proposed_at=now,
        )
        _record(actor, "webhook.proposed", endpoint)
    return endpoint


def approve(*, actor: Actor, endpoint: UUID, now: datetime) -> tuple[Endpoint, str]:
    """Put an endpoint in force. The secret in the answer is shown once; what is kept of it is sealed."""
    with transaction.atomic():
        found = _decidable(actor, endpoint)
        secret, key = os.urandom(rules.SECRET_BYTES), parcels.new_key(found.id)
        found.key_suite, found.wrapped_key = key.suite.id, key.wrapped
        found.secret = key.seal("secret", secret)
        found.state, found.decided_by_id, found.decided_at = State.APPROVED, actor.id, now
        found.save()
        _record(actor, "webhook.approved", found)
    return found, rules.secret_text(secret)


def refuse(*, actor: Actor, endpoint: UUID, note: str, now: datetime) -> Endpoint:
    """Turn a proposal down, saying why."""
    actor.require(Permission.API_CLIENT_APPROVE)
    if not note.strip():
        raise WebhookProblem("note.missing")
    with transaction.atomic():
        found = _decidable(actor, endpoint)
        found.state, found.decided_by_id, found.decided_at = State.REFUSED, actor.id, now
        found.decision_note = note.strip()[:300]
        found.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
        _record(actor, "webhook.refused", found)
    return found


def withdraw(*, actor: Actor, endpoint: UUID, now: datetime) -> Endpoint:
    """Take one's own proposal back before it is decided."""
    actor.require(Permission.API_CLIENT_CREATE)
    with transaction.atomic():
        found = _locked(endpoint, State.PROPOSED)
        if found.proposed_by_id != actor.id:
            raise WebhookProblem("endpoint.unknown")
        found.state, found.ended_at, found.ended_by_id = State.WITHDRAWN, now, actor.id
        found.save(update_fields=["state", "ended_at", "ended_by"])
        _record(actor, "webhook.withdrawn", found)
    return found


def end(*, actor: Actor, endpoint: UUID, now: datetime) -> Endpoint:
    """End an endpoint for good: nothing more is sent, and its secret is destroyed."""
    with transaction.atomic():
        found = _answered_for(actor, endpoint, Permission.API_CLIENT_REVOKE)
        found.state, found.ended_at, found.ended_by_id = State.ENDED, now, actor.id
        found.wrapped_key = found.secret = found.earlier_secret = found.earlier_until = None
        found.save()
        waiting = found.deliveries.filter(state=Delivery.State.WAITING)
        waiting.update(state=Delivery.State.FAILED, next_at=None)
        _record(actor, "webhook.ended", found)
    return found


def enable(*, actor: Actor, endpoint: UUID, now: datetime) -> Endpoint:
    """Use an endpoint again that was disabled by itself; what waits is sent now."""
    with transaction.atomic():
        found = _answered_for(actor, endpoint, Permission.API_CLIENT_CREATE)
        if found.state != State.DISABLED:
            raise WebhookProblem("endpoint.decided-already")
        found.state, found.failures, found.disabled_at, found.paused_until = State.APPROVED, 0, None, None
        found.save(update_fields=["state", "failures", "disabled_at", "paused_until"])
        for waiting in found.deliveries.filter(state=Delivery.State.WAITING).order_by("id"):
            _again(waiting, now)
        _record(actor, "webhook.enabled", found)
    return found


def rotate_secret(*, actor: Actor, endpoint: UUID, now: datetime) -> tuple[Endpoint, str]:
    """A new secret; for a week messages carry both signatures, so that the receiver changes over when it likes."""
    with transaction.atomic():
        found = _answered_for(actor, endpoint, Permission.API_CLIENT_CREATE)
        secret, former, key = os.urandom(rules.SECRET_BYTES), key_of(found), parcels.new_key(found.id)
        found.key_suite, found.wrapped_key = key.suite.id, key.wrapped
        found.earlier_secret = key.seal("earlier", former.open("secret", bytes(found.secret or b"")))
        found.earlier_until = now + rules.SECRET_OVERLAP
        found.secret = key.seal("secret", secret)
        found.save(update_fields=["key_suite", "wrapped_key", "secret", "earlier_secret", "earlier_until"])
        _record(actor, "webhook.secret_rotated", found)
    return found, rules.secret_text(secret)


def ping(*, actor: Actor, endpoint: UUID, now: datetime) -> Delivery:
    """Send a message that says nothing, to see whether it arrives."""
    with transaction.atomic():
        found = _answered_for(actor, endpoint, Permission.API_CLIENT_CREATE)
        if found.state != State.APPROVED:
            raise WebhookProblem("endpoint.not-in-force")
        sent = tell(found, rules.PING, {}, now)
        _record(actor, "webhook.pinged", found)
    return sent


def replay(*, actor: Actor, endpoint: UUID, delivery: UUID, now: datetime) -> Delivery:
    """Send a message again, under its own id, so that a receiver that has it already knows it."""
    with transaction.atomic():
        found = _answered_for(actor, endpoint, Permission.API_CLIENT_CREATE)
        if found.state != State.APPROVED:
            raise WebhookProblem("endpoint.not-in-force")
        sent = found.deliveries.select_for_update().filter(id=delivery).first()
        if sent is None:
            raise WebhookProblem("endpoint.unknown")
        if sent.state == Delivery.State.WAITING:
            raise WebhookProblem("delivery.waiting")
        _again(sent, now)
        _record(actor, "webhook.replayed", found)
    return sent


def tell(endpoint: Endpoint, event: str, data: dict[str, Any], now: datetime) -> Delivery:
    """Queue a message within the caller's transaction: it is sent exactly when what it tells of has happened."""
    sent = Delivery.objects.create(
        endpoint=endpoint, event=event, body=rules.body_of(event, now, data), at=now, next_at=now
    )
    queue(sent, None)
    return sent


def listening(client: UUID, event: str) -> Sequence[Endpoint]:
    """The endpoints of a client that are told of `event`; a disabled one is told when it is used again."""
    return list(Endpoint.objects.filter(client_id=client, state__in=LIVING, events__contains=[event]))


def queue(delivery: Delivery, at: datetime | None) -> None:
    """A job for this message: now, or not before `at`. Of one message only one job runs at a time."""
    task = app.configure_task(DELIVER, queue=QUEUE, lock=f"webhook-{delivery.id}", schedule_at=at)
    task.defer(delivery=str(delivery.id))


def key_of(endpoint: Endpoint) -> parcels.ParcelKey:
    """The open key of an endpoint's secrets."""
    return parcels.open_key(endpoint.id, endpoint.key_suite or 0, bytes(endpoint.wrapped_key or b""))


def _again(delivery: Delivery, now: datetime) -> None:
    delivery.state, delivery.tries, delivery.next_at = Delivery.State.WAITING, 0, now
    delivery.save(update_fields=["state", "tries", "next_at"])
    queue(delivery, None)


def _decidable(actor: Actor, endpoint: UUID) -> Endpoint:
    """The proposal, locked, when `actor` may decide it and stands apart from proposer and the client's owner."""
    actor.require(Permission.API_CLIENT_APPROVE)
    found = _locked(endpoint, State.PROPOSED)
    for other in (found.proposed_by_id, found.client.owner_id):
        if people.same_person(actor.id, other):
            raise WebhookProblem("approver.same-person")
    return found


def _answered_for(actor: Actor, endpoint: UUID, needed: Permission) -> Endpoint:
    """The living endpoint, locked, of a client that `actor` answers for."""
    actor.require(needed)
    found = _locked(endpoint, *LIVING)
    if found.client.owner_id != actor.id and not answers_for(actor, found.client):
        raise WebhookProblem("endpoint.unknown")
    return found


def _locked(endpoint: UUID, *states: EndpointState) -> Endpoint:
    found = (
        Endpoint.objects.select_for_update(of=("self",)).select_related("client").filter(id=endpoint).first()
    )
    if found is None:
        raise WebhookProblem("endpoint.unknown")
    if found.state not in states:
        raise WebhookProblem("endpoint.decided-already")
    return found


def _record(actor: Actor, event: str, endpoint: Endpoint) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={
            "endpoint": str(endpoint.pseudonym),
            "client": str(endpoint.client.pseudonym),
            "told": list(endpoint.events),
            "networks": len(endpoint.networks),
        },
    )
