"""What the clock says where a customer is: the zones of the countries their data points to, and the days off there."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from shouxin.kit.abroad import HOME, is_public_holiday

# One country, one clock, whatever the table of zones lists beside it.
OFFICIAL = {HOME: ("Asia/Shanghai",), "US-CA": ("America/Los_Angeles",)}
SUNDAY = 6


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    """Zones by country (ISO 3166-1), from the time zone database that comes along."""
    found: dict[str, list[str]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()} | OFFICIAL


def zones(countries: Collection[str]) -> dict[str, tuple[ZoneInfo, ...]]:
    """The zones of these countries; a country nobody knows counts as the organisation's own."""
    table = _table()
    known = {one: table.get(one) or table.get(one.partition("-")[0]) for one in countries}
    named = {one: names for one, names in known.items() if names} or {HOME: OFFICIAL[HOME]}
    return {one: tuple(ZoneInfo(name) for name in names) for one, names in named.items()}


def is_holiday(country: str, local: datetime) -> bool:
    """A day off in `country`: its public holidays, and Sundays where it is not mainland China. What an approved region
    profile lists besides is asked beside this."""
    day = local.date()
    return is_public_holiday(country, day) or (country != HOME and day.weekday() == SUNDAY)
