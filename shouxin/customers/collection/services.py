"""A filled form on its way into the register: judged, met with what is there, counted for its plan, stored, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from shouxin.core.policy import Actor, ActorKind, FieldRule, Permission, PurposeRule, Refusal
from shouxin.customers.attachments.services import NewFile
from shouxin.customers.collection import consenting, meeting, paper, plans, rules, undeclared
from shouxin.customers.collection.consenting import Choice
from shouxin.customers.collection.meeting import Met, Unmet
from shouxin.customers.collection.models import CollectionPlan, FormDraft, Outside, Submission
from shouxin.customers.collection.problems import SubmissionProblem, problem_of
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms import rules as form_rules
from shouxin.customers.collection_forms.models import FormVersion
from shouxin.customers.collection_forms.rules import Content, Judged
from shouxin.customers.consents.services import Ticked
from shouxin.customers.intake.assembling import REASONS
from shouxin.customers.intake.mapping import CUSTOMER_KEY
from shouxin.customers.intake.running import usable
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.exchange import TAKEN
from shouxin.customers.registry.models import Channel, Kind, Method, Scope
from shouxin.customers.registry.rules import CellProblem
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.vault.errors import DuplicateKey

ATTEMPTS = 3  # a customer number claimed by somebody else in between is met at the next attempt


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent. `id` is the sender's: the same one is stored once. `strays` are further names sent."""

    id: UUID
    form: UUID
    kind: str
    values: Mapping[str, str]
    notice_version: UUID | None
    department: UUID | None
    plan: UUID | None = None
    customer: UUID | None = None
    scope: Scope = Scope.DEPARTMENT
    mine: bool = False
    province: str = ""
    method: Method = Method.HAND
    paper_on: date | None = None
    scan: NewFile | None = None
    strays: tuple[str, ...] = ()
    address: str = ""
    source: UUID | None = None  # of what came from the public, as it is counted
    choice: Choice | None = None  # of the page of the form's purpose, where that rests on consent
    offered: tuple[
        Choice, ...
    ] = ()  # of the pages of further purposes; whatever is chosen, the form is stored


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it."""

    submission: UUID
    customer: UUID
    created: bool
    inside: bool
    remarks: tuple[CellProblem, ...] = ()
    left: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it is asked now, and the rules it is judged by."""

    version: FormVersion
    content: Content
    purpose: PurposeRule
    fields: Mapping[str, FieldRule]
    agreed: Ticked | None = None  # with the values, where the purpose rests on consent
    further: tuple[Ticked, ...] = ()  # what was chosen about purposes offered beside it

    @property
    def notice(self) -> UUID:
        """The notice in force, which must have been shown."""
        if self.purpose.notice_version_id is None:
            raise SubmissionProblem("purpose.inactive")
        return self.purpose.notice_version_id


def submit(
    *, actor: Actor, filled: Filled, now: datetime, also: Callable[[Done], None] = lambda _done: None
) -> Done:
    """Store a filled form: wholly, or nothing of it; `also` is done in the same transaction.

    Raises:
        SubmissionProblem: it cannot be stored; an undeclared field refuses everything and is counted.
        Refused: purpose, role, token or scope do not allow it (journalled).
    """
    _require(actor)
    asked = opened(filled.form)
    check_declared(actor=actor, asked=asked.content, filled=filled, now=now)
    if earlier := Submission.objects.filter(id=filled.id, operator=actor.pseudonym).first():
        return Done(earlier.id, earlier.customer_id, earlier.created, earlier.inside, again=True)
    _check_frame(actor, asked, filled, now)
    asked = replace(
        asked,
        agreed=consenting.agreed(actor, asked.purpose, filled, now),
        further=consenting.further(actor, asked.content.offers, filled, now),
    )
    filled = consenting.without_refused(filled, asked.agreed)
    judged = judge(asked, filled, now)
    if judged.errors:
        raise problem_of("form.invalid", judged.errors)
    if filled.plan:
        plans.stop_if_over(plan=filled.plan, now=now)
    for attempt in range(ATTEMPTS):
        customer = _recognised(actor, asked, filled, judged, now)
        try:
            with transaction.atomic():
                done = _store(actor, asked, filled, judged, customer, now)
                also(done)
                return done
        except DuplicateKey as problem:
            if attempt == ATTEMPTS - 1:
                keys = sorted({key for _, key in problem.taken})
                raise problem_of(
                    "form.invalid", [CellProblem(key, "key.taken", TAKEN, refuses=True) for key in keys]
                ) from problem
        except Unmet as unmet:
            raise problem_of("form.invalid", [unmet.problem]) from unmet
    raise AssertionError  # the last attempt returned or raised


