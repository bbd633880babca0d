"""Telling existing customers of a new version of a notice: read at the portal, told in person, sent; each a receipt."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.core.text import Text
from shouxin.customers.informing import queries, wording
from shouxin.customers.informing.models import Mailing, Receipt, Way
from shouxin.customers.messages import listeners
from shouxin.customers.messages import services as messages
from shouxin.customers.messages.judging import SENDER
from shouxin.customers.messages.models import Channel, Kind, Message
from shouxin.customers.messages.services import Written
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.journal import services as journal
from shouxin.rulebook.purposes import changes
from shouxin.rulebook.purposes.models import NoticeVersion
from shouxin.rulebook.purposes.queries import organisation_name

PROBLEMS = {
    "unknown": Text("没有这个告知版本，或无须再次告知。", "There is no such version, or nobody is to be told of it."),
    "customer.unknown": Text("没有找到该客户。", "No such customer."),
    "changed": Text(
        "告知又有了新版本，请重新阅读。", "The notice has changed once more: read it again."
    ),
    "nobody": Text(
        "没有还要发送的客户：都已告知，或已在未发完的消息里。",
        "Nobody is left: all were told, or are in a message that is under way.",
    ),
    "no-purpose": Text(
        "没有您可用的、以法定义务为基础且允许发送消息的目的；请用“履行法定义务”工作的同事发送。",
        "You have no purpose that rests on a legal duty and may send messages: ask a colleague who works for it.",
    ),
}  # fmt: skip


class InformingProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> Text:
        return PROBLEMS[self.code]


@dataclass(frozen=True, slots=True)
class _How:
    way: Way
    operator: UUID
    entry: UUID
    message: UUID | None = None


def acknowledge(*, actor: Actor, sha256: str, now: datetime) -> Receipt:
    """The person has read the version whose text has this hash, at their own door. Said twice, it stands once.

    Raises:
        InformingProblem: it is not what they are to be told of now.
    """
    if actor.kind is not ActorKind.CUSTOMER:
        raise InformingProblem("customer.unknown")
    version = _version(sha256)
    with transaction.atomic():
        return _told(actor, actor.id, version, Way.PORTAL, "informed.acknowledged", now)


def tell_at_counter(*, actor: Actor, customer: UUID, sha256: str, now: datetime) -> Receipt:
    """Staff told the person of the version whose text has this hash.

    Raises:
        InformingProblem: no such customer for this actor, or not what is to be told now.
    """
    actor.require(Permission.CUSTOMERS_CONSENT_RECORD)
    if registry.find(actor, customer) is None:
        raise InformingProblem("customer.unknown")
    version = _version(sha256)
    with transaction.atomic():
        return _told(actor, customer, version, Way.COUNTER, "informed.at_counter", now)


def _version(sha256: str) -> NoticeVersion:
    """The text with this hash, if it is in force now."""
    found = NoticeVersion.objects.filter(sha256=sha256, approved_at__isnull=False).order_by("-number").first()
    if found is None:
        raise InformingProblem("unknown")
    standing = changes.begun().get(found.notice_id)
    if not standing or standing[-1].number != found.number:
        raise InformingProblem("changed")
    return found


def _told(
    actor: Actor, customer: UUID, version: NoticeVersion, way: Way, event: str, now: datetime
) -> Receipt:
    known = Receipt.objects.filter(
        customer_id=customer, notice=version.notice_id, number=version.number, way=way
    ).first()
    if known is not None:
        return known
    entry = journal.append(
        actor=actor,
        event=event,
        customer=customer,
        data={"notice": version.notice_id, "number": version.number, "sha256": version.sha256},
    )
    return _receipt(customer, version, _How(way, actor.pseudonym, entry), now)


def _receipt(customer: UUID, version: NoticeVersion, how: _How, now: datetime) -> Receipt:
    """The row; what two doors write down at once stands once."""
    made, _new = Receipt.objects.get_or_create(
        customer_id=customer,
        notice=version.notice_id,
        number=version.number,
        way=how.way,
        defaults={
            "version": version,
            "sha256": version.sha256,
            "operator": how.operator,
            "message": how.message,
            "entry": how.entry,
            "at": now,
        },
    )
    return made


def send_remaining(
    *, actor: Actor, version_id: UUID, channel: Channel, address: str, now: datetime
) -> Message:
    """Draft a message, as law demands it, to whoever was not told yet (as many as one message takes).

    It is submitted, approved by somebody else and sent through the gate of messages; what is sent becomes a receipt.
    `address` is where the portal is reached.

    Raises:
        InformingProblem: nothing to tell, nobody left, or no purpose for it.
        MessageProblem: as messages refuse it.
    """
    actor.require(Permission.CUSTOMERS_MESSAGE_DRAFT)
    told = queries.told_of(version_id)
    version = changes.version(version_id)
    if told is None or version is None:
        raise InformingProblem("unknown")
    rule = queries.purpose_for_sending(actor)
    if rule is None:
        raise InformingProblem("no-purpose")
    with transaction.atomic():
        members = queries.to_send(actor, told, messages.MOST)
        if not members:
            raise InformingProblem("nobody")
        subject, body = wording.letter(version, channel=channel, address=address)
        written = Written(Kind.STATUTORY, channel, rule.key, organisation_name()[:60], subject, body)
        row = messages.draft_to(actor=actor, members=members, written=written, now=now)
        Mailing.objects.create(message=row, version=version, made_at=now)
        journal.append(
            actor=actor,
            event="informed.mailing_made",
            purpose=rule.key,
            data={
                "notice": version.notice_id,
                "number": version.number,
                "count": len(members),
                "message": str(row.id),
            },
        )
    return row


def _sent(sent: listeners.Sent) -> None:
    """What a message about a notice delivered is a receipt, by the same entry in the journal."""
    mailing = Mailing.objects.filter(message_id=sent.message).select_related("version").first()
    if mailing is None or sent.channel not in Way.values:
        return
    customer = merging.standing([sent.customer])[sent.customer]
    how = _How(Way(sent.channel), SENDER.pseudonym, sent.entry, sent.message)
    _receipt(customer, mailing.version, how, sent.at)


listeners.sent.register("informing", _sent)
