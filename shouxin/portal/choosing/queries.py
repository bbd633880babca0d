"""What a customer may decide: each purpose in use for them, where it stands, what they said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shouxin.core.policy import Actor, PurposeRule, PurposeStatus
from shouxin.customers.consents import queries as consents
from shouxin.customers.consents import rules
from shouxin.customers.consents.models import Consent, Decision, Refusal, State
from shouxin.customers.registry import merging
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import Line, about

RECEIPTS = ("consent.", "purpose.", "informed.", "rights.arranged")  # what is decided here leaves one


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose. `given` are the boxes agreed to now; `refusal` stands where the person refused or restricted it;
    `goes_on`: the law demands it whatever the person says."""

    rule: PurposeRule
    given: Sequence[Consent]
    last: Consent | None
    refusal: Refusal | None

    @property
    def by_consent(self) -> bool:
        return self.rule.consent_based

    @property
    def goes_on(self) -> bool:
        return self.rule.basis in rules.GOES_ON


def choices(me: Actor) -> list[Choice]:
    """The purposes that staff work for, or that need a consent: those first, what the law demands last."""
    standing = list(consents.standing(me.id))
    refused = {row.purpose: row for row in consents.refusals(me.id)}
    found = [
        Choice(
            rule,
            [row for row in standing if row.purpose == rule.key and row.state == State.GIVEN],
            next((row for row in standing if row.purpose == rule.key and row.kind == rules.GENERAL), None),
            refused.get(rule.key),
        )
        for rule in rulebooks["rulebook"].purposes()
        if rule.status is PurposeStatus.ACTIVE and (rule.roles or rule.consent_based)
    ]
    return sorted(found, key=lambda one: (one.goes_on, not one.by_consent))


def choice(me: Actor, purpose: str) -> Choice | None:
    return next((one for one in choices(me) if one.rule.key == purpose), None)


def decision(me: Actor, entry: UUID) -> Decision | None:
    """What the person decided by this act, by its entry in the journal; None when it is not theirs."""
    found = Decision.objects.filter(customer_id__in=merging.family(me.id), entry=entry).select_related(
        "shown"
    )
    return found.order_by("kind", "item").first()


def decided(me: Actor, before: UUID | None = None) -> list[Line]:
    """What the person decided and took back, latest first."""
    return about(merging.family(me.id), beginning=RECEIPTS, before=before)


def mine(me: Actor, entry: UUID) -> Line | None:
    """One of these acts; None when it is somebody else's or none of them."""
    # Ids of entries order them: the line right below the next possible id is this one or there is none.
    above = UUID(int=entry.int + 1)
    found = about(merging.family(me.id), beginning=RECEIPTS, limit=1, before=above)
    return found[0] if found and found[0].id == entry else None