def judge(asked: Asked, filled: Filled, now: datetime) -> Judged:
    """What the answers come to, before the register is asked."""
    return form_rules.judge(
        asked.content,
        filled.values,
        subject=filled.kind,
        fields=asked.fields,
        purpose=asked.purpose,
        today=rules.day_of(now),
        identifying=(CUSTOMER_KEY,),
        known=filled.customer is not None,
    )


def _require(actor: Actor) -> None:
    """Staff fill forms; programs send them with the right to create that their token gives."""
    actor.require(
        Permission.CUSTOMERS_FORM_FILL
        if actor.kind is ActorKind.STAFF
        else Permission.CUSTOMERS_PROFILE_CREATE
    )


def opened(form: UUID) -> Asked:
    """The published version of `form`, when it may be filled now.

    Raises:
        SubmissionProblem: not published, altered since, or its purpose is out of use.
    """
    version = forms.published_version(form)
    if version is None:
        raise SubmissionProblem("form.not-published")
    try:
        content = forms.sound(version)
    except forms.FormAltered:
        raise SubmissionProblem("form.altered") from None
    book = rulebooks["rulebook"]
    purpose = book.purpose(content.purpose)
    if purpose is None or not usable(purpose):
        raise SubmissionProblem("purpose.inactive")
    return Asked(version, content, purpose, book.fields())


def check_declared(*, actor: Actor, asked: Content, filled: Filled, now: datetime) -> None:
    """Refuse the whole when it holds a field that the form does not declare; each refusal is counted.

    Raises:
        SubmissionProblem: `form.undeclared`.
    """
    found = sorted({*rules.undeclared(filled.values, asked.keys), *filled.strays})
    if found:
        undeclared.count(
            actor=actor,
            form=asked.form,
            fields=len(found),
            address=filled.address,
            source=filled.source,
            now=now,
        )
        raise SubmissionProblem("form.undeclared", names=tuple(found))


def _check_frame(actor: Actor, asked: Asked, filled: Filled, now: datetime) -> None:
    """Everything around the values: notice, kind, department, date on paper."""
    if filled.notice_version != asked.notice:
        raise SubmissionProblem("notice.changed")
    if filled.kind not in asked.content.kinds:
        raise SubmissionProblem("form.wrong-kind")
    if filled.department is None or filled.department not in actor.department_ids:
        raise SubmissionProblem("department.outside")
    if filled.method is Method.PAPER:
        paper.check(actor, asked.purpose, filled.scan, filled.paper_on, form=asked.content.form, now=now)


def _recognised(actor: Actor, asked: Asked, filled: Filled, judged: Judged, now: datetime) -> UUID | None:
    """Whom it is about; asked before the transaction, so that a refusal stands in the journal."""
    try:
        customer = meeting.recognise(
            judged, content=asked.content, chosen=filled.customer, fields=asked.fields
        )
    except Unmet as unmet:
        raise problem_of("form.invalid", [unmet.problem]) from unmet
    consenting.check_may_ask(asked.agreed, customer, now)
    refusal = _refusal(actor, asked, filled, judged, customer, now)
    if refusal is None:
        return customer
    if customer is None or filled.customer is not None or refusal.code != gate.UNKNOWN:
        raise gate.Refused(refusal)
    code = "row.not-yours"
    raise problem_of("form.invalid", [CellProblem(CUSTOMER_KEY, code, REASONS[code], refuses=True)])


def _refusal(
    actor: Actor, asked: Asked, filled: Filled, judged: Judged, customer: UUID | None, now: datetime
) -> Refusal | None:
    """Why these fields may not be stored for this customer, or for a new one; journalled by the gate."""
    try:
        permit = gate.admit(
            actor=actor,
            purpose=asked.content.purpose,
            customers=[customer] if customer else [],
            fields=[*meeting.keys_of(judged), *([filled.scan.kind.value] if filled.scan else [])],
            now=now,
            agreed=asked.agreed.fields if asked.agreed else frozenset(),
        )
    except gate.Refused as refused:
        return refused.refusal
    return next(iter(permit.refused.values()), None)


