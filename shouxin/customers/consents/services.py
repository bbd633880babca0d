"""Deciding about consent, withdrawing it, refusing a purpose: each at once, with its evidence, in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.customers.consents import ages, listeners, pages, queries, reading, rules, standing_in
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import (
    Channel,
    Consent,
    Decision,
    Refusal,
    RefusalKind,
    State,
)
from shouxin.customers.consents.pages import Page
from shouxin.customers.consents.rules import Box
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.entries import Agreement
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.limits import ZONE
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.kit.instances import insert, update
from shouxin.kit.statements import execute
from shouxin.rulebook.catalogue.queries import held_revision

# What holds between a person and a box is the last that was decided.
_HOLDS_NOW = """
ON CONFLICT (customer_id, purpose, kind, item) DO UPDATE SET state = excluded.state, fields = excluded.fields,
    decision_id = excluded.decision_id, since = excluded.since, until = excluded.until
"""
_GIVEN = """
SELECT rtrim(kind || ':' || item, ':') FROM customers_consent
WHERE customer_id = ANY(%b::uuid[]) AND purpose = %b AND state = %b
"""
_LIFT = """
UPDATE customers_refused_purpose SET lifted_at = %b
WHERE customer_id = ANY(%b::uuid[]) AND purpose = %b AND lifted_at IS NULL RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class How:
    """Through which door the person decided, and what shows it."""

    channel: Channel
    device: str = ""  # keyed digest of the device, at a door without staff
    paper: UUID | None = None  # attachment: the signed sheet
    guardian: UUID | None = None  # customer: the guardian who decided in the person's place
    guardian_proof: str = ""  # what was seen to verify that
    until: datetime | None = None  # sooner than the page says, where the person said so
    own_wish: bool = False  # the person came by themselves; nobody asked them


@dataclass(frozen=True)
class Ticked(Agreement):
    """What somebody ticked on `page`; the rest of it counts as not agreed to, but for the boxes that are `left` as they
    are: those agreed to before and not asked again."""

    page: Page
    ticked: frozenset[str]
    how: How
    left: frozenset[str] = frozenset()
    fields: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        _check_ticked(self.page, self.ticked, self.left, self.how)
        object.__setattr__(self, "fields", self.page.fields(self.ticked))

    def record(self, *, actor: Actor, customers: Sequence[UUID], now: datetime) -> None:
        _of_age(customers, self, now)
        asked = {box.key for box in self.page.boxes} - self.ticked - self.left
        for customer in customers:
            closed = queries.closed_boxes(customer, self.page.purpose, now) if asked else ()
            _decide(actor, customer, self.without(closed), now)

    def without(self, closed: Collection[str]) -> "Ticked":
        """The same, but for the boxes that nobody may ask about now: an empty one is no answer, so they stay as they
        are. A no to the purpose itself is one."""
        left = frozenset(closed) - self.ticked - {rules.GENERAL}
        return replace(self, left=self.left | left) if left else self


@held_revision()
def agreement(
    *, shown: str, ticked: frozenset[str], how: How, now: datetime, left: frozenset[str] = frozenset()
) -> Ticked:
    """What a form's sender agrees to by sending it; recorded by the register before the first value.

    Raises:
        ConsentProblem: the page is not the one in force, or the boxes do not go together.
    """
    return Ticked(pages.current(shown, now=now), ticked, how, left)


