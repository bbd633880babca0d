"""What deleting does, looked at before it is done: what a law keeps, what an inquiry postpones, what goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shouxin.core.policy import GroupState
from shouxin.customers.registry import merging
from shouxin.gate.facts import rules as rulebooks
from shouxin.rights.cases import rules
from shouxin.rights.cases.models import OPEN, Case, Deed, Kind
from shouxin.rights.cases.rules import Kept
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
    until: date | None
    field: str = ""


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
    found = []
    for customer, groups in sorted(vault_queries.states(family).items()):
        for group, state in sorted(groups.items()):
            if state is GroupState.DESTROYED:
                continue
            kept = laws.get(group)
            if kept is not None:
                until = kept.minimum.after(today) if kept.minimum else None
                found.append(Foreseen(customer, group, W.SEALED_UP, kept.article, until))
            elif held:
                found.append(Foreseen(customer, group, W.HELD, INQUIRY_ARTICLE, None))
            else:
                found.append(Foreseen(customer, group, W.WAITING, DELETE_ARTICLE, max(row.stop_on, today)))
    return found


def _fields(row: Case, now: datetime) -> list[Foreseen]:
    """What the law keeps goes on being kept, as part of what lies with it; an inquiry postpones; all else goes."""
    customer = row.customer_id
    laws, book, today = _laws(), rulebooks["rulebook"].fields(), rules.local(now)
    if customer is None:
        return []
    held, found = inquired(sorted(merging.everybody(customer))), []
    for key in row.fields:
        kept = laws.get(book[key].retention_rule) if key in book else None
        if kept is not None:
            until = kept.minimum.after(today) if kept.minimum else None
            found.append(Foreseen(customer, "", W.GOES_ON, kept.article, until, key))
        elif held:
            found.append(Foreseen(customer, "", W.HELD, INQUIRY_ARTICLE, None, key))
        else:
            found.append(Foreseen(customer, "", W.PENDING, DELETE_ARTICLE, max(row.stop_on, today), key))
    return found


def _laws() -> dict[str, Kept]:
    """By retention rule: the statutory minimum it states."""
    return {
        rule.code: kept
        for rule in RetentionRule.objects.defer("pack_row")
        if (kept := rules.retained(rule.bound_type, rule.min_value, rule.min_unit, rule.legal_basis))
    }


def _laws_of_groups() -> dict[str, Kept]:
    """By storage group: the statutory minimum that holds for what lies in it, the longest where there are several."""
    periods, found = _laws(), dict[str, Kept]()
    for rule in rulebooks["rulebook"].fields().values():
        kept = periods.get(rule.retention_rule)
        if kept is None or not rule.storage_group:
            continue
        standing = found.get(rule.storage_group)
        if standing is None or _longer(kept, standing):
            found[rule.storage_group] = kept
    return found


def _longer(one: Kept, other: Kept) -> bool:
    if one.minimum is None or other.minimum is None:
        return one.minimum is None
    begin = date(2000, 1, 1)
    return one.minimum.after(begin) > other.minimum.after(begin)


def inquired(family: Sequence[UUID]) -> bool:
    """Whether an authority looks into them now."""
    return Case.objects.filter(customer_id__in=family, kind=Kind.INQUIRY, state__in=OPEN).exists()
