"""The three figures of the register (完整, 准确, 保密) by department: worked out in the background, opened as lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission, PurposeRule, PurposeStatus, Role, Sight
from shouxin.customers.quality import scoring
from shouxin.customers.quality.models import Figure
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import EMERGENCY
from shouxin.journal.queries import Line, acts_since, counts_since
from shouxin.kit import lists, statements
from shouxin.kit.lists import Place, Window
from shouxin.people.models import Department, Staff

MASKED = ("list.viewed", "list.searched", "profile.viewed", "field.read")
CLEAR = "field.revealed"
COUNT = "quality.count"  # the job's name; jobs.py does it
DAYS = timedelta(days=30)
PER_PAGE = 50
SCANNED = 5_000  # customers of a department that one page of a list looks through

_COMPLETENESS = f"""
SELECT c.owner_department_id, count(*) FILTER (WHERE a.needed),
    count(*) FILTER (WHERE a.needed AND x.v IS NULL), count(x.v) FILTER (WHERE a.days > 0),
    count(*) FILTER (WHERE y.old)
FROM {scoring.JUDGED} WHERE c.visibility = 'open' AND c.absorbed_by IS NULL GROUP BY 1
"""  # noqa: S608 - our own text
_VERIFIED = """
SELECT c.owner_department_id, count(*), count(*) FILTER (WHERE e.value ->> 3 IS NOT NULL)
FROM customers_customer c JOIN customers_standing s ON s.customer_id = c.id
CROSS JOIN LATERAL jsonb_each(s."values") e
WHERE c.visibility = 'open' AND c.absorbed_by IS NULL GROUP BY 1
"""
_PART = """
part AS (
    SELECT c.* FROM unnest(%(departments)s::uuid[]) AS d(id) CROSS JOIN LATERAL (
        SELECT c.id, c.kind FROM customers_customer c
        WHERE c.owner_department_id = d.id AND c.id {beyond} %(edge)s::uuid
        AND c.visibility = 'open' AND c.absorbed_by IS NULL ORDER BY c.id {order} LIMIT %(scanned)s
    ) c ORDER BY c.id {order} LIMIT %(scanned)s
)
"""
_ENDING = """
SELECT f.id, f.keys, q.last, q.n FROM (SELECT {last}(id::text)::uuid AS last, count(*) AS n FROM part) q
LEFT JOIN (SELECT * FROM found ORDER BY id {order} LIMIT %(most)s) f ON TRUE ORDER BY f.id {order}
"""
_LACKING = f"""
WITH {_PART}, found AS (
    SELECT c.id, array_agg(a.key ORDER BY a.key) AS keys
    FROM {scoring.JUDGED.replace("customers_customer c", "part c")}
    WHERE CASE %(what)s::text WHEN 'missing' THEN a.needed AND x.v IS NULL ELSE y.old END GROUP BY c.id
)
{_ENDING}"""  # noqa: S608 - our own text
_UNVERIFIED = f"""
WITH {_PART}, found AS (
    SELECT c.id, array_agg(DISTINCT e.key) AS keys FROM part c JOIN customers_standing s ON s.customer_id = c.id
    CROSS JOIN LATERAL jsonb_each(s."values") e WHERE e.value ->> 3 IS NULL GROUP BY c.id
)
{_ENDING}"""  # noqa: S608 - our own text
_ONWARDS = {"beyond": "<", "order": "DESC", "last": "min"}
_BACK = {"beyond": ">", "order": "ASC", "last": "max"}
LAST = UUID(int=2**128 - 1)


@dataclass(slots=True)
class Counts:
    """What is counted of one department for one purpose, or of several together."""

    asked: int = 0
    missing: int = 0
    present: int = 0
    old: int = 0
    values: int = 0
    verified: int = 0
    reads: int = 0
    open_reads: int = 0

    def add(self, other: "Counts") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def completeness(self) -> int | None:
        return _share(self.asked - self.missing, self.asked)

    @property
    def freshness(self) -> int | None:
        return _share(self.present - self.old, self.present)

    @property
    def accuracy(self) -> int | None:
        """The verified share."""
        return _share(self.verified, self.values)

    @property
    def confidentiality(self) -> int | None:
        """The share of reads that were masked, or rested on a grant."""
        return _share(self.reads - self.open_reads, self.reads)


def _share(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures as somebody may see them: by department, and all together."""

    rows: list[tuple[Department, Counts]]
    total: Counts
    programs: Counts | None  # reads of programs, for who sees the whole register
    at: datetime | None = None


Lowering = tuple[
    UUID, list[str]
]  # a customer that lowers a figure, and the keys of the fields by which it does


def work_out(*, now: datetime) -> None:
    """Count anew; everything at once or nothing."""
    made: dict[tuple[UUID | None, str], Figure] = {}

    def of(department: UUID | None, purpose: str) -> Figure:
        key = (department, purpose)
        if key not in made:
            made[key] = Figure(department_id=department, purpose=purpose, at=now)
        return made[key]

    for purpose in rulebooks["rulebook"].purposes():
        if purpose.status is PurposeStatus.ACTIVE:
            rows = statements.execute(_COMPLETENESS, scoring.asked(purpose, now))
            for department, asked, missing, present, old in rows:
                row = of(department, purpose.key)
                row.asked, row.missing, row.present, row.old = asked, missing, present, old
    for department, values, verified in statements.execute(_VERIFIED):
        row = of(department, "")
        row.present, row.verified = values, verified
    for department, reads, open_reads in _reads(now):
        row = of(department, "")
        row.reads, row.open_reads = reads, open_reads
    with transaction.atomic():
        Figure.objects.all().delete()
        Figure.objects.bulk_create(made.values())


