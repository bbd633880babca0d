"""Requests from their filing on: file, take, match, check identity, stop the clock, withdraw, merge."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.core.policy.decision import is_fresh
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.kit import ids
from shouxin.kit.abroad import HOME
from shouxin.people.models import Department
from shouxin.rights.cases import codes, ending, erasing, on_behalf, queries, repeating, rules, running
from shouxin.rights.cases.clocks import clock_for
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import WORDS, Words, words_of
from shouxin.rights.cases.models import OPEN, Case, Channel, Check, Kind, Pause, Requester, State, Wish
from shouxin.rights.cases.proving import forget_proofs, keep
from shouxin.rights.cases.recording import record
from shouxin.vault import parcels

_TRIES = 5
_MATCHED = (
    *("customer_id", "recogniser", "department", "jurisdiction", "minor", "grade", "level"),
    *("due_on", "stop_on"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, as it is taken down."""

    kind: Kind
    channel: Channel
    words: Words
    customer: UUID | None = None
    requester: Requester = Requester.SELF
    minor: bool = False
    fields: Sequence[str] = field(default_factory=tuple)
    purposes: Sequence[str] = field(default_factory=tuple)
    accused: UUID | None = None
    due_on: date | None = None  # an authority's own day
    wish: str = ""  # of a relative of the deceased, what they ask for
    reached: Check.Method | None = None  # how the person was reached, where they did not sign in
    shown: UUID | None = None  # a case whose code the person showed

    @property
    def act(self) -> Kind:
        return Kind(self.wish or self.kind)


@dataclass(frozen=True, slots=True)
class Filed:
    """The case, the code by which the person follows it (told once), and the open case it repeats."""

    case: Case
    code: str
    repeats: Case | None


def file(*, actor: Actor, asked: Asked, now: datetime) -> Filed:
    """Take a request down; one that repeats an open one is joined to it at once.

    People file at their own door, for themselves or as a verified guardian; their sign-in counts as a check of who
    they are.

    Raises:
        CaseProblem: nothing said, an unknown customer, no department for a complaint, a day that is past.
    """
    customer = _customer(actor, asked, now)
    _check_asked(asked, customer, now)
    case, code = ids.new(), codes.drawn()
    recogniser = _recogniser(asked) if customer is None or asked.kind is Kind.DECEASED else None
    with transaction.atomic():
        if customer is not None:  # of two people filing the same at once the second sees the first
            customer = Customer.objects.select_for_update(of=("self",)).get(id=customer.id)
        known = customer.id if customer else None
        standing = queries.alike(asked.kind, known, recogniser, fields=sorted(asked.fields))
        if standing is not None and customer is None and actor.kind is ActorKind.SERVICE:
            # By the public page anybody types anybody's contact: they learn nothing of what its owner asked, and take
            # nothing of theirs away. Only whoever showed the code of the first is told; staff join the others.
            standing = standing if standing.id == asked.shown else None
        if (
            standing is not None
            and actor.kind is ActorKind.CUSTOMER
            and repeating.give_way(actor, standing, case, now)
        ):
            standing = None
        row = _row(actor, asked, customer, case, now)
        row.code_digest, row.recogniser = queries.digest_of(case, code), recogniser
        if standing is not None:
            row.state, row.duplicate_of, row.closed_at = State.DUPLICATE, standing, now
        _numbered(row, now)
        record(actor, "filed", row, rights_kind=asked.kind.value, rights_channel=asked.channel.value)
        if standing is not None:
            record(actor, "recognised", row, repeats=str(standing.id))
        if actor.kind is ActorKind.CUSTOMER:  # of a joined one as well: it may stand for itself later
            signed_in = Check.Method.PORTAL_TWICE if _proved(actor, now) else Check.Method.PORTAL
            method = asked.reached or signed_in
            _note_check(actor, row, method, now)
            if row.representative is not None:  # verified before the ward was named
                _note_check(actor, row, Check.Method.GUARDIANSHIP, now)
    return Filed(row, codes.spelled(code), standing)


def take(*, actor: Actor, case: UUID, now: datetime) -> Case:
    """See to a request from now on; whoever answers for it may take it over from somebody else.

    Raises:
        CaseProblem: unknown, closed, taken by another, or about one's own department.
    """
    actor.require(Permission.RIGHTS_CASE_HANDLE)
    with transaction.atomic():
        row = locked(actor, case)
        if row.state not in OPEN or row.state in {State.DECIDING, State.WATCHING}:
            raise CaseProblem("case.step")
        if row.handler_id is not None and not actor.may(Permission.RIGHTS_CASE_DECIDE):
            raise CaseProblem("case.taken")
        check_not_accused(actor, row)
        row.handler_id, row.taken_at = actor.id, now
        if row.state == State.RECEIVED:
            row.state = State.IDENTITY
        row.save(update_fields=["handler", "taken_at", "state"])
        record(actor, "taken", row)
        _proved_when_enough(actor, row, now)
    return row