@held_revision()
def decide(
    *,
    actor: Actor,
    customer: UUID,
    shown: str,
    ticked: frozenset[str],
    how: How,
    now: datetime,
    kept: frozenset[str] = frozenset(),
) -> Decision:
    """Write down what the person decided on the page `shown`: ticked boxes are given, all others are not. Boxes that
    are `kept` were not asked again, and stay agreed to if they are at this moment.

    Gives the decision about the purpose itself. May be said again at any time; the last word holds, for whoever was
    merged into the customer, too.

    Raises:
        ConsentProblem: unknown or outdated page, boxes that do not go together, asked again too soon, or a child
            without its guardian.
        NotAllowed: the actor may not write consents down for this customer.
    """
    _may(actor, customer, how, now)
    with transaction.atomic():
        family = merging.family(customer)
        reading.hold(family)
        left = (kept & queries.agreed_boxes(customer, shown, now)) - ticked
        if rules.GENERAL not in ticked | left:
            left = frozenset()  # nothing stands without the purpose itself
        made = agreement(shown=shown, ticked=ticked, how=how, now=now, left=left)
        if actor.kind is not ActorKind.CUSTOMER:
            made = _not_too_soon(customer, made, now)
        _of_age([customer], made, now)
        return _decide(actor, customer, made, now, family[1:])


@held_revision()
def withdraw(
    *, actor: Actor, customer: UUID, purpose: str, how: How, now: datetime, box: str = rules.GENERAL
) -> list[Decision]:
    """Take a consent back, with the whole purpose or one separate consent of it; it holds from this commit on.

    Nobody can override it. What was merged into the customer loses it, too.

    Raises:
        ConsentProblem: nothing is given that could be withdrawn.
    """
    _may(actor, customer, how, now)
    kind, _, item = box.partition(":")
    with transaction.atomic():
        family = merging.family(customer)
        reading.hold(family)
        standing = reading.given(family, purpose)
        rows = [row for row in standing if kind == rules.GENERAL or (row.kind, row.item) == (kind, item)]
        if not rows:
            raise ConsentProblem("consent.none")
        entry = journal.append(
            actor=actor,
            event="consent.withdrawn",
            customer=customer,
            purpose=purpose,
            data={
                "purpose": purpose,
                "withdrawn": sorted({queries.key_of(row) for row in rows}),
                "channel": how.channel.value,
                "guardian": str(how.guardian) if how.guardian else None,
                "guardian_proof": how.guardian_proof or None,
            },
        )
        made = [_ended(actor, row, State.WITHDRAWN, how, entry, now) for row in rows]
        if any(row.kind == rules.GENERAL for row in rows):
            listeners.tell_withdrawn(purpose, family)
        return made


def _ended(actor: Actor, row: Consent, state: State, how: How, entry: UUID, now: datetime) -> Decision:
    """The evidence that what stood is over, beside the page on which it was agreed to; it holds no longer."""
    made = Decision(
        customer_id=row.customer_id,
        purpose=row.purpose,
        kind=row.kind,
        item=row.item,
        decided=state,
        shown_id=row.decision.shown_id,
        channel=how.channel,
        operator=actor.pseudonym,
        device=how.device,
        paper=how.paper,
        guardian=how.guardian,
        guardian_proof=how.guardian_proof,
        entry=entry,
        at=now,
    )
    insert([made])
    row.state, row.fields, row.decision, row.since, row.until = state, [], made, now, None
    update(row, ("state", "fields", "decision_id", "since", "until"))
    return made


def refuse_purpose(
    *, actor: Actor, customer: UUID, purpose: str, kind: RefusalKind, now: datetime
) -> Refusal:
    """The person refuses or restricts a purpose that does not rest on consent; it holds from this commit on (PIPL 44).

    Raises:
        ConsentProblem: the purpose rests on consent (withdraw it), or the law demands that it goes on, which is said
            with its article.
    """
    _may(actor, customer)
    rule = rulebooks["rulebook"].purpose(purpose)
    if rule is None:
        raise ConsentProblem("purpose.unknown")
    if rule.consent_based:
        raise ConsentProblem("purpose.on-consent")
    if rule.basis in rules.GOES_ON:
        raise ConsentProblem("purpose.goes-on", purpose=rule.name.zh, article=rule.article)
    with transaction.atomic():
        family = sorted(merging.family(customer))
        reading.hold(family)
        standing = reading.refusing(family, purpose)
        if customer in standing:
            return standing[customer]
        entry = journal.append(
            actor=actor,
            event="purpose.refused_by_customer",
            customer=customer,
            purpose=purpose,
            data={"purpose": purpose, "refusal": kind.value},
        )
        made = [
            Refusal(customer_id=one, purpose=purpose, kind=kind, since=now, entry=entry)
            for one in family
            if one not in standing
        ]
        insert(made)
        listeners.tell_refused(purpose, family)
    return next(row for row in made if row.customer_id == customer)


