"""What a customer may decide: each purpose in use for them, where it stands, what they said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor, PurposeRule, PurposeStatus
from shouxin.customers.consents import queries as consents
from shouxin.customers.consents import reading, rules
from shouxin.customers.consents.models import Consent, Decision, Refusal, State
from shouxin.customers.registry import merging
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import Line, about

RECEIPTS = ("consent.", "purpose.", "informed.", "rights.arranged")  # what is decided here leaves one


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose. `given` are the boxes agreed to now; `last` is what was said of the purpose itself, which may have
    run out since; `ending`: of what is agreed to, something ends soon; `refusal` stands where the person refused or
    restricted it; `goes_on`: the law demands it whatever the person says."""

    rule: PurposeRule
    given: Sequence[Consent]
    last: Consent | None
    refusal: Refusal | None
    ending: bool = False

    @property
    def by_consent(self) -> bool:
        return self.rule.consent_based

    @property
    def goes_on(self) -> bool:
        return self.rule.basis in rules.GOES_ON


def choices(customer: UUID, now: datetime) -> list[Choice]:
    """The purposes that staff work for, or that need a consent: those first, what the law demands last. Of the person
    themselves, or of somebody they may decide for, as the caller has established."""
    standing = reading.standing(customer)
    live = [row for row in standing if row.state == State.GIVEN and (row.until is None or row.until > now)]
    soon = consents.asked_until(now)
    refused = {row.purpose: row for row in reading.refusals(customer)}
    found = [
        Choice(
            rule,
            [row for row in live if row.purpose == rule.key],
            next((row for row in standing if row.purpose == rule.key and row.kind == rules.GENERAL), None),
            refused.get(rule.key),
            any(row.purpose == rule.key and row.until is not None and row.until <= soon for row in live),
        )
        for rule in rulebooks["rulebook"].purposes()
        if rule.status is PurposeStatus.ACTIVE and (rule.roles or rule.consent_based)
    ]
    return sorted(found, key=lambda one: (one.goes_on, not one.by_consent))


def choice(customer: UUID, purpose: str, now: datetime) -> Choice | None:
    return next((one for one in choices(customer, now) if one.rule.key == purpose), None)


def whose(me: Actor, entry: UUID) -> list[UUID]:
    """Whose act an entry may be for this person to see it: their own, or of whoever they decided for by it."""
    family = merging.family(me.id)
    wards = Decision.objects.filter(entry=entry, guardian__in=family).values_list("customer_id", flat=True)
    return list(dict.fromkeys([*family, *wards]))


def decision(me: Actor, entry: UUID) -> Decision | None:
    """What the person decided by this act, by its entry in the journal; None when it is not theirs."""
    found = Decision.objects.filter(customer_id__in=whose(me, entry), entry=entry).select_related("shown")
    return found.order_by("kind", "item").first()


def decided(me: Actor, before: UUID | None = None) -> list[Line]:
    """What the person decided and took back, latest first."""
    return about(merging.family(me.id), beginning=RECEIPTS, before=before)


def decided_for(me: Actor, ward: UUID) -> list[Line]:
    """What the person decided in the place of somebody, latest first."""
    lines = about(merging.family(ward), beginning=("consent.",))
    mine = {str(one) for one in merging.family(me.id)}
    return [line for line in lines if line.data.get("guardian") in mine]


def mine(me: Actor, entry: UUID) -> Line | None:
    """One of these acts; None when it is somebody else's or none of them."""
    return _act(whose(me, entry), entry, RECEIPTS)


def ward_of(me: Actor, line: Line) -> UUID | None:
    """Whom the person decided for by this act; None when it was about themselves."""
    return None if line.customer in merging.family(me.id) else line.customer


def signed(entry: UUID) -> Line | None:
    """A decision about consents by its entry, whoever's it is: for who holds its signed address."""
    whom = Decision.objects.filter(entry=entry).values_list("customer_id", flat=True).first()
    return _act([whom], entry, ("consent.",)) if whom else None


def _act(customers: Sequence[UUID], entry: UUID, beginning: Sequence[str]) -> Line | None:
    # Ids of entries order them: the first after the one before this id is this one, or there is none.
    found = about(customers, beginning=beginning, limit=1, after=UUID(int=max(entry.int, 1) - 1))
    return found[0] if found and found[0].id == entry else None
