"""The work of one message: may be cut off anywhere and done again; the receiver then sees the same id twice."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.access.webhooks import rules, sending, services
from shouxin.access.webhooks.models import Attempt, Delivery, Endpoint, EndpointState
from shouxin.access.webhooks.sending import Message, Result
from shouxin.journal import services as journal
from shouxin.people.guarding import services as guarding

State = Delivery.State


def work(*, delivery: UUID, now: datetime) -> None:
    """Try a waiting message once, outside any transaction, and write down what came of it."""
    found = Delivery.objects.select_related("endpoint__client").filter(id=delivery).first()
    if found is None or found.state != State.WAITING or found.endpoint.state != EndpointState.APPROVED:
        return  # done, ended, or kept until somebody enables the endpoint again
    paused = found.endpoint.paused_until
    if paused is not None and paused > now:
        with transaction.atomic():
            _later(found, paused + timedelta(seconds=1))
        return
    result = sending.send(_message(found, now), now)
    with transaction.atomic():
        _note(found.id, result, now)


def tidy(*, now: datetime) -> int:
    """Forget messages after three months, and earlier secrets whose overlap is over; how many rows."""
    with transaction.atomic():
        old = Delivery.objects.filter(at__lt=now - rules.KEPT).exclude(state=State.WAITING)
        count, _ = old.delete()
        over = Endpoint.objects.filter(earlier_until__lte=now)
        count += over.update(earlier_secret=None, earlier_until=None)
        if count:
            journal.append(actor=services.SENDER, event="webhook.tidied", data={"count": count})
    return count


def _message(delivery: Delivery, now: datetime) -> Message:
    endpoint = delivery.endpoint
    key = services.key_of(endpoint)
    secrets = [key.open("secret", bytes(endpoint.secret or b""))]
    if endpoint.earlier_secret is not None and endpoint.earlier_until and endpoint.earlier_until > now:
        secrets.append(key.open("earlier", bytes(endpoint.earlier_secret)))
    return Message(
        id=rules.message_id(delivery.id),
        url=endpoint.url,
        body=delivery.body,
        networks=tuple(endpoint.networks),
        secrets=tuple(secrets),
    )


def _note(delivery: UUID, result: Result, now: datetime) -> None:
    row = Delivery.objects.select_for_update().get(id=delivery)
    endpoint = Endpoint.objects.select_for_update().get(id=row.endpoint_id)
    Attempt.objects.create(
        delivery=row,
        at=now,
        outcome=result.outcome,
        status=result.status,
        milliseconds=result.milliseconds,
    )
    row.tries += 1
    if result.outcome is Attempt.Outcome.DELIVERED:
        row.state, row.delivered_at, row.next_at = State.DELIVERED, now, None
        endpoint.failures, endpoint.paused_until = 0, None
    else:
        endpoint.failures += 1
        endpoint.paused_until = None if result.reached else now + rules.PAUSE
        _failed(row, endpoint, result, now)
    row.save(update_fields=["tries", "state", "delivered_at", "next_at"])
    endpoint.save(update_fields=["failures", "paused_until", "state", "disabled_at"])


def _failed(row: Delivery, endpoint: Endpoint, result: Result, now: datetime) -> None:
    """Wait and try again, or give up; an endpoint that answers nothing well is disabled, and its people are told."""
    wait = rules.wait_after(row.tries)
    gone = result.outcome is Attempt.Outcome.GONE
    if row.state != State.WAITING or endpoint.state != EndpointState.APPROVED:
        return
    if wait is not None and not gone:
        _later(row, now + wait)
        return
    row.state, row.next_at = State.FAILED, None
    if gone or endpoint.failures >= rules.FAILURES:
        endpoint.state, endpoint.disabled_at = EndpointState.DISABLED, now
        journal.append(
            actor=services.SENDER,
            event="webhook.disabled",
            data={
                "endpoint": str(endpoint.pseudonym),
                "failures": endpoint.failures,
                "outcome": result.outcome.value,
            },
        )
        guarding.push_stopped(client=endpoint.client_id, now=now)


def _later(row: Delivery, at: datetime) -> None:
    row.next_at = at
    row.save(update_fields=["next_at"])
    services.queue(row, at)