def allow_again(*, actor: Actor, customer: UUID, purpose: str, now: datetime) -> UUID | None:
    """The person no longer refuses the purpose; only they can say so. Gives the entry, if anything was refused."""
    _may(actor, customer)
    with transaction.atomic():
        if not execute(_LIFT, (now, merging.family(customer), purpose)):
            return None
        return journal.append(
            actor=actor,
            event="purpose.allowed_again",
            customer=customer,
            purpose=purpose,
            data={"purpose": purpose},
        )


def _may(actor: Actor, customer: UUID, how: How | None = None, now: datetime | None = None) -> None:
    """People decide for themselves, verified guardians for their wards; staff write down what the people in their scope
    said."""
    if actor.kind is ActorKind.CUSTOMER:
        if customer == actor.id or customer in merging.family(actor.id):
            return
        if how is None or now is None or how.guardian != actor.id:
            raise ConsentProblem("customer.unknown")
        if standing_in.proof_for(guardian=actor.id, customer=customer, now=now) != how.guardian_proof:
            raise ConsentProblem("guardian.no-proof")
        return
    actor.require(Permission.CUSTOMERS_CONSENT_RECORD)
    if registry.find(actor, customer) is None:
        raise ConsentProblem("customer.unknown")


def _check_ticked(page: Page, ticked: frozenset[str], left: frozenset[str], how: How) -> None:
    if rules.unknown_boxes(ticked, page.boxes):
        raise ConsentProblem("box.unknown")
    if ticked and rules.bundled(ticked | left):
        raise ConsentProblem("box.bundled")
    if how.paper is None and any(box.written and box.key in ticked for box in page.boxes):
        raise ConsentProblem("box.written")


def _not_too_soon(customer: UUID, made: "Ticked", now: datetime) -> "Ticked":
    """Whoever said no is not asked, box by box; whoever comes by themselves and agrees is heard."""
    closed = queries.closed_boxes(customer, made.page.purpose, now)
    if not made.how.own_wish:
        too_soon(closed, made)
    elif closed and not made.ticked:
        raise ConsentProblem("wish.empty")
    return made.without(closed)


def too_soon(closed: Mapping[str, datetime], made: "Ticked") -> None:
    """Refuse what somebody was asked although they said no to it not long ago.

    Raises:
        ConsentProblem: `asked.recently` for the purpose itself, `box.recently` for a box that is ticked.
    """
    if until := closed.get(rules.GENERAL):
        raise ConsentProblem("asked.recently", until=_day(until))
    if again := made.ticked & closed.keys():
        raise ConsentProblem("box.recently", until=_day(max(closed[key] for key in again)))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d}"


def _of_age(customers: Sequence[UUID], made: "Ticked", now: datetime) -> None:
    """Nothing is agreed to by a child: their guardian does, verified. Saying no needs nobody's leave."""
    if not made.ticked:
        return
    young, how = ages.under_age(customers, now), made.how
    for customer in customers:
        known = how.guardian is not None and ages.is_guardian(customer, how.guardian, now)
        wrong = rules.why_no_guardian(
            under_age=customer in young,
            guardian=how.guardian,
            is_guardian=known,
            proof=how.guardian_proof,
        )
        if wrong:
            raise ConsentProblem(wrong, age=str(young.get(customer, "")))


