"""One clean-up run: dead contacts, long inactive customers and suspected duplicates, each with its reason.

Profiles are opened by the named service, journalled per batch; what is kept is codes. Done again after a cut-off, it
lists nobody twice, and what somebody decided stands.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from shouxin.core.ledger.entry import JSON
from shouxin.core.policy import Storage, service_actor
from shouxin.customers.cleanup import rules
from shouxin.customers.cleanup.models import CleanupItem, CleanupRun, Decision, Group
from shouxin.customers.duplicates.models import UNDECIDED, SuspectedPair
from shouxin.customers.quality.models import Later, Standing
from shouxin.customers.registry import clear, merging
from shouxin.customers.registry.models import Customer, Record, RecordKind, Visibility
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import ids
from shouxin.kit.statements import execute
from shouxin.people.thresholds import queries as thresholds
from shouxin.vault import services as vault

CLEANUP = service_actor("cleanup")
MAINTENANCE = "maintenance"
AT_ONCE = 1_000
MONTH = timedelta(days=30.4375)
# Whatever somebody does with a customer; masked lists and what services do are no dealings.
DEALINGS = (
    "contact.opened",
    "customer.changed",
    "customer.created",
    "field.read",
    "field.revealed",
    "record.added",
    "value.verified",
)
_LAST = """
SELECT c.id, (SELECT max(e.at) FROM journal_entry e WHERE e.customer = c.id AND e.event = ANY(%b::text[]))
FROM customers_customer c WHERE c.id = ANY(%b::uuid[])
"""
_KEEP = """
INSERT INTO cleanup_item (id, customer_id, "group", reasons, last_active_at, pair_id, run_id, decision)
SELECT i, c, g, string_to_array(r, ' '), l, p, %b, ''
FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::timestamptz[], %b::uuid[]) AS w(i, c, g, r, l, p)
ORDER BY c, g
ON CONFLICT (customer_id, "group") DO UPDATE SET run_id = EXCLUDED.run_id,
    reasons = CASE WHEN cleanup_item.decision = '' THEN EXCLUDED.reasons ELSE cleanup_item.reasons END,
    last_active_at = EXCLUDED.last_active_at, pair_id = EXCLUDED.pair_id
"""
Found = tuple[UUID, str, str, datetime | None, UUID | None]


class Stopped(Exception):
    """Told to stop before the end."""


def work(run: UUID, now: datetime, stop: Callable[[], bool]) -> None:
    """The whole run; over already, nothing happens.

    Raises:
        Stopped: `stop` said so; it is done again from the start.
    """
    row = CleanupRun.objects.filter(id=run, finished_at__isnull=True).first()
    if row is None:
        return
    months = thresholds.value(rules.MONTHS)
    everybody = list(
        Customer.objects.filter(visibility=Visibility.OPEN, absorbed_by__isnull=True, restricted=False)
        .order_by("id")
        .values_list("id", flat=True)
    )
    CleanupRun.objects.filter(id=run).update(months=months, customers=len(everybody), looked_at=0)
    for start in range(0, len(everybody), AT_ONCE):
        if stop():
            raise Stopped
        some = everybody[start : start + AT_ONCE]
        keep(run, [*_dead(some, now), *_inactive(some, now - months * MONTH), *_duplicates(some)])
        CleanupRun.objects.filter(id=run).update(looked_at=start + len(some))
    _end(run, now)


def _dead(customers: Sequence[UUID], now: datetime) -> list[Found]:
    """Those whom nothing reaches: no way known, every one malformed, or marked so by whoever is responsible."""
    known = rulebooks["rulebook"].fields()
    wanted = [key for key in (*rules.REACH, *rules.REACH_OF_CONTACT) if key in known and known[key].active]
    families = merging.families(customers)
    everyone = [one for family in families.values() for one in family]
    contacts = Record.objects.filter(
        customer_id__in=everyone, kind=RecordKind.CONTACT, ended_at__isnull=True
    ).values_list("id", "customer_id")
    with transaction.atomic():
        permit = gate.permit_maintenance(
            actor=CLEANUP, purpose=MAINTENANCE, customers=everyone, fields=wanted, reason="cleanup", now=now
        )
        opened = vault.reveal(permit, records=[*everyone, *(record for record, _ in contacts)])
    problems: dict[UUID, dict[str, bool]] = {one: {} for one in everyone}
    for record, customer in (*((one, one) for one in everyone), *contacts):
        for key, shown in opened.of(customer, record).items():
            if shown.text:
                problems[customer][f"{record} {key}"] = shown.problem is not None
    rows = list(Customer.objects.filter(id__in=everyone))
    for customer, origins in clear.origins(rows).items():
        for key in wanted:
            if known[key].storage is Storage.CLEAR and key in origins:
                problems[customer][key] = origins[key].problem is not None
    failed = set(
        Standing.objects.filter(id__in=customers, later_reason=Later.UNREACHABLE).values_list("id", flat=True)
    )
    found: list[Found] = []
    for customer, family in families.items():
        ways = {key: wrong for one in family for key, wrong in problems[one].items()}
        reason = rules.unreachable(ways) or ("reach.failed" if customer in failed else "")
        if reason:
            found.append((customer, Group.DEAD.value, reason, None, None))
    return found


def _inactive(customers: Sequence[UUID], before: datetime) -> list[Found]:
    """Those with whom nobody had dealings since `before`, nor with whom was merged into them."""
    families = merging.families(customers)
    everyone = [one for family in families.values() for one in family]
    last: dict[UUID, datetime | None] = {row[0]: row[1] for row in execute(_LAST, [list(DEALINGS), everyone])}
    created = dict(Customer.objects.filter(id__in=everyone).values_list("id", "created_at"))
    found: list[Found] = []
    for customer, family in families.items():
        newest = max(last.get(one) or created.get(one) or before for one in family)
        if newest < before:
            found.append((customer, Group.INACTIVE.value, "inactive", newest, None))
    return found


def _duplicates(customers: Sequence[UUID]) -> list[Found]:
    """Those of whom a pair waits to be judged; of each the surest."""
    pairs = SuspectedPair.objects.filter(customer_id__in=customers, state__in=UNDECIDED).order_by("score")
    surest = {pair.customer_id: pair.id for pair in pairs}
    return [(one, Group.DUPLICATE.value, "duplicate", None, pair) for one, pair in surest.items()]


def keep(run: UUID, found: Sequence[Found]) -> None:
    """Put these on their lists; who stands there already stands there once."""
    if found:
        columns = [list(column) for column in zip(*found, strict=True)]
        execute(_KEEP, [run, [ids.new() for _ in found], *columns])


def _end(run: UUID, now: datetime) -> None:
    """Done: what nobody decided and this run no longer found leaves the lists."""
    with transaction.atomic():
        gone = ~Exists(Customer.objects.filter(id=OuterRef("customer_id"), absorbed_by__isnull=True))
        CleanupItem.objects.filter(Q(decision=Decision.NONE) & (~Q(run_id=run) | gone)).delete()
        row = CleanupRun.objects.select_for_update().get(id=run)
        row.finished_at = now
        row.save(update_fields=["finished_at"])
        listed = CleanupItem.objects.filter(decision=Decision.NONE).count()
        data: dict[str, JSON] = {"run": str(run), "looked_at": row.looked_at, "listed": listed}
        journal.append(actor=CLEANUP, event="cleanup.run_finished", data=data)
