"""What a region demands of a field beyond the catalogue: it raises the level or counts as sensitive, never less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shouxin.core.policy.levels import HIGHEST_LEVEL, OWN_APPLICATION_LEVEL, SENSITIVE_LEVEL
from shouxin.core.policy.vocabulary import FieldRule


@dataclass(frozen=True, slots=True)
class RegionRule:
    """One field in one region."""

    level: int = 0
    sensitive: bool = False


Regions = Mapping[str, Mapping[str, RegionRule]]  # jurisdiction -> field -> what it demands


def of_region(regions: Regions, jurisdiction: str) -> Mapping[str, RegionRule]:
    """What holds for a customer there: the region's own profile, else that of the country it is part of."""
    found = regions.get(jurisdiction)
    return found if found is not None else regions.get(jurisdiction.partition("-")[0], {})


def of_customer(regions: Regions, jurisdiction: str, others: Sequence[str]) -> Mapping[str, RegionRule]:
    """What holds for a customer whose signs point to several jurisdictions: of each demand the strictest."""
    if not regions:
        return {}
    region = of_region(regions, jurisdiction)
    if not others:
        return region
    strictest = dict(region)
    for other in others:
        for key, demand in of_region(regions, other).items():
            known = strictest.get(key, RegionRule())
            strictest[key] = RegionRule(max(known.level, demand.level), known.sensitive or demand.sensitive)
    return strictest


def raised(rule: FieldRule, region: Mapping[str, RegionRule]) -> FieldRule:
    """The field as it counts in that region; the stricter of catalogue and profile."""
    demand = region.get(rule.key)
    if demand is None:
        return rule
    sensitive = rule.sensitive or demand.sensitive
    level = max(rule.level, demand.level, SENSITIVE_LEVEL if demand.sensitive else 0)
    if (level, sensitive) == (rule.level, rule.sensitive):
        return rule
    crossed = any(rule.level < step <= level for step in (OWN_APPLICATION_LEVEL, HIGHEST_LEVEL))
    return replace(rule, level=level, sensitive=sensitive, by_region=crossed or sensitive > rule.sensitive)
