"""Asking about recipients, live: the gate about consent and refusals, the register, wishes, the suppression list.

The address is opened under the message's purpose by a service of that name and stays in this process.
"""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import GroupState, Permit, service_actor
from shouxin.customers.consents import queries as consents
from shouxin.customers.leads import queries as leads
from shouxin.customers.messages import rules, suppressing
from shouxin.customers.messages.models import Message, Outcome, Recipient
from shouxin.customers.messages.rules import Known, Verdict
from shouxin.customers.preferences import queries as preferences
from shouxin.customers.preferences.rules import Limits
from shouxin.customers.registry import denied, merging
from shouxin.customers.registry import hours as regional
from shouxin.customers.registry.models import Customer, Visibility
from shouxin.customers.segments.models import Segment
from shouxin.customers.segments.rules import PERSONAL
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault

SENDER = service_actor("messages")
_OF_ALL = frozenset({"purpose.unknown", "purpose.inactive", "purpose.role", "purpose.fact-absent"})
HANDED = (Outcome.CLAIMED, Outcome.SENT, Outcome.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message would go; the text is for the provider alone."""

    record: UUID
    field: str
    text: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is decided about one recipient, and on what."""

    verdict: Verdict
    decision: UUID | None = None
    address: Address | None = None
    digest: bytes | None = None
    personal: UUID | None = None  # the consent by which the version picked for them is sent


def judge(
    message: Message, customers: Sequence[UUID], now: datetime, *, dialled: bool = False
) -> dict[UUID, Judged]:
    """Decide about each of `customers` as things stand in this very transaction.

    Raises:
        kit.sealing.Unavailable: the suppression list cannot be read, so nothing may be sent.
        VaultError, CryptoError: the keys are away.
    """
    with transaction.atomic():
        rows = Customer.objects.in_bulk(list(customers))
        families = merging.families(list(customers))
        restricted = _restricted(families)
        closed, addresses = _opened(message, [one for one in customers if one in rows], now)
        digests = _digests(message, addresses)
        suppressed = suppressing.suppressed(list(digests.values()), message.purpose)
        taken = _taken(message, digests)
        agreed = consents.consenting(message.purpose, customers, now)
        wishes = _wishes(message, list(rows), now)
        personal = _personal(message, customers, now)
        not_permitted = leads.obstacles(customers, message.purpose, now)
        until = message.until or now + rules.LASTS
    answers = {}
    for customer in customers:
        row, digest, address = rows.get(customer), digests.get(customer), addresses.get(customer)
        known = Known(
            exists=row is not None,
            merged=row is not None and row.absorbed_by is not None,
            quarantined=row is not None and row.visibility != Visibility.OPEN,
            restricted=any(one in restricted for one in families[customer]),
            closed=closed.get(customer, ""),
            agreed=customer in agreed,
            address="ok" if isinstance(address, Address) else address or "",
            suppressed=digest in suppressed,
            repeated=taken.get(digest, customer) != customer if digest else False,
            lead=not_permitted.get(customer, ""),
            wishes=wishes.get(customer, ()),
            countries=frozenset(row.jurisdiction_signs.values()) if row else frozenset(),
            regions=regional.hours_of(row) if row else (),
        )
        verdict = rules.judge(message.kind, message.channel, known, until=until, now=now, dialled=dialled)
        answers[customer] = Judged(
            verdict,
            agreed.get(customer),
            address if isinstance(address, Address) else None,
            digest,
            personal.get(customer),
        )
    return answers


def _restricted(families: Mapping[UUID, Collection[UUID]]) -> set[UUID]:
    """Who wants their processing restricted, of everybody merged into one of them too."""
    everybody = {one for family in families.values() for one in family}
    return set(Customer.objects.filter(id__in=everybody, restricted=True).values_list("id", flat=True))


def _digests(message: Message, addresses: Mapping[UUID, Address | str]) -> dict[UUID, bytes]:
    """What each address that can be used is recognised by."""
    found = {customer: one.text for customer, one in addresses.items() if isinstance(one, Address)}
    made = suppressing.digests(rules.VALIDATOR[message.channel], list(found.values()))
    return dict(zip(found, made, strict=True))


def _personal(message: Message, customers: Sequence[UUID], now: datetime) -> Mapping[UUID, UUID]:
    """Who agreed to personal offers and stands where the personal text is for, each with the decision that says so."""
    if not message.personal:
        return {}
    agreed = consents.consenting(PERSONAL, customers, now)
    there = Segment.objects.filter(customer_id__in=list(agreed), stage=message.personal_stage)
    return {one: agreed[one] for one in there.values_list("customer_id", flat=True)}


def _wishes(message: Message, customers: list[UUID], now: datetime) -> Mapping[UUID, Sequence[Limits]]:
    """Wishes that bind; what goes at once does not ask for them."""
    if message.kind in rules.AT_ONCE:
        return {}
    return preferences.limits_of(customers, now=now)


def _taken(message: Message, digests: Mapping[UUID, bytes]) -> dict[bytes, UUID]:
    """Who of the message has each of these addresses first: those handed over, then in the order asked."""
    rows = Recipient.objects.filter(
        message_id=message.id, outcome__in=HANDED, address__in=list(digests.values())
    )
    found = {
        bytes(digest or b""): customer for digest, customer in rows.values_list("address", "customer_id")
    }
    for customer, digest in digests.items():
        found.setdefault(digest, customer)
    return found


def _opened(
    message: Message, customers: list[UUID], now: datetime
) -> tuple[dict[UUID, str], dict[UUID, Address | str]]:
    """Why the gate opens nothing of some, and the address (or the code of why not) of the others."""
    if not customers:
        return {}, {}
    known = rulebooks["rulebook"].fields()
    wanted = [key for key in rules.ADDRESSES[message.channel] if key in known]
    try:
        permit = gate.permit_maintenance(
            actor=SENDER,
            purpose=message.purpose,
            customers=customers,
            fields=wanted,
            reason="message",
            now=now,
        )
    except gate.Refused as problem:
        code = problem.refusal.code
        if len(customers) == 1 or code in _OF_ALL:
            return dict.fromkeys(customers, code), {}
        closed: dict[UUID, str] = {}  # nobody may: each for a reason of their own
        for customer in customers:
            closed |= _opened(message, [customer], now)[0]
        return closed, {}
    closed = {customer: refusal.code for customer, refusal in permit.refused.items()}
    unusable = _unusable(message.kind, permit.customers, wanted)
    return closed, _addresses(permit, wanted, unusable)


def _unusable(kind: str, customers: Collection[UUID], wanted: Collection[str]) -> set[tuple[UUID, str]]:
    """Which contacts of whom nothing may be sent to: what the person denied until that is settled; and what is locked,
    but for what goes at once, which may be the very message that says so.
    """
    found = set(denied.places(customers))
    if kind in rules.AT_ONCE:
        return found
    group = {key: rulebooks["rulebook"].fields()[key].storage_group for key in wanted}
    for customer, states in vault_queries.states(customers).items():
        found |= {(customer, key) for key in wanted if states.get(group[key]) is GroupState.LOCKED}
    return found


def _addresses(
    permit: Permit, wanted: Sequence[str], unusable: Collection[tuple[UUID, str]]
) -> dict[UUID, Address | str]:
    opened = vault.reveal(permit)
    found: dict[UUID, Address | str] = {}
    for customer in permit.customers:
        records = [customer, *(one for one in opened.records(customer) if one != customer)]
        places = [(key, record) for key in wanted for record in records if key in opened.of(customer, record)]
        usable = [place for place in places if (customer, place[0]) not in unusable]
        found[customer] = "address.locked" if places else "address.none"
        for key, record in usable[:1]:
            shown = opened.of(customer, record)[key]
            if shown.broken or shown.problem or not shown.text:
                found[customer] = "address.malformed"
            else:
                found[customer] = Address(record, key, shown.text.strip())
    return found
