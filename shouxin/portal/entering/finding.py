"""Whom a phone number or mail address belongs to, and what else only its owner knows: read inside the process.

The values opened here leave it nowhere; a mail goes to the address on file, and nobody is told what it is.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule, Permit, Storage
from shouxin.customers.quality import rules as quality
from shouxin.customers.quality.codes import SENDER
from shouxin.customers.quality.models import Standing
from shouxin.customers.registry import denied, merging
from shouxin.customers.registry.models import Customer, Kind, Visibility
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.people.thresholds.queries import value
from shouxin.portal.entering import rules
from shouxin.vault import searching
from shouxin.vault import services as vault
from shouxin.vault.searching import Asked

MAIL, PHONE = "EMAIL", "MOBILE"
REASON = "send_code"
# What only the person knows besides the contact: the end of the number that proves who they are, or one of ours whole.
ENDINGS: Final = ("id_number", "passport_no", "hkmo_permit_no", "tw_permit_no", "residence_permit_no")
WHOLE: Final = ("member_no", "customer_no")
Said = tuple[str, str]  # a field and what stands in it


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer who has the contact on file, in which field of whose profile (their own, or of whoever was merged into
    them). `text` is how it stands there; `stale`: nobody confirmed it for long; `shared`: somebody else has it on file
    as well, whoever that is."""

    customer: UUID
    text: str
    stale: bool
    field: str
    profile: UUID
    shared: bool = False


def holders(typed: str, *, now: datetime, denied_too: bool = False) -> list[Contact]:
    """The people who have this address or number on file in their own profile; within the caller's transaction. A
    contact that somebody denied is theirs no longer; `denied_too`: also those who have no other such.

    Whoever else has it makes it a shared one, though it lets them in nowhere: an organisation, somebody's contact
    person, a customer not accepted yet, one who denied it.
    """
    having, holding = _having(typed, now)
    if not having:
        return []
    stopped = denied.places(holding)
    people = _people({one: said for one, said in holding.items() if (one, said[0]) not in stopped}, now)
    if denied_too:
        there = {one.customer for one in people}
        others = _people({one: said for one, said in holding.items() if (one, said[0]) in stopped}, now)
        people += [one for one in others if one.customer not in there]
    shared = len(set(merging.standing(having).values())) > 1
    return [replace(one, shared=shared) for one in people]


def others_have(typed: str, customer: UUID, *, now: datetime) -> bool:
    """Whether anybody but this customer has the address or number on file; within the caller's transaction."""
    having, _holding = _having(typed, now)
    return bool(set(merging.standing([*having, customer]).values()) - {customer})


def is_stale(customer: UUID, field: str, *, now: datetime) -> bool:
    """Whether nobody has confirmed the contact in this field of the profile for long."""
    last = _confirmed({customer: (field, "")}).get(customer)
    return last is None or is_long_ago(last, now=now)


def is_long_ago(last: date, *, now: datetime) -> bool:
    return rules.is_stale(last, value(rules.STALE), clock.today(now))


def _having(typed: str, now: datetime) -> tuple[set[UUID], dict[UUID, Said]]:
    """Whoever has it on file anywhere, and those who have it in their own profile, with where and how it stands."""
    validator = MAIL if "@" in typed else PHONE
    fields = _fields(validator, anywhere=True)
    possible = list(searching.candidates([(Asked(rule, "exact", typed),) for rule in fields]))
    having, holding = set[UUID](), dict[UUID, Said]()
    if not possible:
        return having, holding
    opened, wanted = vault.reveal(_permit(possible, fields, now)), identifiers.normalise(validator, typed)
    for one in possible:
        for record in opened.records(one):
            for key, shown in opened.of(one, record).items():
                if shown.text and identifiers.normalise(validator, shown.text) == wanted:
                    having.add(one)
                    if record == one:
                        holding[one] = (key, shown.text)
    return having, holding