def match(*, actor: Actor, case: UUID, customer: UUID, now: datetime) -> Case:
    """Say whom the request is about; the level of proof and the clock follow from that person. Where the same is open
    for them already, one of the two is joined to the other.

    Raises:
        CaseProblem: an unknown customer.
    """
    with transaction.atomic():
        row = _handled(actor, case, State.IDENTITY, State.HANDLING)
        if row.customer_id is not None:
            raise CaseProblem("case.matched")
        found = registry.find(actor, customer)
        if found is None:
            raise CaseProblem("customer.unknown")
        Customer.objects.select_for_update(of=("self",)).get(id=found.id)
        standing = queries.alike(row.kind, found.id, None, fields=row.fields)
        row.customer_id = found.id
        row.recogniser = row.recogniser if row.kind == Kind.DECEASED else None
        row.department_id = found.owner_department_id
        running.follow(row, found.jurisdiction, child=running.is_child(found.id, now))
        row.grade = queries.grade_of(row.act, found.id, row.fields)
        row.level = rules.level_needed(row.act, row.grade, row.requester)
        row.checks.update(customer_id=found.id)
        row.proofs.update(customer_id=found.id)
        record(actor, "matched", row)
        if standing is not None:
            repeating.settle(actor, row, standing, now)
        row.save(update_fields=_MATCHED)
        _proved_when_enough(actor, row, now)
    return row


def check(
    *, actor: Actor, case: UUID, method: Check.Method, now: datetime, proof: bytes | None = None
) -> Case:
    """Note that this was checked, with a copy if one was given; when it is enough, identity is established.

    Raises:
        CaseProblem: not at this step, or checked that way already.
    """
    with transaction.atomic():
        row = _handled(actor, case, State.IDENTITY)
        if method in {Check.Method.PORTAL, Check.Method.PORTAL_TWICE, Check.Method.LINK}:
            raise CaseProblem("check.portal")  # shown by signing in there, said by nobody
        if row.checks.filter(method=method).exists():
            raise CaseProblem("check.twice")
        if proof is not None:
            keep(actor, row, proof, now)
        _note_check(actor, row, method, now)
        _proved_when_enough(actor, row, now)
        if row.pause == Pause.PROOF and row.state == State.HANDLING:
            runs_again(actor, row, now)
    return row


def pause(*, actor: Actor, case: UUID, why: Pause, now: datetime) -> Case:
    """Stop the clock, with a reason.

    Raises:
        CaseProblem: it stands already, or the last day has passed.
    """
    with transaction.atomic():
        row = _handled(actor, case, State.IDENTITY, State.HANDLING)
        if row.paused_at is not None:
            raise CaseProblem("clock.stands")
        if running.over(row, now):
            raise CaseProblem("clock.over")
        row.paused_at, row.pause = now, why
        row.save(update_fields=["paused_at", "pause"])
        record(actor, "paused", row, rights_pause=why.value)
    return row


def resume(*, actor: Actor, case: UUID, now: datetime) -> Case:
    """Let the clock run again; both days move by as long as it stood."""
    with transaction.atomic():
        row = _handled(actor, case, *OPEN)
        if row.paused_at is None:
            raise CaseProblem("clock.runs")
        runs_again(actor, row, now)
    return row


def extend(*, actor: Actor, case: UUID, why: str, now: datetime) -> Case:
    """Take longer, once, as far as the law of the jurisdiction lets it; the person is told so in writing, and why.

    Raises:
        CaseProblem: done already, not possible, the last day has passed, a child's request, or no such reason.
    """
    with transaction.atomic():
        row = _handled(actor, case, State.IDENTITY, State.HANDLING)
        if problem := running.why_not_longer(row, now):
            raise CaseProblem(problem)
        if why not in rules.EXTENSIONS:
            raise CaseProblem("extension.reason")
        latest = running.last_day(row)
        row.extended_at, row.extension = now, why
        row.due_on, row.stop_on = latest, max(latest, row.stop_on)
        row.save(update_fields=["extended_at", "extension", "due_on", "stop_on"])
        record(actor, "extended", row, stop=latest.isoformat(), rights_extension=why)
        ending.extended(actor, row, now)
    return row


def withdraw(*, actor: Actor, case: UUID, now: datetime) -> Case:
    """The person takes the request back: at their own door, or by word to whoever deals with it."""
    with transaction.atomic():
        row = _handled(actor, case, *OPEN) if actor.kind is ActorKind.STAFF else theirs(actor, case)
        closed(row, "withdraw", now)
        forget_proofs(actor, row)
        row.outcome, row.reason = "", ""
        row.save()
        ending.end(actor, row, now)
        record(actor, "withdrawn", row)
    return row


