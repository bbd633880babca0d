"""Answering a request: propose, approve, send back; the person's word about the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.people import queries as people
from shouxin.rights.arranged import queries as arranged
from shouxin.rights.cases import doing, ending, queries, rules, running
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import ANSWER, REMARK, key_of
from shouxin.rights.cases.models import Case, Kind, Outcome, State
from shouxin.rights.cases.proving import forget_proofs
from shouxin.rights.cases.recording import record
from shouxin.rights.cases.services import closed, handled, locked, step, theirs


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person is to be told: granted or not, why not, and in one's own words."""

    outcome: Outcome
    reason: str = ""
    text: str = ""
    conditions: Sequence[str] = ()  # of a transfer, which are met
    corrected: Sequence[str] = ()  # which fields were, where the request names none
    stated: bool = False  # corrected elsewhere than in these fields; what and why stands in the text


def propose(*, actor: Actor, case: UUID, answer: Answer, now: datetime) -> Case:
    """Say how the request is to be answered; where no second person is needed it is answered by that.

    Raises:
        CaseProblem: identity not established, a reason that is missing or not for this kind, nothing said.
    """
    with transaction.atomic():
        row = handled(actor, case, State.IDENTITY, State.HANDLING)
        _check_answer(row, answer)
        running.restarted(row, now)
        row.outcome, row.reason = answer.outcome, answer.reason
        row.answer = key_of(row).seal(ANSWER, answer.text.strip().encode())
        row.proposed_by_id, row.proposed_at = actor.id, now
        if row.score is None:
            row.answered_in_id = actor.department_id
        row.decided_by, row.decided_at = None, None
        row.conditions, row.stated = sorted(answer.conditions), answer.stated
        if row.act in rules.CORRECTS and not row.fields and row.outcome != Outcome.REFUSED:
            row.fields = sorted(answer.corrected)
        doing.check(row, now)
        ending.check(row)
        if row.kind in rules.AT_ONCE and row.outcome != Outcome.REFUSED:
            doing.stop(actor, row, now)  # the person's word holds at once, whoever looks at the answer after
        if rules.needs_second(row.kind, answer.outcome, escalated=row.escalated, stated=row.stated):
            step(row, "refuse_unknown" if row.state == State.IDENTITY else "propose")
            row.save()
            record(actor, "proposed", row, rights_outcome=row.outcome, rights_reason=row.reason)
        else:
            answered(actor, row, now)
    return row


def approve(*, actor: Actor, case: UUID, now: datetime) -> Case:
    """Approve what somebody else proposed; the answer goes out with it.

    Raises:
        CaseProblem: one's own proposal, one's own department's, or decided already.
    """
    with transaction.atomic():
        row = _decidable(actor, case)
        row.decided_by_id, row.decided_at = actor.id, now
        answered(actor, row, now)
    return row


def send_back(*, actor: Actor, case: UUID) -> Case:
    """Have it worked on again."""
    with transaction.atomic():
        row = _decidable(actor, case)
        known = row.verified_at is not None or row.level == rules.NOBODY
        step(row, "send_back" if known else "send_back_unknown")
        row.outcome, row.reason = "", ""
        row.save()
        record(actor, "sent_back", row)
    return row


def answered(actor: Actor, row: Case, now: datetime) -> None:
    """Carry out what the answer says and close the case, in the caller's transaction.

    Where something is still to be destroyed the person is told so, and the case stays open.
    """
    doing.carry_out(actor, row, now)
    if row.first_answered_at is None:
        row.first_answered_at, row.first_stop_on = now, row.stop_on
    if doing.waits(row):
        step(row, "lock")
        row.paused_at, row.pause = None, ""
        row.save()
        forget_proofs(actor, row)
        ending.end(actor, row, now)
        record(actor, "answered", row, rights_outcome=row.outcome, rights_reason=row.reason)
        return
    forget_proofs(actor, row)
    closed(row, "approve" if row.state == State.DECIDING else "answer", now)
    row.save()
    ending.end(actor, row, now)
    record(actor, "answered", row, rights_outcome=row.outcome, rights_reason=row.reason)


def rate(*, actor: Actor, case: UUID, score: int, now: datetime, remark: str = "") -> Case:
    """The person says how satisfied they are, once, and why; a low score opens what was answered again, for the
    supervisor. Where the same was asked again meanwhile, that one goes to the supervisor instead.

    The actor is the person at their own door, whoever took it down for them, or the public page that knows the code.

    Raises:
        CaseProblem: not answered yet, rated before, or no such score.
    """
    if not 1 <= score <= rules.SCORES:
        raise CaseProblem("score.range")
    if len(remark) > rules.MOST_REMARK:
        raise CaseProblem("remark.length")
    with transaction.atomic():
        row = _rateable(actor, case)
        if row.state not in rules.TOLD or row.score is not None:
            raise CaseProblem("case.rated")
        row.score, row.rated_at = score, now
        row.rated_by_id = actor.id if actor.kind is ActorKind.STAFF else None
        if remark.strip():
            row.remark = key_of(row).seal(REMARK, remark.strip().encode())
        row.save(update_fields=["score", "rated_at", "rated_by", "remark"])
        record(actor, "rated", row, score=score)
        if score <= rules.LOW and row.state == State.WATCHING:
            row.escalated = True  # it goes on waiting: what is to be deleted is, and the supervisor is told
            row.save(update_fields=["escalated"])
            record(actor, "escalated", row)
        elif score <= rules.LOW:
            _reopen(actor, row, now)
    return row


