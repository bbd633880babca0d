"""“This was not me”: what a person denies is put out of use at once, kept as it is, and looked into in a case."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from shouxin.core.policy import Actor, GroupState, Permission, customer_actor, service_actor
from shouxin.customers.registry import merging
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.people.guarding import queries as guard
from shouxin.people.guarding import services as guarding
from shouxin.portal.changes import tokens
from shouxin.portal.changes.errors import ChangeProblem
from shouxin.portal.changes.models import Freeze, Notice
from shouxin.portal.changes.queries import change_of
from shouxin.portal.entering.models import Session
from shouxin.portal.held.queries import PURPOSE
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Channel, Check, Kind
from shouxin.rights.cases.services import Asked
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault
from shouxin.vault.rules import WRITABLE

KEEPER = replace(service_actor("rights"), permissions=frozenset({Permission.CUSTOMERS_PROFILE_EDIT}))
W, What = Freeze.Way, Freeze.What


@dataclass(frozen=True, slots=True)
class Denied:
    """Whose fields of which record a person says they never changed, and since when those stand there."""

    customer: UUID
    record: UUID
    fields: Collection[str]
    since: datetime
    entry: UUID | None = None


def deny_by_link(*, token: str, address: str, now: datetime) -> Freeze:
    """The link of a notice: everything that notice told of is put out of use. It works once, and does nothing else.

    Raises:
        ChangeProblem: unknown, used or over, all alike; or too many tries from this network.
    """
    if guard.portal_closed_to(address=address, now=now):
        raise ChangeProblem("address.closed")
    if tokens.is_ours(token):
        with transaction.atomic():
            row = (
                Notice.objects.select_for_update()
                .filter(token_digest=tokens.digest(token), expires_at__gt=now, used_at=None)
                .first()
            )
            if row is not None:
                changes = list(row.changes.all())
                row.used_at, row.token_digest = now, None
                row.save(update_fields=["used_at", "token_digest"])
                denied = Denied(
                    row.customer_id,
                    row.customer_id,
                    {one.field for one in changes},
                    min(one.at for one in changes),
                )
                return _freeze(customer_actor(row.customer_id), denied, W.LINK, now)
    guarding.portal_failed(address=address, now=now)
    raise ChangeProblem("link.over")


def deny_change(*, me: Actor, entry: UUID, session: UUID, now: datetime) -> Freeze:
    """At one's own door: one change as it is listed there is put out of use; other sign-ins end.

    Raises:
        ChangeProblem: no change of this person, or stopped before.
    """
    found = change_of(me, entry)
    if found is None:
        raise ChangeProblem("change.unknown")
    if found.frozen:
        raise ChangeProblem("change.frozen")
    denied = Denied(found.customer, found.record, found.fields, found.at, entry)
    try:
        with transaction.atomic():
            return _freeze(me, denied, W.PORTAL, now, but=session)
    except IntegrityError:
        raise ChangeProblem("change.frozen") from None


def deny_sign_in(*, me: Actor, denied: UUID, session: UUID, now: datetime) -> Freeze:
    """Somebody else came in: every sign-in but this one ends, and a complaint is filed about it.

    Raises:
        ChangeProblem: no sign-in of this person, or this very one.
    """
    with transaction.atomic():
        mine = (
            Session.objects.filter(id=denied, customer_id__in=merging.family(me.id))
            .exclude(id=session)
            .first()
        )
        if mine is None:
            raise ChangeProblem("change.unknown")
        at = f"{timezone.localtime(mine.started_at):%Y-%m-%d %H:%M}"
        text = f"本人否认 {at} 的门户登录，其他登录已全部退出，请核实。"
        filed = cases.file(actor=me, asked=Asked(Kind.COMPLAINT, Channel.PORTAL, Words(text), me.id), now=now)
        _end_sessions(me.id, now, but=session)
        row = Freeze.objects.create(
            id=ids.new(), customer_id=me.id, what=What.SIGN_IN, way=W.PORTAL, case=filed.case, at=now
        )
        journal.append(
            actor=me,
            event="portal.sign_in_denied",
            customer=me.id,
            purpose=PURPOSE,
            data={"freeze": str(row.id), "case": str(filed.case.id)},
        )
    return row


def _freeze(
    actor: Actor, denied: Denied, way: Freeze.Way, now: datetime, *, but: UUID | None = None
) -> Freeze:
    """Lock the groups that hold the fields, end the sign-ins, file the case; in the caller's transaction."""
    Customer.objects.select_for_update(of=("self",)).values("id").get(id=denied.customer)
    groups = _lockable(denied)
    vault.move_state(
        actor=KEEPER, groups=[(denied.customer, group) for group in groups], state=GroupState.LOCKED
    )
    asked = Asked(
        kind=Kind.CORRECT,
        channel=Channel.PORTAL,
        words=Words(_words(denied, way)),
        customer=actor.id,
        fields=tuple(sorted(denied.fields)),
        reached=Check.Method.LINK if way is W.LINK else None,
    )
    case = cases.file(actor=actor, asked=asked, now=now).case
    _end_sessions(actor.id, now, but=but)
    row = Freeze.objects.create(
        id=ids.new(),
        customer_id=denied.customer,
        what=What.CHANGE,
        way=way,
        case=case,
        record_id=denied.record,
        fields=sorted(denied.fields),
        since=denied.since,
        groups=groups,
        entry=denied.entry,
        at=now,
    )
    journal.append(
        actor=actor,
        event="portal.change_denied",
        customer=denied.customer,
        purpose=PURPOSE,
        data={"fields": row.fields, "freeze": str(row.id), "case": str(case.id), "freeze_way": way.value},
    )
    return row


def _lockable(denied: Denied) -> list[str]:
    """The storage groups of the fields that can be locked now; one that is locked already belongs to another reason."""
    known = rulebooks["rulebook"].fields()
    wanted = {known[key].storage_group for key in denied.fields if key in known and known[key].storage_group}
    states = vault_queries.states([denied.customer]).get(denied.customer, {})
    return sorted(group for group in wanted if states.get(group) in WRITABLE)


def _words(denied: Denied, way: Freeze.Way) -> str:
    known = rulebooks["rulebook"].fields()
    names = "、".join(known[key].name.zh if key in known else key for key in sorted(denied.fields))
    where = "通过变更通知中的链接" if way is W.LINK else "在客户门户中"
    return (
        f"本人{where}否认以下更改：{names}。"
        "更改后的内容已停用，更改前的内容仍然保留；请核实后决定保留更改还是恢复原来的内容。"
    )


def _end_sessions(customer: UUID, now: datetime, *, but: UUID | None) -> None:
    """Whoever changed somebody's contact may have come in by it."""
    found = Session.objects.filter(customer_id__in=merging.family(customer), ended_at=None)
    if but is not None:
        found = found.exclude(id=but)
    found.update(ended_at=now)
