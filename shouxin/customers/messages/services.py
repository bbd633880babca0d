"""Drafting a message, handing it in, approving it by somebody else, stopping it: each one transaction, journalled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shouxin.core.policy import Actor, Permission
from shouxin.customers.attachments import content as files
from shouxin.customers.messages import queries, rules
from shouxin.customers.messages.models import Channel, Kind, Message, Outcome, Recipient, State
from shouxin.customers.messages.problems import MessageProblem
from shouxin.customers.registry import selecting
from shouxin.journal import services as journal
from shouxin.kit import ids, sealing
from shouxin.people import queries as people

RUN, COUNT, QUEUE = "messages.run", "messages.count", "messages"
MOST = 10_000  # customers of one message
PROOF = "proof of an offer"
PROOF_BYTES = 2_000_000
P = Permission


@dataclass(frozen=True, slots=True)
class Proof:
    """The file that shows an offer is real, as it was uploaded."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote; without a new proof the one that stands goes on."""

    kind: Kind
    channel: Channel
    purpose: str
    sender: str
    subject: str
    body: str
    terms: str = ""
    proof: Proof | None = None
    personal: str = ""
    personal_stage: str = ""


def draft(*, actor: Actor, token: str, written: Written, now: datetime) -> Message:
    """Begin a message to the customers of a selection, as they are at this moment; the selection is used up.

    Raises:
        MessageProblem: the selection is over, empty or too large, or the purpose is not for messages of this actor.
        ContentProblem: the proof is no file that can be kept.
        kit.sealing.Unavailable: there are no keys to seal the proof with.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    with transaction.atomic():
        selection = selecting.take(actor=actor, token=token, now=now)
        if selection is None:
            raise MessageProblem("selection.over")
        return draft_to(
            actor=actor, members=selecting.members(actor, selection, MOST + 1), written=written, now=now
        )


def draft_to(*, actor: Actor, members: Sequence[UUID], written: Written, now: datetime) -> Message:
    """As `draft`, to customers whom the caller found among those the actor sees.

    Raises:
        MessageProblem, ContentProblem, kit.sealing.Unavailable: as `draft`.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    if not members or len(members) > MOST:
        raise MessageProblem("selection.large" if members else "selection.empty")
    with transaction.atomic():
        row = Message(id=ids.new(), staff_id=actor.id, total=len(members), made_at=now)
        _write(actor, row, written)
        row.save(force_insert=True)
        commercial = row.kind == Kind.COMMERCIAL
        Recipient.objects.bulk_create(
            (Recipient(message=row, customer_id=one, commercial=commercial) for one in members),
            batch_size=2000,
        )
        _record(actor, "message.drafted", row, purpose=row.purpose, count=row.total)
        queue(COUNT, row.id)
    return row


def revise(*, actor: Actor, message: UUID, written: Written, now: datetime) -> Message:
    """Write a draft anew; its dry run begins again.

    Raises:
        MessageProblem: it is no draft of this actor any more, or the purpose is not for messages.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    with transaction.atomic():
        row = _mine(actor, message, State.DRAFT)
        _write(actor, row, written)
        _check_enclosed(row)
        row.counted, row.counted_at, row.made_at = None, None, now
        row.save()
        row.recipients.update(commercial=row.kind == Kind.COMMERCIAL)
        queue(COUNT, row.id)
    return row


def _write(actor: Actor, row: Message, written: Written) -> None:
    if written.purpose not in {rule.key for rule in queries.purposes(actor)}:
        raise MessageProblem("purpose.unsuited")
    row.kind, row.channel, row.purpose = written.kind, written.channel, written.purpose
    row.sender, row.subject = written.sender.strip(), written.subject.strip()
    row.body, row.terms = written.body.strip(), written.terms.strip()
    row.personal, row.personal_stage = written.personal.strip(), written.personal_stage
    if written.proof is not None:
        accepted = files.accept(written.proof.name, written.proof.content)
        row.proof = sealing.seal(PROOF, row.id, accepted.content)
        row.proof_kind, row.proof_sha256 = accepted.media_type, sha256(accepted.content).hexdigest()


def proof_of(message: Message) -> bytes:
    """The proof, for somebody who may see the message.

    Raises:
        kit.sealing.Unavailable: there are no keys.
    """
    return sealing.unseal(PROOF, message.id, bytes(message.proof or b""))


def enclose(*, actor: Actor, message: UUID, enclosed: str) -> Message:
    """Have a draft of one's own carry something for each recipient alone; what must go to everybody carries nothing.

    Raises:
        MessageProblem: it is no draft of this actor any more, or of a kind that asks nobody's wishes.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    with transaction.atomic():
        row = _mine(actor, message, State.DRAFT)
        row.enclosed = enclosed
        _check_enclosed(row)
        row.save(update_fields=["enclosed"])
    return row


def _check_enclosed(row: Message) -> None:
    if row.enclosed and (row.kind in rules.AT_ONCE or row.channel == Channel.CALL):
        raise MessageProblem("enclosed.unsuited")


def drop(*, actor: Actor, message: UUID) -> None:
    """Throw a draft away."""
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    with transaction.atomic():
        row = _mine(actor, message, State.DRAFT)
        row.recipients.all().delete()
        row.delete()