def _reopen(actor: Actor, row: Case, now: datetime) -> None:
    """What was answered, or what the person asked again in its place, comes to the supervisor: one of the two always.

    What waits only for its destruction has nothing left to look at, so there the answered one is opened again.
    """
    standing = queries.alike(row.kind, row.customer_id, None, fields=row.fields)
    if standing is not None and standing.state != State.WATCHING:
        _escalate(actor, standing)
        return
    known = row.verified_at is not None or row.level == rules.NOBODY
    step(row, "reopen" if known else "reopen_unknown")
    row.escalated, row.handler, row.taken_at, row.closed_at = True, None, None, None
    row.outcome, row.reason = "", ""
    row.due_on = max(row.due_on, rules.CHILD.after(rules.local(now)))
    row.stop_on = max(row.stop_on, row.due_on)
    row.save()
    record(actor, "reopened", row)


def _escalate(actor: Actor, standing: Case) -> None:
    """The open one is the supervisor's from now on; an answer somebody proposed to it is looked at anew."""
    if standing.state == State.DECIDING:
        known = standing.verified_at is not None or standing.level == rules.NOBODY
        step(standing, "send_back" if known else "send_back_unknown")
        standing.outcome, standing.reason = "", ""
    if not standing.escalated:
        standing.handler, standing.taken_at = None, None
    standing.escalated = True
    standing.save(update_fields=["escalated", "handler", "taken_at", "state", "outcome", "reason"])
    record(actor, "escalated", standing)


def _rateable(actor: Actor, case: UUID) -> Case:
    if actor.kind is ActorKind.STAFF:
        actor.require(Permission.RIGHTS_CASE_FILE)
    row = theirs(actor, case)
    if actor.kind is ActorKind.STAFF and queries.is_involved(actor, row):
        raise CaseProblem("score.involved")
    return row


def _decidable(actor: Actor, case: UUID) -> Case:
    actor.require(Permission.RIGHTS_CASE_DECIDE)
    row = locked(actor, case)
    if row.state != State.DECIDING:
        raise CaseProblem("case.step")
    if row.proposed_by_id is None or people.same_person(actor.id, row.proposed_by_id):
        raise CaseProblem("approver.same-person")
    if queries.is_accused(actor, row):
        raise CaseProblem("case.accused")
    if queries.is_among_themselves(actor, row):
        raise CaseProblem("case.among-themselves")
    return row


def _check_answer(row: Case, answer: Answer) -> None:
    granted = answer.outcome != Outcome.REFUSED
    if row.kind == Kind.COMPLAINT and not row.accused_named:
        raise CaseProblem("accused.missing")
    if granted and row.level and row.verified_at is None:
        raise CaseProblem("identity.unproved")
    if row.state == State.IDENTITY and answer.reason != rules.UNKNOWN:
        raise CaseProblem("identity.unproved")
    if answer.outcome == Outcome.GRANTED:
        if answer.reason:
            raise CaseProblem("reason.unsuitable")
    elif answer.reason not in rules.reasons_for(row.kind, row.act):
        raise CaseProblem("reason.unsuitable")
    _check_conditions(row, answer)
    _check_arranged(row, answer)
    if answer.stated and (row.act not in rules.CORRECTS or not granted):
        raise CaseProblem("correct.not-stated")
    if len(answer.text) > rules.MOST_TEXT:
        raise CaseProblem("text.length")
    speaks = (row.kind in rules.IN_WORDS or answer.stated) and (
        answer.outcome != Outcome.REFUSED or row.kind == Kind.COMPLAINT
    )
    if speaks and not answer.text.strip():
        raise CaseProblem("answer.empty")


def _check_arranged(row: Case, answer: Answer) -> None:
    """What the deceased arranged in life goes before what relatives wish (PIPL 49)."""
    if row.kind != Kind.DECEASED or row.customer_id is None:
        return
    allowed = row.wish in arranged.allowed(row.customer_id)
    if answer.outcome != Outcome.REFUSED and not allowed:
        raise CaseProblem("deceased.arranged")
    if answer.reason == rules.ARRANGED and allowed:
        raise CaseProblem("deceased.nothing-arranged")


def _check_conditions(row: Case, answer: Answer) -> None:
    """A transfer is granted when all four conditions are met, and refused for them when one is not.

    What harms others may be left out of it, so a part can be granted without that one; without another of them nothing.
    """
    lacking = set(rules.CONDITIONS) - set(answer.conditions)
    if row.kind == Kind.PORT:
        if answer.outcome == Outcome.GRANTED and lacking:
            raise CaseProblem("port.conditions")
        if answer.outcome == Outcome.PARTLY and lacking - rules.OF_A_PART:
            raise CaseProblem("port.conditions-partly")
    if answer.reason == "port_conditions" and not lacking:
        raise CaseProblem("port.all-met")