def merge(*, actor: Actor, case: UUID, into: UUID, now: datetime) -> Case:
    """Say that a request repeats another open one of the same person; the earlier one is answered."""
    with transaction.atomic():
        row = _handled(actor, case, *OPEN)
        other = locked(actor, into)
        same = row.customer_id is not None and other.customer_id in merging.everybody(row.customer_id)
        if other.id == row.id or other.state not in OPEN or not same:
            raise CaseProblem("case.other")
        step(row, "merge")
        repeating.join(actor, row, other.id, now)
    return row


def read(*, actor: Actor, case: Case) -> Words:
    """What the person wrote, for whoever may see the case; that it was read is journalled first."""
    with transaction.atomic():
        record(actor, "read", case)
        return words_of(case)


def follow(*, actor: Actor, number: str, code: str) -> Case | None:
    """The case of somebody without an account, by its number and look-up code; None for anything that is not right."""
    row = queries.by_code(number, code)
    if row is not None:
        with transaction.atomic():
            record(actor, "followed", row)
    return row


# Shared with answering.py and outside.py.


def runs_again(actor: Actor, row: Case, now: datetime) -> None:
    """What was waited for is there: the clock runs again, in the caller's transaction."""
    running.restarted(row, now)
    row.save(update_fields=["paused_at", "pause", "due_on", "stop_on"])
    record(actor, "resumed", row, due=row.due_on.isoformat())


def locked(actor: Actor, case: UUID) -> Case:
    """The case, locked, when this person may see it.

    Raises:
        CaseProblem: unknown; whatever may not be seen is.
    """
    if not queries.visible_to(actor).filter(id=case).exists():
        raise CaseProblem("case.unknown")
    return Case.objects.select_for_update(of=("self",)).get(id=case)


def theirs(actor: Actor, case: UUID) -> Case:
    """The case, locked, of the person at their own door, or of whoever showed the public page its code.

    Raises:
        CaseProblem: not theirs.
    """
    if actor.kind is ActorKind.SERVICE and actor.may(Permission.RIGHTS_CASE_FILE):
        row = Case.objects.select_for_update(of=("self",)).exclude(kind=Kind.INQUIRY).filter(id=case).first()
        if row is None:
            raise CaseProblem("case.unknown")
        return row
    return locked(actor, case)


def handled(actor: Actor, case: UUID, *states: str) -> Case:
    """The case in one of `states`, locked, when it is this person's to deal with."""
    return _handled(actor, case, *states)


def _handled(actor: Actor, case: UUID, *states: str) -> Case:
    actor.require(Permission.RIGHTS_CASE_HANDLE)
    row = locked(actor, case)
    if row.handler_id != actor.id:
        raise CaseProblem("case.not-yours")
    if row.state not in states:
        raise CaseProblem("case.step")
    check_not_accused(actor, row)
    return row


def closed(row: Case, verb: str, now: datetime) -> None:
    """Step to a closed state: the clock no longer stands."""
    step(row, verb)
    row.closed_at, row.paused_at, row.pause = now, None, ""


def step(row: Case, verb: str) -> None:
    """Raises:
    CaseProblem: it cannot be done from where the case stands."""
    to = rules.follows(verb, row.state, known=row.verified_at is not None or row.level == rules.NOBODY)
    if to is None:
        raise CaseProblem("case.step")
    row.state = to


def _customer(actor: Actor, asked: Asked, now: datetime) -> Customer | None:
    if actor.kind is ActorKind.CUSTOMER:
        if asked.customer is None or asked.customer in merging.family(actor.id):
            return Customer.objects.get(id=actor.id)
        if asked.requester is not Requester.GUARDIAN:
            raise CaseProblem("customer.unknown")
        on_behalf.check(actor.id, asked.customer, now)
        return Customer.objects.get(id=asked.customer)
    actor.require(Permission.RIGHTS_CASE_FILE)
    if asked.customer is None:
        return None
    found = registry.find(actor, asked.customer)
    if found is None:
        raise CaseProblem("customer.unknown")
    return found


def _check_asked(asked: Asked, customer: Customer | None, now: datetime) -> None:
    if not 0 < len(asked.words.text.strip()) <= rules.MOST_TEXT:
        raise CaseProblem("text.length")
    if asked.kind in rules.AT_ONCE and not asked.purposes:
        raise CaseProblem("purposes.missing")  # nothing would be stopped by granting it
    if asked.due_on is not None and asked.due_on < rules.local(now):
        raise CaseProblem("due.past")
    if asked.act is Kind.DELETE and asked.fields:
        known = {rule.key for rule in erasing.possible(customer)} if customer else set[str]()
        if not set(asked.fields) <= known:
            raise CaseProblem("erase.unsuitable")
    if (asked.kind is Kind.INQUIRY) is not (asked.requester is Requester.AUTHORITY):
        raise CaseProblem("requester.unsuitable")
    if (asked.kind is Kind.DECEASED) is not (asked.requester is Requester.RELATIVE):
        raise CaseProblem("requester.unsuitable")
    if (asked.wish in Wish.values) is not (asked.kind is Kind.DECEASED):
        raise CaseProblem("wish.missing")
    if asked.accused is not None:
        department = Department.objects.filter(id=asked.accused).first()
        if asked.kind is not Kind.COMPLAINT or department is None or department.parent_id is None:
            raise CaseProblem("accused.unsuitable")


