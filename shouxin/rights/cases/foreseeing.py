"""What deleting does, looked at before it is done: what a law keeps, what an inquiry postpones, what goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shouxin.core.policy import GroupState
from shouxin.customers.registry import merging
from shouxin.gate.facts import rules as rulebooks
from shouxin.rights.cases import rules, starting
from shouxin.rights.cases.models import OPEN, Case, Deed, Kind
from shouxin.rights.cases.rules import Kept
from shouxin.rights.cases.starting import Dates
from shouxin.rulebook.catalogue.models import RetentionRule
from shouxin.vault import queries as vault_queries

# Deletion: the handler deletes by itself, or what an authority looks into is kept for it.
DELETE_ARTICLE, INQUIRY_ARTICLE = "个人信息保护法 第47条第1款", "个人信息保护法 第63条"
W = Deed.What


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What deleting would do to one group, or to one field the person named."""

    customer: UUID
    group: str
    what: Deed.What
    article: str
    until: date | None  # None: for good, or not known yet where it says from what it counts
    field: str = ""
    begins: str = ""
    lasts: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """A statutory minimum, and the fields to which it applies."""

    kept: Kept
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class End:
    """Until when a law keeps something: for good, to a day, or to one that is not known yet."""

    kept: Kept
    day: date | None

    @property
    def rank(self) -> tuple[bool, bool, date]:
        """The latest of several: for good is later than unknown, unknown than any day."""
        return self.kept.minimum is None, self.day is None, self.day or date.max


def foresee(row: Case, now: datetime) -> list[Foreseen]:
    """What deleting does to each group that is kept: statutory periods and inquiries close it, all else is deleted.

    Where the person named single fields: what it does to each of them.
    """
    if row.customer_id is None:
        return []
    if row.fields:
        return _fields(row, now)
    family = sorted(merging.everybody(row.customer_id))
    laws, today = _laws_of_groups(), rules.local(now)
    held = inquired(family)
    states = vault_queries.states(family)
    standing = {group for groups in states.values() for group in groups} & laws.keys()
    dates = _dates(family, [law for group in standing for law in laws[group]], now)
    found = []
    for customer, groups in sorted(states.items()):
        for group, state in sorted(groups.items()):
            if state is GroupState.DESTROYED:
                continue
            end = _end(laws.get(group, ()), dates, today)
            if end is not None:
                found.append(_kept(customer, group, W.SEALED_UP, end))
            elif held:
                found.append(Foreseen(customer, group, W.HELD, INQUIRY_ARTICLE, None))
            else:
                found.append(Foreseen(customer, group, W.WAITING, DELETE_ARTICLE, max(row.stop_on, today)))
    return found


def _fields(row: Case, now: datetime) -> list[Foreseen]:
    """What the law keeps goes on being kept, as part of what lies with it; an inquiry postpones; all else goes."""
    customer = row.customer_id
    known, book, today = _laws(), rulebooks["rulebook"].fields(), rules.local(now)
    if customer is None:
        return []
    family = sorted(merging.everybody(customer))
    held, found = inquired(family), []
    kept = {key: known.get(book[key].retention_rule) for key in row.fields if key in book}
    laws = {key: Law(one, frozenset({key})) for key, one in kept.items() if one is not None}
    dates = _dates(family, laws.values(), now)
    for key in row.fields:
        end = _end([laws[key]], dates, today) if key in laws else None
        if end is not None:
            found.append(_kept(customer, "", W.GOES_ON, end, key))
        elif held:
            found.append(Foreseen(customer, "", W.HELD, INQUIRY_ARTICLE, None, key))
        else:
            found.append(Foreseen(customer, "", W.PENDING, DELETE_ARTICLE, max(row.stop_on, today), key))
    return found


def _kept(customer: UUID, group: str, what: Deed.What, end: End, field: str = "") -> Foreseen:
    kept = end.kept
    return Foreseen(customer, group, what, kept.article, end.day, field, kept.begins, kept.lasts)


def _dates(family: Sequence[UUID], laws: Iterable[Law], now: datetime) -> Dates:
    """What the periods of `laws` count from; nothing is read where none of them ends."""
    counted = [law for law in laws if law.kept.minimum is not None]
    fields = {key for law in counted for key in law.fields}
    return starting.dates_of(family, fields, now) if counted else Dates()


def _end(laws: Iterable[Law], dates: Dates, today: date) -> End | None:
    """Until when what lies together is kept: the latest of its laws. None: no law keeps it, or none any longer."""
    found = []
    for law in laws:
        if law.kept.minimum is None:
            found.append(End(law.kept, None))
            continue
        start = starting.begun(dates, law.kept.begins, law.fields)
        day = law.kept.minimum.after(start) if start else None
        if day is None or day >= today:
            found.append(End(law.kept, day))
    return max(found, key=lambda end: end.rank, default=None)


def _laws() -> dict[str, Kept]:
    """By retention rule: the statutory minimum it states."""
    return {
        rule.code: kept
        for rule in RetentionRule.objects.defer("pack_row")
        if (
            kept := rules.retained(
                rule.bound_type, rule.min_value, rule.min_unit, rule.legal_basis, rule.clock_start
            )
        )
    }


def _laws_of_groups() -> dict[str, list[Law]]:
    """By storage group: the statutory minimums that hold for what lies in it."""
    periods, found = _laws(), dict[str, dict[str, set[str]]]()
    for key, rule in rulebooks["rulebook"].fields().items():
        if rule.storage_group and rule.retention_rule in periods:
            found.setdefault(rule.storage_group, {}).setdefault(rule.retention_rule, set()).add(key)
    return {
        group: [Law(periods[code], frozenset(keys)) for code, keys in sorted(by_rule.items())]
        for group, by_rule in found.items()
    }


def inquired(family: Sequence[UUID]) -> bool:
    """Whether an authority looks into them now."""
    return Case.objects.filter(customer_id__in=family, kind=Kind.INQUIRY, state__in=OPEN).exists()