def _store(
    actor: Actor, asked: Asked, filled: Filled, judged: Judged, customer: UUID | None, now: datetime
) -> Done:
    # The plan first: whoever comes for its last places waits here, and sees who came before.
    plan = plans.held(filled.plan, form=asked.content.form, now=now) if filled.plan else None
    met = meeting.meet(
        judged,
        content=asked.content,
        customer=customer,
        kind=filled.kind,
        chosen=filled.customer is not None,
        fields=asked.fields,
        now=now,
    )
    inside = _inside(plan, met, filled)
    stored = _stored(actor, asked, filled, met, now)
    consenting.record_further(actor, asked.further, stored, now)
    scan = None
    if filled.scan is not None:
        footing = _footing(asked, filled)
        scan = paper.attach(actor=actor, footing=footing, customer=stored, scan=filled.scan, now=now)
    if plan is not None:
        plans.count_in(plan, customer=stored, inside=inside, now=now)
    try:
        with transaction.atomic():
            Submission.objects.create(
                id=filled.id,
                version=asked.version,
                plan=plan,
                customer_id=stored,
                created=met.row is None,
                inside=inside,
                method=filled.method,
                notice_version=asked.notice,
                paper_on=filled.paper_on,
                scan=scan,
                operator=actor.pseudonym,
                at=now,
            )
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise SubmissionProblem("form.sent-already") from None  # sent twice at once; the other one stands
    FormDraft.objects.filter(id=filled.id, owner_id=actor.id).delete()
    _journal(actor, asked, filled, plan, stored, created=met.row is None, inside=inside)
    remarks, left = tuple(judged.remarks), tuple(sorted(met.left))
    return Done(filled.id, stored, met.row is None, inside, remarks, left)


def _inside(plan: CollectionPlan | None, met: Met, filled: Filled) -> bool:
    """Whether the person belongs to the plan's group.

    Raises:
        SubmissionProblem: not, and the plan takes nobody else.
    """
    if plan is None:
        return True
    segment = met.profile["segment"].text if "segment" in met.profile else ""
    row = met.row
    person = rules.Person(
        filled.kind,
        segment or (row.segment if row else ""),
        (row.province if row else "") or filled.province,
        row.owner_department_id if row else filled.department,
    )
    found = rules.inside(plans.group_of(plan), person)
    if not found and plan.outside == Outside.REFUSE:
        raise SubmissionProblem("plan.outside")
    return found


def _footing(asked: Asked, filled: Filled) -> Footing:
    """Why and whence: the form's kind is the channel."""
    return Footing(
        asked.content.purpose,
        Channel(asked.content.kind),
        filled.method,
        form_version=asked.version.id,
        plan=filled.plan,
        paper_on=filled.paper_on,
        agreement=asked.agreed,
    )


def _stored(actor: Actor, asked: Asked, filled: Filled, met: Met, now: datetime) -> UUID:
    """Through the register's own way in; a form that says nothing new changes nothing."""
    if not met.brings and met.row is not None:
        if asked.agreed:
            asked.agreed.record(actor=actor, customers=[met.row.id], now=now)
        return met.row.id
    footing = _footing(asked, filled)
    entry = CustomerEntry(
        kind=Kind(filled.kind),
        values=met.profile,
        department=filled.department,
        scope=filled.scope,
        responsible=actor.id if filled.mine and actor.kind is ActorKind.STAFF else None,
        province=filled.province,
        records=met.records,
        id=met.row.id if met.row else None,
    )
    return registry.store(actor=actor, footing=footing, entries=[entry], now=now)[0].customer


def _journal(
    actor: Actor,
    asked: Asked,
    filled: Filled,
    plan: CollectionPlan | None,
    customer: UUID,
    *,
    created: bool,
    inside: bool,
) -> None:
    data: dict[str, Any] = {
        "collection_form": str(asked.content.form),
        "number": asked.content.number,
        "channel": asked.content.kind,
        "collection_plan": str(plan.id) if plan else None,
        "created": created,
        "inside": inside,
        "notice": str(filled.notice_version),
    }
    journal.append(
        actor=actor,
        event="submission.stored",
        customer=customer,
        purpose=asked.content.purpose,
        data=data,
    )
