"""Who is too young to agree for themselves: birth dates read inside the process, against each jurisdiction's age."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from shouxin.core.identifiers.dates import parse_date
from shouxin.core.policy import service_actor
from shouxin.customers.consents import rules
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.limits import ZONE
from shouxin.kit.registry import Registry
from shouxin.rulebook.catalogue import jurisdictions
from shouxin.rulebook.catalogue.models import ReferenceRow
from shouxin.rulebook.catalogue.queries import Cached
from shouxin.vault import services as vault

READER = service_actor("consents")
PURPOSE = "maintenance"
BIRTH, NUMBER = "birth_date", "id_number"
TABLE = "jurisdiction-pack"
_TOPICS = frozenset({"minor age", "minor opt-in"})
_PARENT = re.compile(
    r"<(\d+) parent"
)  # below which a parent decides, where minors above it decide themselves
_DIGITS = re.compile(r"\d{6}(\d{8})\d{3}[\dXx]")

# Whether somebody (a customer) is noted as guardian of a customer today: (customer, guardian, now).
guardians: Registry[Callable[[UUID, UUID, datetime], bool]] = Registry("guardians")


def _load() -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in ReferenceRow.objects.filter(table=TABLE):
        told = row.pack_row
        if told["topic"] in _TOPICS:
            parent = _PARENT.search(told["rule"])
            found[told["jurisdiction"]] = int(parent[1] if parent else told["number"])
    return found


_ages: Cached[Mapping[str, int]] = Cached(_load, "referencerow")


def age_of_consent(jurisdiction: str, also_under: Sequence[str]) -> int:
    """Below which age a guardian agrees: the highest of several jurisdictions, the home's where none says."""
    known = _ages.get()
    home = known.get(jurisdictions.HOME, 0)
    return max(known.get(code, home) for code in (jurisdiction, *also_under))


def is_guardian(customer: UUID, guardian: UUID, now: datetime) -> bool:
    """Whether `guardian` is noted as one of `customer` today."""
    return any(known(customer, guardian, now) for known in guardians.values())


def born(text: str, number: str) -> date | None:
    """The day of birth: as written down, or else as the identity number holds it."""
    if found := parse_date(text):
        return found
    inside = _DIGITS.fullmatch(number.strip())
    with suppress(ValueError):
        return date.fromisoformat(inside[1]) if inside else None
    return None


def under_age(customers: Sequence[UUID], now: datetime) -> dict[UUID, int]:
    """Those too young to agree for themselves, each with the age below which a guardian decides.

    Somebody whose birth date is not known is not among them. Runs within the caller's transaction; one journalled read
    of a named service.

    Raises:
        Refused: the maintenance purpose is not in force; then nobody can tell.
    """
    days, today = _born(customers, "consents", now), now.astimezone(ZONE).date()
    found = {}
    for row in Customer.objects.filter(id__in=list(days)):
        age = age_of_consent(row.jurisdiction, row.also_under)
        if rules.is_under(days[row.id], age, today):
            found[row.id] = age
    return found


def is_child(customers: Sequence[UUID], why: str, now: datetime) -> bool:
    """Whether the person whom these rows are about is below the age at home (PIPL 31: 14), whatever law is theirs.

    Raises:
        Refused: the maintenance purpose is not in force; then nobody can tell.
    """
    age, today = age_of_consent(jurisdictions.HOME, ()), now.astimezone(ZONE).date()
    return any(rules.is_under(day, age, today) for day in _born(customers, why, now).values())


def _born(customers: Sequence[UUID], why: str, now: datetime) -> dict[UUID, date]:
    """The day of birth of each of whom it is known; it never leaves the process."""
    known = [key for key in (BIRTH, NUMBER) if key in rulebooks["rulebook"].fields()]
    permit = gate.permit_maintenance(
        actor=READER, purpose=PURPOSE, customers=customers, fields=known, reason=why, now=now
    )
    opened, found = vault.reveal(permit, records=customers), {}
    for customer in customers:
        cells = opened.of(customer)
        texts = {key: (cells[key].text or "") if key in cells else "" for key in (BIRTH, NUMBER)}
        if day := born(texts[BIRTH], texts[NUMBER]):
            found[customer] = day
    return found
