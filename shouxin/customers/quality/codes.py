"""Confirming a mail address by a code: sent without anybody seeing the address, read back by the customer.

The code lies nowhere: kept is a keyed digest of it together with the address it was sent to.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core import identifiers
from shouxin.core.policy import Actor, FieldRule, Permission, service_actor
from shouxin.customers.quality import rules, services
from shouxin.customers.quality.models import MailCode, Standing
from shouxin.customers.quality.services import QualityProblem, Seen
from shouxin.customers.registry import denied
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import ids, mail
from shouxin.kit.registry import Registry
from shouxin.rulebook.purposes.queries import organisation_name
from shouxin.vault import services as vault

SENDER = service_actor("send_code")
DIGITS = 6
LASTS = timedelta(minutes=10)
TRIES = 5
PER_CUSTOMER, PER_STAFF, WITHIN = 3, 20, timedelta(hours=1)
SUBJECT = "【{organisation}】验证码 / Verification code"
BODY = """您的验证码是 {code}，{minutes} 分钟内有效。请告诉正在为您办理的工作人员。如果不是您要求的，请忽略本邮件。

Your code is {code}, valid for {minutes} minutes. Please read it to the member of staff who is serving you.
If you did not ask for it, ignore this mail.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Which mail address of which customer."""

    customer: UUID
    record: UUID
    field: str


@dataclass(frozen=True, slots=True)
class Code:
    """What is handed over; `key` is the same however often it is asked about."""

    key: str
    purpose: str
    sender: str
    subject: str
    text: str = field(repr=False)
    to: str = field(repr=False)


class NotTaken(Exception):
    """The code did not leave; `unclear`: or it may have."""

    def __init__(self, code: str, *, unclear: bool = False) -> None:
        super().__init__(code)
        self.code, self.unclear = code, unclear


@dataclass(frozen=True, slots=True)
class Gate:
    """`judge`: why no code may go to this contact of the customer now, by code, or nothing; `hand_over` may raise
    NotTaken."""

    judge: Callable[[Customer, denied.Place, datetime], str]
    hand_over: Callable[[Code], None]


# The room of messages signs up: a code is asked about and leaves as everything does. Without it none does.
gates: Registry[Gate] = Registry("the gate of codes")


def is_mail(rule: FieldRule | None) -> bool:
    return rule is not None and rule.active and rule.validator == "EMAIL"


def send(*, actor: Actor, purpose: str, place: Place, now: datetime) -> UUID:
    """Send a code to the address on file; the actor does not see it. An earlier code for it counts no more.

    Raises:
        Refused: not for this actor, purpose or customer (journalled).
        QualityProblem: no mail server, no such address or one that nothing is sent to, too many codes, or the mail did
            not leave.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    if not mail.is_configured():
        raise QualityProblem("mail.not-configured")
    _admit(actor, purpose, place, now)
    with transaction.atomic():
        sent = _claimed(actor, purpose, place, now)
    if sent is None:
        raise QualityProblem("mail.held-back")
    row = UUID(sent.key)
    try:
        gates["messages"].hand_over(sent)
    except NotTaken as problem:
        with transaction.atomic():
            MailCode.objects.filter(id=row).update(digest=None)
            if not problem.unclear:
                journal.append(
                    actor=SENDER, event="code.not_taken", customer=place.customer, data={"sending": str(row)}
                )
        raise QualityProblem(problem.code) from None
    return row


