"""Whose law applies to a customer (法域): derived from what the stored values point to, with the source of each sign.

Country, dialling code, kind of document and address are signs. One that stands alone decides; where they point to
different jurisdictions the strictest applies; without any, the organisation's own is presumed (clause C9.0).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from shouxin.core.identifiers.origins import country_of, may_tell
from shouxin.core.policy import FieldRule
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import UNVERIFIED, Kept
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import countries
from shouxin.rulebook.catalogue import jurisdictions

PROFILE = "profile"
NAMED = frozenset({"country", "nationality"})  # fields that name a country in words or by its code
Table = Mapping[str, jurisdictions.Jurisdiction]
Signs = dict[str, str]  # field -> country (ISO 3166-1, or with a subdivision)


def sign_of(rule: FieldRule, kept: Kept) -> str | None:
    """The country this value of a profile points to; None where it points nowhere or was stored with a fault."""
    if rule.key in NAMED:
        return countries.code_of(kept.text)
    if kept.mark == UNVERIFIED:
        return None
    found = country_of(rule.validator, kept.text)
    if found is None:
        return countries.in_address(kept.text) if rule.validator == "ADDRESS" else None
    return _code_of(found)


@lru_cache(maxsize=512)
def _code_of(country: str) -> str | None:
    """The code of a country as phones and documents name it, which are few."""
    return countries.code_of(country)


def signs_after(
    before: Mapping[str, str], values: Mapping[str, Kept | None], fields: Mapping[str, FieldRule]
) -> Signs:
    """The signs of a customer after `values` were stored; None takes a value, and with it its sign, away."""
    after = {key: country for key, country in before.items() if key not in values}
    for key, kept in values.items():
        rule = fields[key]
        if kept is not None and tells(rule) and (country := sign_of(rule, kept)):
            after[key] = country
    return after


def tells(rule: FieldRule) -> bool:
    """Whether values of the field may point to a country."""
    return rule.record == PROFILE and (may_tell(rule.validator) or rule.key in NAMED)


def derived(signs: Mapping[str, str], table: Table) -> tuple[str, list[str]]:
    """The jurisdiction that follows from the signs, and the others they point to.

    It is the strictest of them, or the organisation's own when there is no sign.
    """
    codes = _codes(signs, table)
    if not codes:
        return jurisdictions.HOME, []
    first = jurisdictions.strictest(codes, table)
    return first, sorted(codes - {first})


def _codes(signs: Mapping[str, str], table: Table) -> set[str]:
    return {jurisdictions.of_country(country, table) for country in signs.values()}


@dataclass(frozen=True, slots=True)
class Applying:
    """The jurisdiction of a customer as a page shows it: its name, what it rests on, and whether signs disagree."""

    name: str
    source: str
    conflict: bool


def applying(row: Customer, language: str) -> Applying:
    """What applies to this customer, in the reader's language."""
    known, fields = jurisdictions.known(), rulebooks["rulebook"].fields()
    found = known.get(row.jurisdiction)
    name = found.name.in_(language) if found else countries.name_of(row.jurisdiction)
    signs = [
        f"{fields[key].name.in_(language)} → {countries.name_of(country)}"
        for key, country in sorted(row.jurisdiction_signs.items())
        if key in fields
    ]
    if not signs:
        return Applying(name, _("推定：没有指向其他国家或地区的信息"), conflict=False)
    return Applying(name, _("依据：%(signs)s") % {"signs": _("；").join(signs)}, bool(row.also_under))
