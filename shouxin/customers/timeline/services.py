"""Noting a contact in one act: what was said, what was promised next, and the end of the contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind as PromiseKind
from shouxin.customers.promises.rules import ZONE
from shouxin.customers.registry import merging
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.models import Channel, Customer, Kind, Method, RecordKind
from shouxin.customers.registry.rules import WELL_FORMED, Kept
from shouxin.customers.timeline import rules
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.queries import live_contact


class NoteProblem(Exception):
    """Nothing is noted; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Said:
    """What is noted of one contact. A complaint is kept as one, with the period of complaints."""

    channel: str
    direction: str
    text: str
    complaint: bool = False
    promise: str = ""
    due_on: date | None = None


def note(*, actor: Actor, purpose: str, customer: UUID, said: Said, end_contact: bool, now: datetime) -> UUID:
    """Keep one interaction, sealed, with the promise that came out of it; gives the record.

    Raises:
        NoteProblem: nothing said, a promise without its day, a complaint the purpose does not keep.
        PromiseProblem: a day that is past or too far.
        Refused: purpose, role or scope do not allow it (journalled).
    """
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    read = rules.read(said.text)
    if read is None or len(said.text) > rules.MOST_TEXT:
        raise NoteProblem("text.length")
    if bool(said.promise.strip()) != (said.due_on is not None):
        raise NoteProblem("promise.half")
    values = _values(purpose, said, read, now)
    gate.admit(actor=actor, purpose=purpose, customers=[customer], fields=sorted(values), now=now)
    if said.promise.strip():
        gate.admit(actor=actor, purpose=purpose, customers=[customer], fields=["promise_text"], now=now)
    with transaction.atomic():
        row = Customer.objects.get(id=customer)
        entry = CustomerEntry(
            Kind(row.kind), {}, id=customer, records=[RecordEntry(RecordKind.INTERACTION, values)]
        )
        footing = Footing(purpose, Channel.SERVICE, Method.HAND)
        done = registry.store(actor=actor, footing=footing, entries=[entry], now=now)
        if said.due_on is not None:
            promises.make(
                actor=actor,
                purpose=purpose,
                customer=customer,
                kind=PromiseKind.PROMISE,
                text=said.promise,
                owner=actor.id,
                due_on=said.due_on,
                now=now,
            )
        if end_contact:
            for one in merging.family(customer):
                contact = live_contact(actor=actor, customer=one, now=now)
                if contact:
                    gate.close_contact(actor=actor, contact=contact.id, now=now)
    return done[0].records[0]


def _values(purpose: str, said: Said, read: rules.Noted, now: datetime) -> Mapping[str, Kept]:
    """The fields of this interaction that the purpose keeps."""
    rule = rulebooks["rulebook"].purpose(purpose)
    kept = rule.fields if rule else {}
    if said.complaint and "complaint" not in kept:
        raise NoteProblem("complaint.not-here")
    texts = {
        "interaction_at": now.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"),
        "interaction_channel": rules.CHANNELS[said.channel].zh,
        "interaction_direction": rules.DIRECTIONS[said.direction].zh,
        "interaction_outcome": read.outcome,
        "interaction_note": read.text,
        "complaint": read.text if said.complaint else "",
    }
    known = rulebooks["rulebook"].fields()
    return {
        key: Kept(text, WELL_FORMED) for key, text in texts.items() if text and key in kept and key in known
    }
