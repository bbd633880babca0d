"""The one way to customers' values: ask, decide, open, journal, in one committed transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import (
    Action,
    Actor,
    ActorKind,
    Facts,
    FieldRule,
    Permission,
    Permit,
    Question,
    Refusal,
    Relation,
    decide,
    masked_only,
)
from shouxin.core.policy.refusals import LEFT_OUT
from shouxin.gate import again, facts, fetching, limits, recording
from shouxin.gate.models import CONTACT_LASTS, Contact
from shouxin.gate.recording import PER_PAGE
from shouxin.gate.rules import REASON_CLASSES, check_note, unkept_note
from shouxin.journal import services as journal
from shouxin.kit.statements import settle
from shouxin.people.guarding import rules as guard_rules
from shouxin.people.guarding import services as guarding
from shouxin.vault import services as vault

INSIDE = "maintenance.opened"
UNKNOWN = "customer.unknown"
UNWATCHED = frozenset({ActorKind.SERVICE, ActorKind.CUSTOMER})  # who carries off no lists


class Refused(Exception):
    """The gate said no; the refusal stands in the journal already."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Opened:
    """The permit that was given, what the vault opened for it, and what rooms tell beside, if that came along."""

    permit: Permit
    revealed: vault.Revealed
    beside: Mapping[str, Any] | None = None


def open_sealed(
    *,
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    fields: Sequence[str],
    action: Action,
    reason: str,
    now: datetime,
    records: Sequence[UUID] | None = None,
    profile: str = "list",
    detail: Mapping[str, Any] | None = None,
    secret_rows: int = 0,
    beside: bool = False,
) -> Opened:
    """Open `fields` of `customers` for `purpose`; the journal entry is committed before a value is returned.

    `records` limits the records opened (a customer's orders on one page); `profile` names the masking profile;
    `detail` adds codes to the entry of a list (its keyed filter digest); `secret_rows` are the rows on one customer's
    page that show trade secrets; `beside` asks rooms too. Not inside a transaction: its rollback takes the entry away.

    Raises:
        Refused: the decision was against; it is journalled.
        shouxin.vault.services.VaultError: a blob was tampered with, or the key service is away.
    """
    journal.stand_alone()
    question = Question(actor, purpose, action, tuple(customers), tuple(fields), reason, now)
    if not (detail or secret_rows) and (same := _open_again(question, records, profile, beside=beside)):
        return same
    known, gathered = question_facts(question, fetching.along(question, records), beside=beside)
    answer = decide(question, known)
    if isinstance(answer, Refusal):
        recording.refused_at_once(question, answer)
        _watch_unknown(question, answer)
        raise Refused(answer)
    shown = _rows(answer, detail or {}, secret_rows)
    if not (answer.refused or answer.alarms) and not (_counted(answer, gathered) or any(shown)):
        opened = _open_at_once(answer, known, gathered, records, profile, detail or {})
        _watch(answer)
        return opened
    with transaction.atomic(durable=True):
        answer = _settled(question, answer, gathered, shown)
        if isinstance(answer, Permit):
            opened = Opened(answer, vault.reveal(answer, records=records, profile=profile))
            recording.opened(answer, detail or {}, known.customers)
            _watch(answer)
            _raise_alarms(answer, now)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return opened


def _open_again(
    question: Question, records: Sequence[UUID] | None, profile: str, *, beside: bool
) -> Opened | None:
    done = again.ask(question, records, beside=beside)
    if done is None:
        return None
    try:
        revealed = vault.reveal_at_once(done.permit, records=records, profile=profile, fetched=done.fetched)
    finally:
        settle()
    return Opened(done.permit, revealed, done.beside)