def submit(*, actor: Actor, message: UUID, origin: str, now: datetime) -> Message:
    """Hand a draft in; from here on its content and its customers stand still. `origin` is under which address
    customers reach this server, for the link that every commercial message carries.

    Raises:
        MessageProblem: no such address, something is lacking (journalled), the dry run is not over, or it found nobody.
    """
    actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    with transaction.atomic():
        row = _mine(actor, message, State.DRAFT)
        if not origin and row.channel != Channel.CALL:
            raise MessageProblem("origin.missing")
        lacks = queries.lacks(row)
        if lacks:
            _record(actor, "message.held_back", row, problems=[one.code for one in lacks])
        elif row.counted is not None and row.counted.get(rules.Word.SEND, 0) + row.counted.get("later", 0):
            row.origin = origin.rstrip("/")
            row.state, row.submitted_at, row.sha256 = State.SUBMITTED, now, frozen(row)
            row.content_sha256 = queries.content_of(row).digest()
            row.save()
            _record(actor, "message.submitted", row, count=row.total, sha256=row.sha256)
            return row
        counted = row.counted
    if lacks:
        raise MessageProblem("lacks", lacks)
    raise MessageProblem("not-counted" if counted is None else "nobody")


def frozen(row: Message) -> str:
    """The digest of content and customers together."""
    members = row.recipients.order_by("customer_id").values_list("customer_id", flat=True)
    whole = sha256(queries.content_of(row).digest().encode())
    for one in members:
        whole.update(one.bytes)
    return whole.hexdigest()


def approve(*, actor: Actor, message: UUID, seen: str, now: datetime) -> Message:
    """Let it be sent: by another person, for commercial messages by one outside marketing, and exactly what was seen.

    Raises:
        MessageProblem: not handed in, one's own, from within marketing, or the content is another one.
    """
    with transaction.atomic():
        row = _decidable(actor, message)
        if seen != row.sha256 or frozen(row) != row.sha256:
            raise MessageProblem("changed")
        row.state, row.decided_by_id, row.decided_at = State.SENDING, actor.id, now
        row.until = now + rules.LASTS
        row.save()
        _record(actor, "message.approved", row, count=row.total, sha256=row.sha256)
        queue(RUN, row.id)
    return row


def refuse(*, actor: Actor, message: UUID, note: str, now: datetime) -> Message:
    """Turn it down, saying why; nothing of it is ever sent.

    Raises:
        MessageProblem: as `approve`, or without a reason.
    """
    if not note.strip():
        raise MessageProblem("note.missing")
    with transaction.atomic():
        row = _decidable(actor, message)
        row.state, row.decided_by_id, row.decided_at = State.REFUSED, actor.id, now
        row.note, row.ended_at = note.strip()[:300], now
        row.save()
        _record(actor, "message.refused", row)
    return row


def stop(*, actor: Actor, message: UUID, now: datetime) -> Message:
    """Send nothing more of it; what is gone is gone.

    Raises:
        MessageProblem: it is not being sent.
    """
    with transaction.atomic():
        row = _running(actor, message, State.SENDING, State.PAUSED)
        row.recipients.filter(outcome=Outcome.WAITING).update(outcome=Outcome.LEFT_OUT, reason="stopped")
        row.state, row.ended_at, row.problem = State.STOPPED, now, ""
        row.save(update_fields=["state", "ended_at", "problem"])
        counts = queries.outcomes(row)
        _record(actor, "message.stopped", row, sent=counts["sent"], left_out=counts["left_out"])
    return row


def go_on(*, actor: Actor, message: UUID) -> Message:
    """Go on with what was interrupted; nobody is sent to twice.

    Raises:
        MessageProblem: it is not interrupted.
    """
    with transaction.atomic():
        row = _running(actor, message, State.PAUSED)
        row.state, row.problem = State.SENDING, ""
        row.save(update_fields=["state", "problem"])
        queue(RUN, row.id)
    return row


def queue(task: str, message: UUID, at: datetime | None = None) -> None:
    """Have the work done, now or at `at`; one job of a kind per message at a time."""
    name = f"{task}:{message}"
    try:
        with transaction.atomic():
            app.configure_task(task, queue=QUEUE, lock=name, queueing_lock=name, schedule_at=at).defer(
                message=str(message)
            )
    except AlreadyEnqueued:
        return


def _mine(actor: Actor, message: UUID, state: State) -> Message:
    row = Message.objects.select_for_update().filter(id=message, staff_id=actor.id).first()
    if row is None:
        raise MessageProblem("unknown")
    if row.state != state:
        raise MessageProblem("state")
    return row


def _decidable(actor: Actor, message: UUID) -> Message:
    actor.require(P.CUSTOMERS_MESSAGE_APPROVE)
    if queries.find(actor, message) is None:
        raise MessageProblem("unknown")
    row = Message.objects.select_for_update().get(id=message)
    if row.state != State.SUBMITTED:
        raise MessageProblem("state")
    if people.same_person(actor.id, row.staff_id):
        raise MessageProblem("same-person")
    if queries.works_for_it(actor, row):
        raise MessageProblem("inside")
    return row


def _running(actor: Actor, message: UUID, *states: State) -> Message:
    """For whoever wrote it, or may approve it."""
    if not actor.may(P.CUSTOMERS_MESSAGE_APPROVE):
        actor.require(P.CUSTOMERS_MESSAGE_DRAFT)
    if queries.find(actor, message) is None:
        raise MessageProblem("unknown")
    row = Message.objects.select_for_update().get(id=message)
    if row.state not in states:
        raise MessageProblem("state")
    return row


def _record(actor: Actor, event: str, row: Message, **data: object) -> None:
    journal.append(
        actor=actor,
        event=event,
        purpose=row.purpose,
        data={"message": str(row.id), "message_kind": row.kind, "channel": row.channel, **data},  # type: ignore[dict-item]
    )
