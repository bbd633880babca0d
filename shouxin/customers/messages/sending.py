"""Sending an approved message, recipient by recipient: asked anew, claimed, handed over, written down.

A recipient is claimed, with the consent then in force, in the transaction that asks; only then the message is handed
over. A withdrawal either is committed before and leaves them out, or comes after the hand-over began. Whoever is cut
off after the claim leaves a row that is never handed over again: it stands as unaccounted for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from shouxin.core.crypto.errors import CryptoError
from shouxin.customers.messages import (
    addresses,
    enclosing,
    judging,
    listeners,
    queries,
    rules,
    services,
    unsubscribing,
)
from shouxin.customers.messages.drivers import DRIVERS, Away, Carrier, Parcel, TurnedDown, Unclear, carrier
from shouxin.customers.messages.judging import SENDER, Judged
from shouxin.customers.messages.models import Message, Outcome, Recipient, State
from shouxin.customers.messages.rules import Word
from shouxin.customers.registry import merging
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.kit import sealing
from shouxin.vault.errors import VaultError

SETTLES = timedelta(minutes=2)  # a hand-over takes seconds; a claim as old as this was cut off
COUNTED_AT_ONCE = 500
KEYS_AWAY = (VaultError, CryptoError, sealing.Unavailable, sealing.NotSealedHere)


def count(*, message: UUID, now: datetime) -> None:
    """The dry run: how many would be sent to now, later, and not, with the reasons; nothing is claimed or sent."""
    row = Message.objects.filter(id=message, state=State.DRAFT).first()
    if row is None:
        return
    codes: list[str] = []
    members = list(row.recipients.order_by("id").values_list("customer_id", flat=True))
    for start in range(0, len(members), COUNTED_AT_ONCE):
        judged = judging.judge(row, members[start : start + COUNTED_AT_ONCE], now)
        codes += [_counted(one) for one in judged.values()]
    Message.objects.filter(id=message, state=State.DRAFT, made_at=row.made_at).update(
        counted=rules.tally(codes), counted_at=now
    )


def _counted(judged: Judged) -> str:
    return judged.verdict.code if judged.verdict.word is Word.NEVER else judged.verdict.word.value


@dataclass(frozen=True, slots=True)
class _Claim:
    row: Recipient
    message: Message
    judged: Judged
    at: datetime
    own: str = ""


def step(*, message: UUID, now: datetime) -> bool:
    """The next recipient who is due; False when none is.

    Raises:
        Away: nothing can be handed over now, or the content is not what was approved; this recipient waits on.
        VaultError, CryptoError, kit.sealing.Unavailable: the keys are away.
    """
    with transaction.atomic():
        row = Message.objects.select_for_update(no_key=True).filter(id=message, state=State.SENDING).first()
        due = Recipient.objects.filter(message_id=message, outcome=Outcome.WAITING).filter(
            Q(not_before__isnull=True) | Q(not_before__lte=now)
        )
        recipient = due.select_for_update(skip_locked=True).order_by("id").first()
        if row is None or recipient is None:
            return False
        _stands_as_approved(row)
        # A decision about a person locks them (customers/consents): of the two, the second sees the first.
        family = merging.family(recipient.customer_id)
        list(
            Customer.objects.select_for_update(of=("self",)).filter(id__in=family).order_by("id").values("id")
        )
        claim = _decide(row, recipient, now)
    if claim is not None:
        _hand_over(claim)
    return True


def _stands_as_approved(row: Message) -> None:
    """The content is what was approved, its offer still has its proof, and no word in it is one that may not be said;
    asked for each recipient, since words are forbidden and rules changed in the meantime, too."""
    proved = row.proof is not None or not row.proof_sha256
    if queries.content_of(row).digest() != row.content_sha256 or not proved:
        raise Away("content.altered")
    if queries.lacks(row):
        raise Away("content.lacks")


def _decide(message: Message, row: Recipient, now: datetime) -> _Claim | None:
    judged = judging.judge(message, [row.customer_id], now)[row.customer_id]
    verdict, address = judged.verdict, judged.address
    if verdict.word is Word.LATER:
        row.not_before, row.reason = verdict.at, verdict.code
        row.save(update_fields=["not_before", "reason"])
        return None
    if verdict.word is Word.NEVER or address is None:
        row.outcome, row.reason = Outcome.LEFT_OUT, verdict.code or "address.none"
        row.save(update_fields=["outcome", "reason"])
        return None
    try:
        own = _enclosed(message, row.customer_id, now)
    except enclosing.NotFor as problem:
        row.outcome, row.reason = Outcome.LEFT_OUT, problem.code
        row.save(update_fields=["outcome", "reason"])
        return None
    row.outcome, row.reason, row.claimed_at, row.decision = Outcome.CLAIMED, "", now, judged.decision
    row.record, row.field, row.address = address.record, address.field, judged.digest
    row.personal = judged.personal
    row.save()
    return _Claim(row, message, judged, now, own)


def _enclosed(message: Message, customer: UUID, now: datetime) -> str:
    """What is for this reader alone, made in the transaction that decides about them."""
    if not message.enclosed:
        return ""
    enclosure, thing = enclosing.of(message.enclosed)
    path = enclosure.make(thing, customer, now)
    return f"{enclosure.lead.zh} {enclosure.lead.en} {message.origin}{path}"


def _hand_over(claim: _Claim) -> None:
    row, message, address = claim.row, claim.message, claim.judged.address
    leave = ""
    if message.kind == rules.COMMERCIAL and message.channel != rules.CALL:
        leave = message.origin + reverse("customers:unsubscribe", args=[unsubscribing.token(row.id)])
    content = queries.content_of(message)
    if claim.judged.personal and message.channel != rules.CALL:
        plain = message.origin + reverse("customers:unpersonal", args=[unsubscribing.token(row.id)])
        content = replace(content, body=rules.personal(content, plain))
    by = carrier(message.channel)
    parcel = Parcel(
        key=str(row.id),
        content=content,
        to=address.text if address else "",
        leave=leave,
        own=claim.own,
        portal=addresses.portal(message.kind, message.origin),
        by=by,
    )
    try:
        given = DRIVERS[message.channel](parcel)
    except TurnedDown as problem:
        _take_back(message, row)
        _settle(claim, Outcome.FAILED, problem.code)
    except Unclear as problem:
        _settle(claim, Outcome.UNCLEAR, problem.code, by=by)
    except Away:
        _take_back(message, row)
        mine = Recipient.objects.filter(id=row.id, outcome=Outcome.CLAIMED)
        given_back = {
            "claimed_at": None,
            "decision": None,
            "personal": None,
            "record": None,
            "field": "",
            "address": None,
        }
        if Message.objects.filter(id=message.id, state=State.STOPPED).exists():
            mine.update(outcome=Outcome.LEFT_OUT, reason="stopped", **given_back)
        else:
            mine.update(outcome=Outcome.WAITING, **given_back)
        raise
    else:
        _settle(claim, Outcome.SENT, "", given, by=by)


def _take_back(message: Message, row: Recipient) -> None:
    """What was for this reader alone did not leave."""
    if message.enclosed:
        enclosure, thing = enclosing.of(message.enclosed)
        enclosure.take_back(thing, row.customer_id)


def _settle(claim: _Claim, outcome: Outcome, reason: str, given: str = "", by: Carrier | None = None) -> None:
    """Write down what came of it, and tell the customer's journal."""
    with transaction.atomic():
        mine = Recipient.objects.filter(id=claim.row.id, outcome=Outcome.CLAIMED)
        sent_at = claim.at if outcome is Outcome.SENT else None
        if mine.update(outcome=outcome, reason=reason, sent_at=sent_at, provider_id=given) != 1:
            return
        if outcome is Outcome.FAILED:
            return
        entry = _record(claim.row, claim.message, outcome, by or Carrier())
        if outcome is Outcome.SENT:
            _tell(
                listeners.Sent(
                    claim.message.id, claim.row.customer_id, claim.message.channel, entry, claim.at
                )
            )