def _open_at_once(
    permit: Permit,
    known: Facts,
    gathered: facts.Gathered,
    records: Sequence[UUID] | None,
    profile: str,
    detail: Mapping[str, Any],
) -> Opened:
    """Nothing changes but the journal, and an entry is a transaction of its own: nothing to open and close."""
    revealed = vault.reveal_at_once(permit, records=records, profile=profile, fetched=gathered.fetched)
    told = recording.reads(permit, detail, known.customers)
    journal.append_at_once(**told)
    if not detail:
        again.learn(permit, gathered, told)
    return Opened(permit, revealed, gathered.beside)


def _watch(permit: Permit) -> None:
    """The guard counts who is shown masked, so that lists are not carried off page by page."""
    if permit.action in PER_PAGE and permit.actor.kind not in UNWATCHED:
        guarding.lists_read(account=permit.actor.id, weight=len(permit.customers), now=permit.at)


def _watch_unknown(question: Question, answer: Permit | Refusal) -> None:
    """Ids that nobody has, or not for this actor, weigh more: who tries them out looks for what exists."""
    if isinstance(answer, Refusal):
        count = len(question.customers) if answer.code == UNKNOWN else 0
    else:
        count = sum(refusal.code == UNKNOWN for refusal in answer.refused.values())
    if count and question.actor.kind is not ActorKind.SERVICE:
        weight = count * guard_rules.UNKNOWN_WEIGHT
        guarding.lists_read(account=question.actor.id, weight=weight, now=question.now)


@dataclass(frozen=True, slots=True)
class OpenedHistory:
    permit: Permit
    versions: list[vault.Version]


def open_history(
    *, actor: Actor, purpose: str, customer: UUID, record: UUID, fields: Sequence[str], now: datetime
) -> OpenedHistory:
    """Earlier and present versions of one record, masked like the page; journalled as a view of the profile.

    Raises:
        Refused: as `open_sealed`.
    """
    with transaction.atomic(durable=True):
        answer = _decided(
            actor=actor,
            purpose=purpose,
            customers=[customer],
            fields=fields,
            action=Action.VIEW,
            reason="",
            now=now,
        )
        if isinstance(answer, Permit):
            versions = vault.reveal_history(answer, customer_id=customer, record_id=record)
            journal.append(
                actor=actor,
                event="profile.viewed",
                customer=customer,
                purpose=answer.purpose,
                data={"purpose": answer.purpose, "fields": sorted(answer.fields), "page": "history"},
            )
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return OpenedHistory(answer, versions)


def ask(
    *,
    actor: Actor,
    purpose: str,
    customer: UUID,
    fields: Sequence[str],
    action: Action,
    reason: str,
    now: datetime,
) -> None:
    """Whether `open_sealed` would open these now; opens nothing and uses nothing up.

    Raises:
        Refused: it would not; journalled.
    """
    question = Question(actor, purpose, action, (customer,), tuple(fields), reason, now)
    known, _gathered = question_facts(question)
    answer = decide(question, known)
    if isinstance(answer, Refusal):
        recording.refusal_of(question, answer)
        _watch_unknown(question, answer)
        raise Refused(answer)


def permit_maintenance(
    *,
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    fields: Sequence[str],
    reason: str,
    now: datetime,
) -> Permit:
    """Leave for a named service actor to work on values inside the process; one journal entry per batch.

    Runs within the caller's transaction. The values must not leave the process (index rebuild, re-encryption).
    """
    answer = leave_inside(actor, purpose, customers, fields, reason, now)
    journal.append(actor=actor, event=INSIDE, purpose=answer.purpose, data=told_inside(answer))
    return answer


def leave_inside(
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    fields: Sequence[str],
    reason: str,
    now: datetime,
) -> Permit:
    answer = _decided(
        actor=actor,
        purpose=purpose,
        customers=customers,
        fields=fields,
        action=Action.MAINTAIN,
        reason=reason,
        now=now,
    )
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def told_inside(permit: Permit) -> dict[str, Any]:
    """What the journal keeps of work inside the process."""
    return {"count": len(permit.customers), "reason": permit.reason, "fields": sorted(permit.fields)}