def _claimed(actor: Actor, purpose: str, place: Place, now: datetime) -> Code | None:
    """The code, kept and journalled, with the customer locked: whoever denies the address is before or after. None
    where the gate of messages holds it back, which is journalled, so nothing is raised for it here."""
    customer = _limited(actor, place, now)
    said: dict[str, Any] = {"purpose": purpose, "fields": [place.field]}
    if why := gates["messages"].judge(customer, (customer.id, place.field), now):
        held = {**said, "held_back": why}
        journal.append(actor=actor, event="code.held_back", customer=customer.id, purpose=purpose, data=held)
        return None
    address = _address(place, now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = _keep(actor, place, address, code, now)
    left = {**said, "sending": str(row), "carrier": mail.carrier()}
    journal.append(actor=actor, event="code.sent", customer=customer.id, purpose=purpose, data=left)
    sender = organisation_name()
    text = BODY.format(code=code, minutes=int(LASTS.total_seconds() // 60))
    return Code(str(row), purpose, sender, SUBJECT.format(organisation=sender), text, address)


def _admit(actor: Actor, purpose: str, place: Place, now: datetime) -> None:
    if not is_mail(rulebooks["rulebook"].fields().get(place.field)):
        raise QualityProblem("mail.no-address")
    permit = gate.admit(
        actor=actor, purpose=purpose, customers=[place.customer], fields=[place.field], now=now
    )
    if permit.refused:
        raise gate.Refused(next(iter(permit.refused.values())))


def _limited(actor: Actor, place: Place, now: datetime) -> Customer:
    """So many an hour to one customer and by one person; asked with the customer locked, so that two count as two."""
    customer = Customer.objects.select_for_update(of=("self",)).get(id=place.customer)
    lately = MailCode.objects.filter(sent_at__gt=now - WITHIN)
    if lately.filter(customer_id=place.customer).count() >= PER_CUSTOMER:
        raise QualityProblem("code.too-many")
    if lately.filter(staff_id=actor.id).count() >= PER_STAFF:
        raise QualityProblem("code.too-many")
    return customer


def _address(place: Place, now: datetime) -> str:
    """The address on file; it leaves the process only as the recipient of the mail."""
    if not Standing.objects.filter(id=place.record, customer_id=place.customer).exists():
        raise QualityProblem("mail.no-address")
    permit = gate.permit_maintenance(
        actor=SENDER,
        purpose=MAINTENANCE,
        customers=[place.customer],
        fields=[place.field],
        reason="send_code",
        now=now,
    )
    shown = vault.reveal(permit, records=[place.record]).of(place.customer, place.record).get(place.field)
    if shown is None or not shown.text or shown.broken:
        raise QualityProblem("mail.no-address")
    return shown.text


def _keep(actor: Actor, place: Place, address: str, code: str, now: datetime) -> UUID:
    open_ones = MailCode.objects.filter(record_id=place.record, field=place.field, digest__isnull=False)
    open_ones.update(digest=None)
    row = MailCode(
        id=ids.new(),
        customer_id=place.customer,
        record_id=place.record,
        field=place.field,
        staff_id=actor.id,
        sent_at=now,
        expires_at=now + LASTS,
    )
    row.digest = _digest(row.id, address, code)
    row.save(force_insert=True)
    return row.id


def _digest(row: UUID, address: str, code: str) -> bytes:
    key = sha256(b"shouxin-mail-code" + settings.SECRET_KEY.encode()).digest()
    said = f"{row}\0{identifiers.normalise('EMAIL', address)}\0{code}"
    return hmac.new(key, said.encode(), sha256).digest()


def read_back(*, actor: Actor, purpose: str, place: Place, code: str, now: datetime) -> None:
    """The customer read the code back: the address they have is the one on file, so it is verified.

    Raises:
        Refused: not for this actor, purpose or customer (journalled).
        QualityProblem: no code of this actor is open, it is over, or it is not this one; a few wrong ones end it.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    _admit(actor, purpose, place, now)
    with transaction.atomic():  # a wrong try must count, so nothing is raised inside
        problem = _try(actor, purpose, place, code.strip(), now)
    if problem:
        raise QualityProblem(problem)


def _try(actor: Actor, purpose: str, place: Place, code: str, now: datetime) -> str:
    """Why the code is not accepted, or nothing when it is."""
    customer = Customer.objects.select_for_update(of=("self",)).get(id=place.customer)
    row = (
        MailCode.objects.select_for_update()
        .filter(
            customer_id=place.customer,
            record_id=place.record,
            field=place.field,
            staff_id=actor.id,
            digest__isnull=False,
        )
        .first()
    )
    if row is None or row.digest is None:
        return "code.none"
    if row.expires_at <= now:
        row.digest = None
        row.save(update_fields=["digest"])
        return "code.over"
    if hmac.compare_digest(bytes(row.digest), _digest(row.id, _address(place, now), code)):
        row.digest, row.used_at = None, now
        row.save(update_fields=["digest", "used_at"])
        seen = Seen(customer.id, customer.revision, {place.record: [place.field]})
        services.record(actor=actor, purpose=purpose, seen=[seen], method=rules.CODE, now=now)
        return ""
    row.tries += 1
    row.digest = None if row.tries >= TRIES else row.digest
    row.save(update_fields=["tries", "digest"])
    journal.append(
        actor=actor,
        event="code.wrong",
        customer=place.customer,
        purpose=purpose,
        data={"fields": [place.field], "tries": row.tries},
    )
    return "code.wrong" if row.digest is not None else "code.used-up"


def is_open(actor: Actor, place: Place, now: datetime) -> bool:
    """Whether the actor has a code out for this address that can still be read back."""
    found = MailCode.objects.filter(
        record_id=place.record, field=place.field, staff_id=actor.id, digest__isnull=False, expires_at__gt=now
    )
    return found.exists()
