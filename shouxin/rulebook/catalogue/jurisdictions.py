"""Jurisdictions (法域) of the rule pack: which countries each covers, and which is the stricter.

A country that belongs to none stands for itself. The order of strictness is a default of the product, not law.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shouxin.core.text import Text
from shouxin.rulebook.catalogue.models import ReferenceRow
from shouxin.rulebook.catalogue.queries import Cached

TABLE = "jurisdictions"
HOME = "CN"  # where the organisation itself is: the country of the rule pack it runs under
_LEAST = 1_000


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A legal order. `strictness`: the smaller, the stricter."""

    code: str
    name: Text
    countries: frozenset[str]
    strictness: int
    basis: str
    verification: str


def _load() -> Mapping[str, Jurisdiction]:
    rows = ReferenceRow.objects.filter(table=TABLE).order_by("code")
    return MappingProxyType({row.code: _read(row.pack_row, row.verification) for row in rows})


def _read(row: Mapping[str, str], verification: str) -> Jurisdiction:
    name, countries = Text(row["name_zh"], row["name_en"]), frozenset(row["countries"].split())
    return Jurisdiction(row["id"], name, countries, int(row["strictness"]), row["basis"], verification)


_known: Cached[Mapping[str, Jurisdiction]] = Cached(_load, "referencerow")


def known() -> Mapping[str, Jurisdiction]:
    """Every jurisdiction by code; cached, and asked once for a whole batch."""
    return _known.get()


def of_country(country: str, table: Mapping[str, Jurisdiction]) -> str:
    """The code of the jurisdiction that covers a country (ISO 3166-1, or with a subdivision: US-CA)."""
    return next((one.code for one in table.values() if country in one.countries), country)


def strictest(codes: Iterable[str], table: Mapping[str, Jurisdiction]) -> str:
    """The strictest of several jurisdictions; those without a rank come after all others, in their order."""
    return min(codes, key=lambda code: (table[code].strictness if code in table else _LEAST, code))
