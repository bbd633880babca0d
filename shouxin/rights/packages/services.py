"""What a person asked to see: put together, reviewed, frozen, handed over once, destroyed; one function per verb."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, service_actor
from shouxin.core.policy.decision import is_fresh
from shouxin.customers.attachments import handing as attachments
from shouxin.customers.registry import merging
from shouxin.journal import services as journal
from shouxin.kit import holdings, ids
from shouxin.kit.holdings import Asking, Row, Table
from shouxin.rights import secrecy
from shouxin.rights.cases import on_behalf
from shouxin.rights.cases import queries as cases
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Kind, Outcome, Requester
from shouxin.rights.cases.models import State as CaseState
from shouxin.rights.cases.recording import PURPOSE, record
from shouxin.rights.cases.services import handled, theirs
from shouxin.rights.packages import keeping, queries, rules, writing
from shouxin.rights.packages.models import Package, State, Way
from shouxin.rights.packages.wording import Words, lines_of
from shouxin.rulebook.catalogue.queries import held_revision
from shouxin.rulebook.purposes.queries import organisation_name
from shouxin.vault import parcels

COLLECTOR = service_actor("rights")  # which the purpose of individual rights names among its services
REASON = "access_package"
VALUES = "customers_record"
_OUTSIDE = {ActorKind.CUSTOMER: Way.PORTAL, ActorKind.SERVICE: Way.FOLLOW}


def assemble(*, actor: Actor, case: UUID, now: datetime) -> Package:
    """Put together everything that is kept about the person; one that was being reviewed gives way.

    Raises:
        CaseProblem: not such a request, not in hand, or rules that would leave out what nobody may keep from a person.
        shouxin.gate.services.Refused: the gate does not open it (journalled).
    """
    with transaction.atomic():
        row = handled(actor, case, CaseState.HANDLING)
        if row.act not in rules.KINDS or row.customer_id is None:
            raise CaseProblem("package.kind")
        _check_rules(row.customer_id)
        for one in row.packages.filter(wrapped_key__isnull=False):
            _destroy(actor, one, now)
        return _made(actor, row, row.customer_id, now)


def _check_rules(customer: UUID) -> None:
    """Fields in use that no rule lets a person see, although something lies where they are kept."""
    missing = secrecy.forgotten()
    if missing:
        groups = cases.held_groups(customer)
        if any(one.storage_group in groups for one in queries.fields(missing)):
            raise CaseProblem("package.rules")


def _made(actor: Actor, row: Case, customer: UUID, now: datetime) -> Package:
    package = ids.new()
    key = parcels.new_key(package)
    made = Package.objects.create(
        id=package,
        case=row,
        customer_id=customer,
        made_by_id=actor.id,
        made_at=now,
        customers=merging.everybody(customer),
        key_suite=key.suite.id,
        wrapped_key=key.wrapped,
    )
    writer = keeping.Writer(key, made)
    with held_revision():
        told = {table.key: rows for table, rows in holdings.of(asking(made.customers, now))}
        for table in queries.tables():
            made.counts[table.key] = _kept(writer, table.key, told[table.key])
    writer.finish()
    made.save(update_fields=["counts"])
    record(actor, "package_made", row, package=str(package), count=sum(made.counts.values()))
    return made


def asking(customers: list[UUID], now: datetime) -> Asking:
    """The question for everything that is kept of some customers who are one."""
    return Asking(COLLECTOR, PURPOSE, customers, secrecy.told(), REASON, now)


def _kept(writer: keeping.Writer, table: str, rows: Iterable[Row]) -> int:
    """Seal the rows a piece at a time; how many there were."""
    total, given = 0, iter(rows)
    while piece := [{"id": one.id, "said": one.said} for one in islice(given, keeping.ROWS)]:
        writer.rows(table, piece)
        total += len(piece)
    return total


def look(*, actor: Actor, case: UUID, row: str) -> str:
    """One value in clear, for whoever has to judge whether it is about others; journalled as any look at a value.

    Raises:
        CaseProblem: nothing is being reviewed, or there is no such value in it.
    """
    with transaction.atomic():
        package = _reviewed(actor, case)
        found = next(
            (
                one["said"]
                for one in keeping.rows_in(keeping.key_of(package), package, VALUES)
                if one["id"] == row
            ),
            None,
        )
        if found is None:
            raise CaseProblem("package.row")
        journal.append(
            actor=actor,
            event="field.revealed",
            customer=package.customer_id,
            purpose=PURPOSE,
            data={
                "purpose": PURPOSE,
                "fields": [found["field"]],
                "reason": REASON,
                "grants": [],
                "case": str(case),
            },
        )
        value = found["value"]
    return "、".join(lines_of(value, "zh"))


def freeze(*, actor: Actor, case: UUID, withheld: Mapping[str, str], now: datetime) -> Package:
    """Say what is left out and why, and write the archive; from now on nothing in it changes.

    Raises:
        CaseProblem: nothing is being reviewed, an unknown row or reason, or files that cannot be reached now.
    """
    with transaction.atomic():
        package = _reviewed(actor, case)
        if not set(withheld.values()) <= rules.WITHHELD.keys():
            raise CaseProblem("package.reason")
        if package.customers != merging.everybody(package.customer_id):
            raise CaseProblem("package.grown")
        key = keeping.key_of(package)
        known = set()
        if withheld:
            known = {one["id"] for _table, rows in keeping.parts(key, package) for one in rows}
        if not withheld.keys() <= known:
            raise CaseProblem("package.row")
        package.withheld = dict(sorted(withheld.items()))
        sink = writing.Sink(_taker(key, package), keeping.PIECE)
        with held_revision():
            writing.write(_content(key, package, now), sink)
        package.pieces.exclude(table="").delete()
        package.sha256, package.size = sink.hash.hexdigest(), sink.size
        package.state, package.frozen_by_id, package.frozen_at = State.FROZEN, actor.id, now
        package.save(update_fields=["withheld", "sha256", "size", "state", "frozen_by", "frozen_at"])
        record(
            actor,
            "package_frozen",
            package.case,
            package=str(package.id),
            digest=f"sha256:{package.sha256}",
            withheld=len(withheld),
        )
    return package


def _taker(key: parcels.ParcelKey, package: Package) -> Any:
    numbers = iter(range(1 << 30))
    return lambda piece: keeping.keep(key, package, "", next(numbers), piece)


def _content(key: parcels.ParcelKey, package: Package, now: datetime) -> writing.Content:
    def parts() -> Iterator[tuple[Table, Iterable[Mapping[str, Any]]]]:
        written = keeping.parts(key, package)
        following = next(written, None)
        for table in queries.tables():
            rows: Iterable[Mapping[str, Any]] = ()
            if following is not None and following[0] == table.key:
                rows = (_shown(one, package.withheld) for one in following[1])
            yield table, rows
            if rows:
                following = next(written, None)

    def files() -> Iterator[writing.Attached]:
        left_out = frozenset(package.withheld)
        for one in attachments.of_person(COLLECTOR, package.customers, REASON, left_out=left_out, now=now):
            yield writing.Attached(f"files/{one.name}", one.chunks)

    return writing.Content(
        str(package.id),
        package.case.number,
        package.made_at,
        organisation_name(),
        parts,
        files,
        Words(),
        lambda name: keeping.Draft(key, package, name),
        deceased=package.case.kind == Kind.DECEASED,
    )


def _shown(row: Mapping[str, Any], withheld: Mapping[str, str]) -> Mapping[str, Any]:
    reason = withheld.get(row["id"])
    return {"id": row["id"], "withheld": reason} if reason else row


def hand_over(*, actor: Actor, case: UUID, now: datetime) -> tuple[Package, Iterator[bytes]]:
    """Give the archive out, once: to the person at their own door, or to whoever dealt with the case, to pass it on.

    It is given when its last byte was; what broke off before may be begun again by the same person, as long as it
    lasts. A new beginning ends the one before, so that never more than one gets all of it.
    Whoever asks has just proved a second time who they are; at the person's own door, and for whoever asked for
    somebody else and follows it from outside, this is checked here.

    Raises:
        CaseProblem: there is none to be had, it was fetched already, it ran out, somebody else began to fetch it, or
            the second proof is too old.
    """
    with transaction.atomic():
        row = theirs(actor, case)
        on_behalf.check_still(actor, row, now)
        _check_may_have(actor, row, now)
        package = row.packages.select_for_update(of=("self",)).filter(state=State.READY).first()
        if package is None or package.expires_at is None or package.expires_at <= now:
            raise CaseProblem("package.none")
        by = (_OUTSIDE[actor.kind], None) if actor.kind in _OUTSIDE else (Way.STAFF, actor.id)
        if package.attempt and (package.way, package.taken_by_id) != by:
            raise CaseProblem("package.other")
        package.attempt += 1
        package.way, package.taken_by_id = by
        package.save(update_fields=["attempt", "way", "taken_by"])
        record(actor, "package_begun", row, package=str(package.id), package_way=package.way)
    return package, _streamed(actor, package, now)


def _check_may_have(actor: Actor, row: Case, now: datetime) -> None:
    if actor.kind is ActorKind.SERVICE and row.requester == Requester.SELF:
        raise CaseProblem("package.none")  # at their own door
    if actor.kind in _OUTSIDE:
        if not is_fresh(actor.second_factor_at, now):
            raise CaseProblem("package.second-factor")
    elif row.handler_id != actor.id:
        raise CaseProblem("case.not-yours")


def _streamed(actor: Actor, package: Package, now: datetime) -> Iterator[bytes]:
    """The bytes, a piece at a time; with the last one key and content are gone. Fewer once somebody began anew."""
    given = 0
    for piece in keeping.file_in(keeping.key_of(package), package):
        given += len(piece)
        yield piece
    with transaction.atomic():
        found = Package.objects.select_for_update(of=("self",)).get(id=package.id)
        if found.wrapped_key is None or (found.attempt, found.size) != (package.attempt, given):
            return
        found.state, found.taken_at = State.TAKEN, now
        record(actor, "package_taken", found.case, package=str(found.id), package_way=found.way)
        _destroy(actor, found, now)


def tidy(*, now: datetime) -> int:
    """Destroy what ran out; how many. May be cut off anywhere."""
    count = 0
    over = Package.objects.filter(wrapped_key__isnull=False, expires_at__lte=now)
    for package in list(over.values_list("id", flat=True)):
        with transaction.atomic():
            row = Package.objects.select_for_update(of=("self",)).get(id=package)
            if row.wrapped_key is not None:
                _destroy(COLLECTOR, row, now)
                count += 1
    return count


def _destroy(actor: Actor, row: Package, now: datetime) -> None:
    """The key first: without it the pieces are nothing, wherever copies of them lie."""
    row.pieces.all().delete()
    row.wrapped_key, row.ended_at = None, now
    row.state = State.TAKEN if row.state == State.TAKEN else State.ENDED
    row.save(update_fields=["wrapped_key", "ended_at", "state", "taken_at"])
    record(actor, "package_ended", row.case, package=str(row.id))


def check_answer(row: Case) -> None:
    """An answer that hands out needs its package: put together, reviewed, frozen; or handed over before already."""
    if row.outcome == Outcome.REFUSED:
        return
    found = set(row.packages.values_list("state", flat=True))
    if State.REVIEW in found:
        raise CaseProblem("package.review")
    if row.act in rules.KINDS and row.customer_id is not None and not found & rules.HANDED:
        raise CaseProblem("package.missing")


def case_ended(actor: Actor, row: Case, now: datetime) -> None:
    """With a granted answer the archive can be fetched from now on; with any other end it goes."""
    granted = row.state == CaseState.ANSWERED and row.outcome in {Outcome.GRANTED, Outcome.PARTLY}
    for package in row.packages.select_for_update(of=("self",)).filter(wrapped_key__isnull=False):
        if granted and package.state == State.FROZEN:
            package.state, package.expires_at = State.READY, now + rules.LASTS
            package.save(update_fields=["state", "expires_at"])
        elif package.state in {State.REVIEW, State.FROZEN}:
            _destroy(actor, package, now)


def _reviewed(actor: Actor, case: UUID) -> Package:
    row = handled(actor, case, CaseState.HANDLING)
    found = row.packages.select_for_update(of=("self",)).filter(state=State.REVIEW).first()
    if found is None:
        raise CaseProblem("package.none")
    return found