def _reads(now: datetime) -> Iterator[tuple[UUID | None, int, int]]:
    """Reads of the last days by the department of who read; programs stand in none."""
    home = dict(Staff.objects.values_list("pseudonym", "department_id"))
    reads: dict[UUID | None, int] = {}
    for (actor, _event), count in counts_since([*MASKED, CLEAR], now - DAYS).items():
        reads[home.get(actor)] = reads.get(home.get(actor), 0) + count
    opened: dict[UUID | None, int] = {}
    for line in acts_since([CLEAR], now - DAYS):
        if is_open(line):
            opened[home.get(line.actor)] = opened.get(home.get(line.actor), 0) + 1
    for department, count in reads.items():
        yield department, count, opened.get(department, 0)


def is_open(line: Line) -> bool:
    """Whether a clear value was shown without a grant given beforehand: by emergency access, or of a field that needs
    none."""
    return not line.data.get("grants") or line.data.get("reason") == EMERGENCY


def scope(actor: Actor) -> list[UUID]:
    """The departments whose figures `actor` sees: the officer all, a head those below."""
    actor.require(Permission.CUSTOMERS_QUALITY_READ)
    if Role.OFFICER in actor.roles or actor.sight is Sight.ALL:
        return list(Department.objects.values_list("id", flat=True))
    return list(actor.department_ids)


def overview(*, actor: Actor, purpose: PurposeRule) -> Overview:
    """The figures of the actor's departments for `purpose`, as they were worked out last."""
    mine = scope(actor)
    wide = Role.OFFICER in actor.roles or actor.sight is Sight.ALL
    counts: dict[UUID | None, Counts] = {}
    at: datetime | None = None
    for row in Figure.objects.filter(purpose__in=["", purpose.key]):
        one = counts.setdefault(row.department_id, Counts())
        if row.purpose:
            one.add(Counts(row.asked, row.missing, row.present, row.old))
        else:
            one.add(Counts(0, 0, 0, 0, row.present, row.verified, row.reads, row.open_reads))
        at = max(at, row.at) if at else row.at
    departments = Department.objects.filter(id__in=[key for key in counts if key in set(mine)])
    rows = [(one, counts[one.id]) for one in departments.order_by("name", "id")]
    total = Counts()
    for _department, one in rows:
        total.add(one)
    programs = counts.get(None) if wide else None
    if programs:
        total.add(programs)
    return Overview(rows, total, programs, at)


def summed(actor: Actor) -> tuple[Counts, datetime | None]:
    """The figures of the actor's departments for all purposes together, as they were worked out last."""
    total, at = Counts(), None
    for row in Figure.objects.filter(department_id__in=scope(actor)):
        at = max(at, row.at) if at else row.at
        if row.purpose:
            total.add(Counts(row.asked, row.missing, row.present, row.old))
        else:
            total.add(Counts(0, 0, 0, 0, row.present, row.verified, row.reads, row.open_reads))
    return total, at


def lowering(
    *,
    actor: Actor,
    purpose: PurposeRule,
    what: str,
    department: UUID | None,
    place: Place,
    now: datetime,
) -> Window[Lowering]:
    """Customers that lower completeness ("missing"), freshness ("old") or the verified share ("unverified"), the
    youngest entry first.
    """
    mine = scope(actor)
    departments: Sequence[UUID] = [one for one in mine if department in (None, one)]
    values: dict[str, Any] = {
        **scoring.asked(purpose, now),
        "departments": list(departments),
        "edge": place.edge or LAST,
        "scanned": SCANNED,
        "most": place.size + 1,
        "what": what,
    }
    text = _UNVERIFIED if what == "unverified" else _LACKING
    if what == "unverified":
        values = {key: values[key] for key in ("departments", "edge", "scanned", "most")}
    rows = statements.execute(text.format_map(_BACK if place.backwards else _ONWARDS), values)
    found = [(customer, list(keys)) for customer, keys, _last, _n in rows if customer is not None]
    last, scanned = (rows[0][2], rows[0][3]) if rows else (None, 0)
    return lists.cut(found, place, lambda one: one[0], last if scanned == SCANNED else None)


def open_reads(*, actor: Actor, department: UUID | None, place: Place, now: datetime) -> Window[Line]:
    """Reads that were neither masked nor granted beforehand, the latest first."""
    mine = [one for one in scope(actor) if department in (None, one)]
    readers = set(Staff.objects.filter(department_id__in=mine).values_list("pseudonym", flat=True))
    edge = lists.uuid_or_none(str(place.edge))
    way = {"after": edge} if place.backwards else {"before": edge}
    found: list[Line] = []
    for seen, line in enumerate(acts_since([CLEAR], now - DAYS, limit=SCANNED, **way), start=1):
        if is_open(line) and line.actor in readers:
            found.append(line)
        if len(found) > place.size:
            break
        if seen == SCANNED:
            return lists.cut(found, place, lambda one: one.id, line.id)
    return lists.cut(found, place, lambda one: one.id)