def _record(row: Recipient, message: Message, outcome: Outcome, by: Carrier) -> UUID:
    """The entry from which the person reads who reached them, and by whom it was carried."""
    return journal.append(
        actor=SENDER,
        event="message.sent" if outcome is Outcome.SENT else "message.unclear",
        customer=row.customer_id,
        purpose=message.purpose,
        data={
            "message": str(message.id),
            "recipient": str(row.id),
            "channel": message.channel,
            "purpose": message.purpose,
            "consent": str(row.decision or "none"),
            **by.said,
        },
    )


def _tell(sent: listeners.Sent) -> None:
    for listen in listeners.sent.values():
        listen(sent)


def settle_cut_off(*, message: UUID, now: datetime) -> int:
    """Claims that nobody can be working on any more: the message may have left, so it is not sent again."""
    with transaction.atomic():
        cut = list(
            Recipient.objects.select_for_update(of=("self",))
            .select_related("message")
            .filter(message_id=message, outcome=Outcome.CLAIMED, claimed_at__lte=now - SETTLES)
        )
        for row in cut:
            row.outcome, row.reason = Outcome.UNCLEAR, "cut-off"
            row.save(update_fields=["outcome", "reason"])
            _record(row, row.message, Outcome.UNCLEAR, Carrier())
    return len(cut)


def pause(*, message: UUID, problem: str) -> None:
    """Nothing can be handed over for now; somebody goes on later."""
    Message.objects.filter(id=message, state=State.SENDING).update(state=State.PAUSED, problem=problem)


def next_at(*, message: UUID, now: datetime) -> datetime | None:
    """When there is something to do again; None when everybody is through."""
    rows = Recipient.objects.filter(message_id=message)
    if rows.filter(outcome=Outcome.CLAIMED).exists():
        return now + SETTLES
    waiting = rows.filter(outcome=Outcome.WAITING).order_by(F("not_before").asc(nulls_first=True)).first()
    if waiting is None:
        return None
    return max(waiting.not_before or now, now)


def finish(*, message: UUID, now: datetime) -> None:
    """Say that it is over, with how many were left out and why."""
    with transaction.atomic():
        row = Message.objects.select_for_update().filter(id=message, state=State.SENDING).first()
        if row is None or next_at(message=message, now=now) is not None:
            return
        row.state, row.ended_at = State.DONE, now
        row.save(update_fields=["state", "ended_at"])
        counts: Mapping[str, int] = queries.outcomes(row)
        journal.append(
            actor=SENDER,
            event="message.finished",
            purpose=row.purpose,
            data={
                "message": str(row.id),
                "reasons": [f"{code}:{number}" for code, number in queries.reasons(row).items()],
                **{key: counts[key] for key in ("sent", "left_out", "failed", "unclear")},
            },
        )


def work(*, message: UUID, now_is: Callable[[], datetime], lot: int) -> None:
    """One lot; what is left is queued anew, so that no worker is held by one message."""
    try:
        settle_cut_off(message=message, now=now_is())
        for _turn in range(lot):
            if not step(message=message, now=now_is()):
                break
    except KEYS_AWAY:
        pause(message=message, problem="keys")
        return
    except Away as problem:
        pause(message=message, problem=problem.code)
        return
    now = now_is()
    again = next_at(message=message, now=now)
    if again is None:
        finish(message=message, now=now)
    else:
        services.queue(services.RUN, message, again if again > now else None)