def _row(actor: Actor, asked: Asked, customer: Customer | None, case: UUID, now: datetime) -> Case:
    """The case as it begins, with its days and the proof it needs."""
    begun = rules.local(now)
    jurisdiction = customer.jurisdiction if customer else HOME
    minor = asked.minor or (
        customer is not None and asked.kind is not Kind.INQUIRY and running.is_child(customer.id, now)
    )
    due, stop = rules.deadlines(clock_for(jurisdiction), begun, child=minor, place=jurisdiction)
    if asked.due_on is not None:
        due = stop = asked.due_on
    grade = queries.grade_of(asked.act, customer.id if customer else None, asked.fields)
    key = parcels.new_key(case)
    staff = actor.id if actor.kind is ActorKind.STAFF else None
    return Case(
        id=case,
        customer_id=customer.id if customer else None,
        kind=asked.kind,
        wish=asked.wish,
        channel=asked.channel,
        requester=asked.requester,
        representative=on_behalf.representative(actor, customer.id if customer else None),
        jurisdiction=jurisdiction,
        minor=minor,
        grade=grade,
        level=rules.level_needed(asked.act, grade, asked.requester),
        fields=sorted(asked.fields),
        purposes=sorted(asked.purposes),
        department_id=customer.owner_department_id if customer else actor.department_id or _whole(),
        accused_id=asked.accused,
        accused_named=asked.accused is not None,
        filed_by_id=staff,
        filed_at=now,
        due_on=due,
        stop_on=stop,
        key_suite=key.suite.id,
        wrapped_key=key.wrapped,
        words=key.seal(WORDS, asked.words.packed()),
    )


def _whole() -> UUID | None:
    """The whole organisation: what came by no department is seen to from the top, and a second person decides there."""
    return Department.objects.filter(parent=None).order_by("id").values_list("id", flat=True).first()


def _numbered(row: Case, now: datetime) -> None:
    """Store the case under a number nobody has; numbers of a day come in no order."""
    for _n in range(_TRIES):
        row.number = f"QX{rules.local(now):%y%m%d}{secrets.randbelow(100_000):05}"
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if not Case.objects.filter(number=row.number).exists():
                raise
        else:
            return
    raise CaseProblem("number.none")


def _recogniser(asked: Asked) -> bytes | None:
    """By which the same contact asking the same for the same person is recognised; nothing when no contact is known."""
    contact = "".join(asked.words.contact.lower().split()).replace("-", "")
    if not contact:
        return None
    key = parcels.recognising_key("rights.contact")
    about = "".join(asked.words.about.split())
    said = f"{asked.kind.value}{asked.wish}\x1f{contact}\x1f{asked.requester.value}\x1f{about}"
    return hmac.new(key, said.encode(), sha256).digest()


def _proved(actor: Actor, now: datetime) -> bool:
    """Whether somebody at their own door has just shown a second proof, by another way than the first."""
    return actor.second_apart and is_fresh(actor.second_factor_at, now)


def _note_check(actor: Actor, row: Case, method: Check.Method, now: datetime) -> None:
    staff = actor.id if actor.kind is ActorKind.STAFF else None
    Check.objects.create(case=row, customer_id=row.customer_id, method=method, by_id=staff, at=now)
    record(actor, "checked", row, rights_method=method.value)


def _proved_when_enough(actor: Actor, row: Case, now: datetime) -> None:
    """Go on to the work itself as soon as it is known well enough who asks and about whom."""
    if row.state != State.IDENTITY:
        return
    if row.level and row.customer_id is None and row.kind != Kind.INQUIRY:
        return  # nobody can be the same as an unknown person
    if rules.missing(row.level, row.requester, queries.methods_of(row)):
        return
    step(row, "prove")
    row.verified_at, row.verified_by_id = (now, actor.id) if row.level else (None, None)
    row.save(update_fields=["state", "verified_at", "verified_by"])
    if row.level:
        record(actor, "proved", row)


def check_not_accused(actor: Actor, row: Case) -> None:
    if queries.is_accused(actor, row):
        raise CaseProblem("case.accused")
    if row.escalated and Role.SUPERVISOR not in actor.roles:
        raise CaseProblem("case.escalated")
