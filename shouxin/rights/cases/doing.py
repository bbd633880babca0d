"""Doing what a person has a right to: withdrawing, stopping a purpose, closing what is to be deleted.

Each holds from the commit of its transaction. Of groups nothing is destroyed here: what is to be deleted is locked, and
the case stays open until its keys are gone; single fields are erased (erasing.py). A statutory period and an inquiry of
an authority are never overridden.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Actor, GroupState, PurposeStatus
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel as Door
from shouxin.customers.consents.models import RefusalKind
from shouxin.customers.consents.models import State as Given
from shouxin.customers.consents.reading import standing
from shouxin.customers.consents.services import How
from shouxin.customers.registry import merging, restricting
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import queries as journal
from shouxin.rights.cases import erasing, rules
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.foreseeing import DELETE_ARTICLE, foresee, inquired
from shouxin.rights.cases.models import Case, Channel, Deed, Kind, Outcome, State
from shouxin.rights.cases.recording import KEEPER, record
from shouxin.rights.cases.services import step
from shouxin.rights.secrecy import PURPOSE
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault
from shouxin.vault.errors import VaultError

_DOORS = {
    Channel.COUNTER: Door.COUNTER,
    Channel.PHONE: Door.PHONE,
    Channel.MAIL: Door.PAPER,
    Channel.API: Door.API,
    Channel.PORTAL: Door.PORTAL,
    Channel.PUBLIC: Door.FORM,
}
DELETES = frozenset({Kind.DELETE, Kind.CANCEL})
W = Deed.What


def carry_out(actor: Actor, row: Case, now: datetime) -> None:
    """Do what the answer says, in its transaction; the case steps on to wait for destruction where that follows.

    Raises:
        CaseProblem: the answer says something else than what can be done.
    """
    if row.outcome == Outcome.REFUSED or row.customer_id is None:
        return
    if row.act in DELETES and row.fields:
        erasing.begin(row, now)
    elif row.act in DELETES:
        _close_groups(row, now)
    elif row.kind in rules.AT_ONCE:
        stop(actor, row, now)
    elif row.act in rules.CORRECTS:
        _check_corrected(row)


def check(row: Case, now: datetime) -> None:
    """What would keep the answer from being carried out, said while it is being proposed.

    Raises:
        CaseProblem: granted although a statutory period stands in the way, or the other way round.
    """
    if row.outcome == Outcome.REFUSED or row.customer_id is None:
        return
    if row.act in DELETES:
        erasing.check(row)
        # An authority's inquiry postpones a deletion and refuses none; nor may it show in the answer (decision 48).
        kept = any(one.what in {W.SEALED_UP, W.GOES_ON} for one in foresee(row, now))
        if kept and row.outcome == Outcome.GRANTED:
            raise CaseProblem("delete.retained")
        if not kept and row.reason == "retention":
            raise CaseProblem("delete.nothing-retained")
    if row.act in rules.CORRECTS:
        _check_corrected(row)


def stop(actor: Actor, row: Case, now: datetime) -> None:
    """Withdraw or refuse each purpose the person named, at once; what the law demands goes on and is named.

    Raises:
        CaseProblem: one goes on, so that the request cannot be granted as a whole.
    """
    done = set(row.deeds.values_list("purpose", flat=True))
    for purpose in _named(row):
        if purpose not in done:
            _stop_one(actor, row, purpose, now)
    if row.outcome == Outcome.GRANTED and row.deeds.filter(what=W.GOES_ON).exists():
        raise CaseProblem("purpose.goes-on")


def _named(row: Case) -> list[str]:
    """The purposes the person named. All of them: whatever they agreed to, and unless they only withdraw, all else that
    is done for them; where they agreed to nothing, all that they could withdraw, so that this is told.
    """
    if rules.EVERY_PURPOSE not in row.purposes or row.customer_id is None:
        return list(row.purposes)
    family = merging.everybody(row.customer_id)
    given = {one.purpose for customer in family for one in standing(customer) if one.state == Given.GIVEN}
    book = [one for one in rulebooks["rulebook"].purposes() if one.key != PURPOSE]
    asked_for = [one.key for one in book if one.consent_based]
    agreed = [key for key in asked_for if key in given]
    if row.kind == Kind.WITHDRAW:
        return agreed or asked_for
    worked_for = (one for one in book if one.status is PurposeStatus.ACTIVE and one.roles)
    return [*agreed, *(one.key for one in worked_for if not one.consent_based)]


def _stop_one(actor: Actor, row: Case, purpose: str, now: datetime) -> None:
    rule = rulebooks["rulebook"].purpose(purpose)
    if rule is None or row.customer_id is None:
        raise CaseProblem("purpose.unknown")
    if row.kind == Kind.WITHDRAW and not rule.consent_based:
        raise CaseProblem("purpose.no-consent")
    what, article = W.STOPPED, ""
    try:
        if rule.consent_based:
            how = How(_DOORS[Channel(row.channel)])
            consents.withdraw(actor=actor, customer=row.customer_id, purpose=purpose, how=how, now=now)
            what = W.WITHDRAWN
        else:
            kind = RefusalKind.RESTRICTED if row.kind == Kind.RESTRICT else RefusalKind.OBJECTED
            consents.refuse_purpose(
                actor=actor, customer=row.customer_id, purpose=purpose, kind=kind, now=now
            )
    except ConsentProblem as problem:
        if problem.code == "consent.none":
            what = W.NOTHING
        elif problem.code == "purpose.goes-on":
            what, article = W.GOES_ON, rule.article
        else:
            raise CaseProblem("customer.unknown") from None
    Deed.objects.create(
        case=row, customer_id=row.customer_id, what=what, purpose=purpose, article=article[:200], at=now
    )


def _close_groups(row: Case, now: datetime) -> None:
    """Lock every group at once and say of each why and until when; the customer is no longer read or changed."""
    check(row, now)
    found = foresee(row, now)
    vault.move_state(
        actor=KEEPER, groups=[(one.customer, one.group) for one in found], state=GroupState.LOCKED
    )
    restricting.restrict(
        actor=KEEPER, customers=sorted({one.customer for one in found}), reason="deletion", now=now
    )
    before = set(row.deeds.exclude(storage_group="").values_list("customer_id", "storage_group"))
    Deed.objects.bulk_create(
        [
            Deed(
                case=row,
                customer_id=one.customer,
                what=one.what,
                storage_group=one.group,
                article=one.article,
                until=one.until,
                begins=one.begins,
                lasts=one.lasts,
                at=now,
            )
            for one in found
            if (one.customer, one.group) not in before  # opened again: it was done and said the first time
        ]
    )
    record(
        KEEPER,
        "locked",
        row,
        waiting=sum(one.what is not W.SEALED_UP for one in found),
        retained=sum(one.what is W.SEALED_UP for one in found),
    )


def waits(row: Case) -> bool:
    """Whether something of the person still has to be destroyed, or an inquiry to end."""
    return row.deeds.filter(what__in=[W.WAITING, W.PENDING, W.HELD], destroyed_at__isnull=True).exists()


def _check_corrected(row: Case) -> None:
    """A correction is granted by having made it: the fields asked about were changed since the case was taken on, all
    of them, or some where it is granted in part. What is no field of the file is corrected by the handler's own word,
    with what and why, and somebody else looks at it.
    """
    if row.stated:
        return
    since = (
        row.filed_at if row.escalated else row.taken_at
    )  # opened again, it may have been made the first time
    if row.customer_id is None or since is None:
        raise CaseProblem("correct.not-yet")
    if not row.fields:
        raise CaseProblem("correct.which")
    made = _changed_since(row.customer_id, since) & set(row.fields)
    if not made or (row.outcome == Outcome.GRANTED and made != set(row.fields)):
        raise CaseProblem("correct.not-yet")


def _changed_since(customer: UUID, since: datetime) -> set[str]:
    """The fields that were changed, whoever of those who are one they belong to."""
    family, found = sorted(merging.everybody(customer)), set[str]()
    before: UUID | None = None
    while lines := journal.about(family, beginning=["customer.changed"], before=before):
        for line in lines:
            if line.at < since:
                return found
            found |= set(line.data.get("fields") or [])
        before = lines[-1].id
    return found


def settle(*, now: datetime) -> int:
    """Look after what waits for destruction: note what is gone, close what is done; how many cases were closed.

    May be cut off anywhere: each case is a transaction of its own.
    """
    closed = 0
    for case in Case.objects.filter(state=State.WATCHING).order_by("id").values_list("id", flat=True):
        try:
            closed += _settle(case, now)
        except (gate.Refused, VaultError, CryptoError):
            continue  # what cannot be erased now waits, and the others do not wait for it
    return closed


def _settle(case: UUID, now: datetime) -> int:
    with transaction.atomic():
        row = Case.objects.select_for_update(of=("self",)).get(id=case)
        if row.state != State.WATCHING or not _settled(row, now):
            return 0
        step(row, "finish")
        row.closed_at = now
        row.save(update_fields=["state", "closed_at"])
        record(KEEPER, "finished", row)
    return 1


def _release(row: Case, now: datetime) -> None:
    """What was kept for an inquiry that is over is to be deleted as anything else, by the case's own last day."""
    held = row.deeds.filter(what=W.HELD, destroyed_at__isnull=True)
    if row.customer_id is None or not held.exists() or inquired(merging.everybody(row.customer_id)):
        return
    until = max(row.stop_on, rules.local(now))
    count = held.exclude(field="").update(what=W.PENDING, article=DELETE_ARTICLE, until=until)
    count += held.filter(field="").update(what=W.WAITING, article=DELETE_ARTICLE, until=until)
    record(KEEPER, "released", row, count=count)


def _settled(row: Case, now: datetime) -> bool:
    _release(row, now)
    erasing.go_on(row, now)
    open_deeds: Sequence[Deed] = list(row.deeds.filter(destroyed_at__isnull=True).exclude(storage_group=""))
    states = vault_queries.states({one.customer_id for one in open_deeds})
    gone = [
        one
        for one in open_deeds
        if states.get(one.customer_id, {}).get(one.storage_group, GroupState.DESTROYED)
        is GroupState.DESTROYED
    ]
    Deed.objects.filter(id__in=[one.id for one in gone]).update(destroyed_at=now)
    return not waits(row)