def admit(
    *,
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    fields: Sequence[str],
    now: datetime,
    agreed: frozenset[str] = frozenset(),
    newcomers: bool | None = None,
) -> Permit:
    """Leave to store `fields` for `purpose`, for these customers or (none named) for new ones.

    Where the purpose rests on consent, `agreed` are the fields that the people concerned agree to by this very act;
    the caller records their consent before the first value, in the transaction that stores it.

    Raises:
        Refused: not for this purpose, role or customer. The caller journals nothing has been stored.
    """
    fresh = not customers if newcomers is None else newcomers
    question = Question(
        actor, purpose, Action.WRITE, tuple(customers), tuple(fields), "", now, agreed, newcomers=fresh
    )
    known, gathered = question_facts(question)
    answer = _settled(question, decide(question, known), gathered)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def usable_fields(
    *, actor: Actor, purpose: str, fields: Sequence[str], action: Action, now: datetime
) -> frozenset[str]:
    """Those of `fields` that the actor may use for `purpose` at all, before any customer is named.

    Raises:
        Refused: role, purpose or token do not allow it (journalled).
    """
    answer = _decided(
        actor=actor, purpose=purpose, customers=[], fields=fields, action=action, reason="", now=now
    )
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return frozenset(answer.fields)


def usable_rules(*, actor: Actor, purpose: str, action: Action, now: datetime) -> Mapping[str, FieldRule]:
    """All fields that the actor may use for `purpose` at all, before any customer is named.

    Raises:
        Refused: as `usable_fields`.
    """
    question = Question(actor, purpose, action, (), (), "", now)
    known, gathered = question_facts(question)
    if known.purpose:
        fields = tuple(key for key in known.purpose.fields if key in known.fields)
        question = replace(question, fields=fields)
    answer = _settled(question, decide(question, known), gathered)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer.fields


def question_facts(
    question: Question, wanted: vault.Fetching | None = None, *, beside: bool = False
) -> tuple[Facts, facts.Gathered]:
    """Everything known that bears on `question`; what is `wanted` comes along, sealed."""
    rules = facts.rules["rulebook"]
    gathered = facts.gather(
        actor=question.actor,
        purpose=question.purpose,
        customers=question.customers,
        now=question.now,
        fetching=wanted,
        with_beside=question.fields if beside else None,
    )
    with rules.held(gathered.revision):
        fields = rules.fields()
        fetching.remember(question, fields)
        known = Facts(
            fields=fields,
            purpose=rules.purpose(question.purpose),
            customers=gathered.customers,
            grants=tuple(gathered.grants),
            readiness_missing=tuple(gathered.missing),
            available=frozenset(name for name in (*facts.customer_facts, *facts.actor_facts)),
            alternatives=facts.Others(question.actor, question.purpose),
            regions=rules.regions(),
        )
    return known, gathered


def _decided(
    *,
    actor: Actor,
    purpose: str,
    customers: Sequence[UUID],
    fields: Sequence[str],
    action: Action,
    reason: str,
    now: datetime,
) -> Permit | Refusal:
    """The decision, its grants counted; a refusal is journalled here and nowhere else."""
    question = Question(actor, purpose, action, tuple(customers), tuple(fields), reason, now)
    known, gathered = question_facts(question)
    return _settled(question, decide(question, known), gathered)


def _settled(
    question: Question, answer: Permit | Refusal, gathered: facts.Gathered, shown: tuple[int, int] = (0, 0)
) -> Permit | Refusal:
    """`answer` with its grants and the rows it shows counted, and its refusals journalled."""
    if isinstance(answer, Permit):
        rows, secret = shown
        few_are_free = answer.action is Action.SEARCH
        answer = (
            _consume(answer, gathered, question.now)
            or limits.take(
                actor=answer.actor, rows=rows, secret=secret, few_are_free=few_are_free, now=question.now
            )
            or answer
        )
    if isinstance(answer, Refusal):
        recording.refusal_of(question, answer)
    elif answer.refused:
        for customer, refusal in answer.refused.items():
            counted = question.action is not Action.WRITE and len(question.customers) > 1
            if not counted or refusal.code not in LEFT_OUT:
                recording.refusal_of(question, refusal, customer)
    _watch_unknown(question, answer)
    return answer


