"""Reading packages: the one of a case, and what tables they are made of."""

from collections.abc import Collection

from shouxin.core.policy import FieldRule
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import holdings
from shouxin.kit.holdings import Table
from shouxin.rights.cases.models import Case
from shouxin.rights.packages.models import Package

FIRST = ("customers_record", "customers_customer")


def of(case: Case) -> Package | None:
    """The newest package of a case that the reader may see."""
    return case.packages.select_related("made_by", "frozen_by", "taken_by").order_by("-made_at").first()


def tables() -> list[Table]:
    """What is told, in the order in which people read it: the values first."""
    found = holdings.tables.values()
    return sorted(found, key=lambda one: FIRST.index(one.key) if one.key in FIRST else len(FIRST))


def fields(keys: Collection[str]) -> list[FieldRule]:
    known = rulebooks["rulebook"].fields()
    return [known[key] for key in keys]