def _decide(
    actor: Actor,
    customer: UUID,
    ticked: "Ticked",
    now: datetime,
    merged: Sequence[UUID] = (),
) -> Decision:
    """One row of evidence for each box, and what holds from now on; within the caller's transaction.

    Whoever was merged into the customer says the same with it: their records are opened by their own consents.
    """
    page, how, left = ticked.page, ticked.how, ticked.left
    boxes = [box for box in page.boxes if box.key not in left]
    if not boxes:
        raise ConsentProblem("consent.unchanged")
    entry = journal.append(
        actor=actor,
        event="consent.decided",
        customer=customer,
        purpose=page.purpose,
        data={
            "purpose": page.purpose,
            "given": [box.key for box in boxes if box.key in ticked.ticked],
            "not_given": [box.key for box in boxes if box.key not in ticked.ticked],
            "shown": page.sha256,
            "notice": str(page.notice_version),
            "channel": how.channel.value,
            "paper": str(how.paper) if how.paper else None,
            "guardian": str(how.guardian) if how.guardian else None,
            "guardian_proof": how.guardian_proof or None,
            "own_wish": how.own_wish or None,
            "until": _last_day(ticked, now),
        },
    )
    everybody = (customer, *merged)
    made = [_decision(actor, one, ticked, box, entry, now) for one in everybody for box in boxes]
    insert(made)
    insert([_standing(row) for row in made], _HOLDS_NOW)
    _no_longer(actor, customer, everybody, ticked, now)
    if rules.GENERAL not in ticked.ticked | left:
        listeners.tell_withdrawn(page.purpose, everybody)
    return made[0]


def _last_day(made: "Ticked", now: datetime) -> str | None:
    """The last day on which what is agreed to holds, in whole or in part; None where there is none."""
    over = rules.ends(now, made.page.months, made.how.until) if made.ticked else None
    return _day(over - timedelta(microseconds=1)) if over else None


def _no_longer(
    actor: Actor, customer: UUID, everybody: Sequence[UUID], made: "Ticked", now: datetime
) -> None:
    """What an earlier page asked for and this one does not is agreed to no longer: one row of evidence for each."""
    page, how = made.page, made.how
    asked = {box.key for box in page.boxes}
    given = execute(_GIVEN, (list(everybody), page.purpose, State.GIVEN.value))
    if asked.issuperset(key for (key,) in given):
        return
    standing = reading.given(everybody, page.purpose)
    over = [row for row in standing if queries.key_of(row) not in asked]
    entry = journal.append(
        actor=actor,
        event="consent.lapsed",
        customer=customer,
        purpose=page.purpose,
        data={
            "purpose": page.purpose,
            "lapsed": sorted({queries.key_of(row) for row in over}),
            "channel": how.channel.value,
        },
    )
    for row in over:
        _ended(actor, row, State.REFUSED, how, entry, now)


def _decision(actor: Actor, customer: UUID, made: "Ticked", box: Box, entry: UUID, now: datetime) -> Decision:
    given, how = box.key in made.ticked, made.how
    return Decision(
        id=ids.new(),
        customer_id=customer,
        purpose=made.page.purpose,
        kind=box.kind,
        item=box.item,
        decided=State.GIVEN if given else State.REFUSED,
        fields=list(box.fields) if given and box.kind in rules.OPENING else [],
        shown_id=made.page.sha256,
        channel=how.channel,
        operator=actor.pseudonym,
        device=how.device,
        paper=how.paper,
        guardian=how.guardian,
        guardian_proof=how.guardian_proof,
        own_wish=how.own_wish,
        until=rules.ends(now, made.page.months, how.until) if given else None,
        entry=entry,
        at=now,
    )


def _standing(row: Decision) -> Consent:
    return Consent(
        id=ids.new(),
        customer_id=row.customer_id,
        purpose=row.purpose,
        kind=row.kind,
        item=row.item,
        state=row.decided,
        fields=row.fields,
        decision=row,
        since=row.at,
        until=row.until,
    )