def _rows(answer: Permit, detail: Mapping[str, Any], secret_rows: int) -> tuple[int, int]:
    """The rows a person sees at once, and those of them with trade secrets; one customer's own page is no list, its
    many orders are. Programs are counted at their door."""
    if answer.actor.kind is not ActorKind.STAFF:
        return 0, 0
    listing = answer.action in PER_PAGE and detail.get("page") != "profile"
    rows = len(answer.customers) if listing else 0
    if listing and any(rule.trade_secret for rule in answer.fields.values()):
        secret_rows = max(secret_rows, rows)
    return rows, secret_rows


def _counted(permit: Permit, gathered: facts.Gathered) -> bool:
    """Whether using this permit counts against a grant."""
    return any(facts.actor_facts[gathered.source_of[grant]].consume for grant in permit.grants)


def _raise_alarms(permit: Permit, now: datetime) -> None:
    """Tell those who answer for it that something of high risk is being shown; no teller, no showing."""
    if not permit.alarms:
        return
    if not facts.alarms:
        raise RuntimeError("nobody is told of reads of high risk")
    for tell in facts.alarms.values():
        tell(permit, now)


def _consume(permit: Permit, gathered: facts.Gathered, now: datetime) -> Refusal | None:
    for grant in permit.grants:
        provider = facts.actor_facts[gathered.source_of[grant]]
        if provider.consume and (
            refusal := provider.consume(permit.actor, grant, len(permit.customers), now)
        ):
            return refusal
    return None


class ContactProblem(Exception):
    """The contact cannot be opened; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_contact(
    *, actor: Actor, customer: UUID, purpose: str, reason_class: str, note: str, now: datetime
) -> Contact:
    """State purpose and reason once for this customer; reads of the next thirty minutes rest on them.

    Raises:
        ContactProblem: unknown reason class, or a note that is too long or names a person's identifiers.
        Refused: purpose, role, scope or the person's choice do not allow even the masked page.
    """
    actor.require(Permission.CUSTOMERS_CONTACT_OPEN)
    if reason_class not in REASON_CLASSES:
        raise ContactProblem("reason.unknown")
    problem = check_note(note) or unkept_note(note)
    if problem:
        raise ContactProblem(problem)
    page = tuple(rule.fields) if (rule := facts.rules["rulebook"].purpose(purpose)) else ()
    question = Question(actor, purpose, Action.VIEW, (customer,), page, "", now)
    with transaction.atomic(durable=True):
        known, gathered = question_facts(question)
        seen = known.customers.get(customer)
        only_masked = seen is not None and seen.relation is Relation.OVERSEEN
        answer = _settled(question, masked_only() if only_masked else decide(question, known), gathered)
        if isinstance(answer, Permit):
            contact = Contact.objects.create(
                staff_id=actor.id,
                customer_id=customer,
                purpose=purpose,
                reason_class=reason_class,
                note=note.strip(),
                opened_at=now,
                ends_at=now + CONTACT_LASTS,
            )
            journal.append(
                actor=actor,
                event="contact.opened",
                customer=customer,
                purpose=purpose,
                data={"purpose": purpose, "reason": reason_class, "contact": str(contact.id)},
            )
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return contact


def close_contact(*, actor: Actor, contact: UUID, now: datetime) -> None:
    """End the contact at once; only its own member of staff may."""
    with transaction.atomic():
        found = (
            Contact.objects.select_for_update().filter(id=contact, staff_id=actor.id, ends_at__gt=now).first()
        )
        if found:
            found.ends_at = max(now, found.opened_at)
            found.save(update_fields=["ends_at"])
            journal.append(
                actor=actor,
                event="contact.closed",
                customer=found.customer_id,
                purpose=found.purpose,
                data={"contact": str(found.id)},
            )