def contacts_of(customer: UUID, *, now: datetime, denied_too: bool = False) -> list[Contact]:
    """Where a customer who is in already can be reached, mail first; within the caller's transaction."""
    family, fields = merging.family(customer), [*_fields(MAIL), *_fields(PHONE)]
    if not fields:
        return []
    opened = vault.reveal(_permit(family, fields, now), records=family)
    found: list[Contact] = []
    stopped = denied.places(family)
    for rule in fields:
        for one in family:
            shown = opened.of(one).get(rule.key)
            if shown and shown.text and (denied_too or (one, rule.key) not in stopped):
                stale = all(each.stale for each in _people({one: (rule.key, shown.text)}, now))
                found.append(Contact(customer, shown.text, stale=stale, field=rule.key, profile=one))
    return found


def knows(customer: UUID, typed: str, *, now: datetime, number_too: bool = False) -> bool:
    """Whether `typed` is the end of an identity number, or the member's or customer's number; `number_too`: or the end
    of the phone number, for whoever did not come in by it. Every value is compared, whichever is right."""
    said, right = _digest(typed), False
    for kept in _known(customer, now, number_too=number_too):
        right |= hmac.compare_digest(said, _digest(kept))
    return right


def has_attribute(customer: UUID, *, now: datetime) -> bool:
    """Whether anything is on file that an invitation could be compared with."""
    return bool(_known(customer, now, number_too=True))


def _known(customer: UUID, now: datetime, *, number_too: bool) -> list[str]:
    book, family = rulebooks["rulebook"].fields(), merging.family(customer)
    ends = (*ENDINGS, *((rule.key for rule in _fields(PHONE)) if number_too else ()))
    fields = [book[key] for key in (*ends, *WHOLE) if key in book and book[key].active]
    if not fields:
        return []
    opened = vault.reveal(_permit(family, fields, now), records=family)
    found = [
        (rule.key, shown.text)
        for one in family
        for rule in fields
        if (shown := opened.of(one).get(rule.key)) and shown.text
    ]
    return [text if key in WHOLE else rules.tidied(text)[-rules.LAST :] for key, text in found]


def _digest(text: str) -> bytes:
    return rules.keyed(settings.SECRET_KEY.encode(), "portal attribute", rules.tidied(text))


def _fields(validator: str, *, anywhere: bool = False) -> list[FieldRule]:
    """The fields of such contacts that can be looked for: of profiles, or `anywhere`, contact persons' too."""
    found = rulebooks["rulebook"].fields().values()
    return [
        rule
        for rule in found
        if rule.active
        and (anywhere or rule.record == "profile")
        and rule.validator == validator
        and rule.storage is Storage.INDEXED
        and "exact" in rule.indexes
    ]


def _permit(customers: Collection[UUID], fields: Collection[FieldRule], now: datetime) -> Permit:
    return gate.permit_maintenance(
        actor=SENDER,
        purpose=MAINTENANCE,
        customers=list(customers),
        fields=[rule.key for rule in fields],
        reason=REASON,
        now=now,
    )


def _people(holding: dict[UUID, Said], now: datetime) -> list[Contact]:
    """Who stands for them now, as far as they are people whose information is accepted."""
    stands = merging.standing(list(holding))
    rows = Customer.objects.filter(id__in=stands.values(), kind=Kind.PERSON, visibility=Visibility.OPEN)
    open_ones = set(rows.values_list("id", flat=True))
    months, today = value(rules.STALE), clock.today(now)
    confirmed = _confirmed(holding)
    found: dict[UUID, Contact] = {}
    for one, (key, text) in sorted(holding.items()):
        customer, last = stands[one], confirmed.get(one)
        if customer in open_ones:
            stale = last is None or rules.is_stale(last, months, today)
            before = found.get(customer)
            found[customer] = Contact(
                customer,
                text,
                stale=stale and (before is None or before.stale),
                field=key,
                profile=one,
            )
    return list(found.values())


def _confirmed(holding: dict[UUID, Said]) -> dict[UUID, date]:
    """When each contact was collected or verified last."""
    rows = Standing.objects.filter(id__in=list(holding)).values_list("id", "values")
    known = {one: quality.read(values).get(holding[one][0]) for one, values in rows}
    return {one: quality.on(found.last) for one, found in known.items() if found}
