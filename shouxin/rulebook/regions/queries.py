"""Reading region profiles; the rules in force are cached like the fields."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.core.policy.regions import RegionRule, Regions
from shouxin.rulebook.catalogue.models import ReferenceRow
from shouxin.rulebook.catalogue.queries import Cached, log_ins_of
from shouxin.rulebook.regions.models import RegionVersion
from shouxin.rulebook.regions.rules import Hours, Raise

TABLE = "jurisdiction-pack"


def _load() -> Mapping[str, RegionVersion]:
    found: dict[str, RegionVersion] = {}
    approved = RegionVersion.objects.filter(approved_at__isnull=False).prefetch_related("raises__field")
    for version in approved.order_by("jurisdiction", "number"):
        found[version.jurisdiction] = version
    return MappingProxyType(found)


_versions: Cached[Mapping[str, RegionVersion]] = Cached(_load, "regionversion", "regionfield", "field")


def in_force() -> Mapping[str, RegionVersion]:
    """The newest approved profile of each jurisdiction; cached."""
    return _versions.get()


def _rules() -> Regions:
    return MappingProxyType(
        {
            code: MappingProxyType({one.field: one.rule for one in raises_of(version)})
            for code, version in _load().items()
        }
    )


_in_force_rules: Cached[Regions] = Cached(_rules, "regionversion", "regionfield")


def in_force_rules() -> Regions:
    """What the profiles in force demand, as the gate sees it; cached."""
    return _in_force_rules.get()


def raises_of(version: RegionVersion) -> list[Raise]:
    """The fields a version raises."""
    return [
        Raise(one.field_id, one.level, one.sensitive, one.reason, one.verification)
        for one in version.raises.all()
    ]


def rules_of(version: RegionVersion | None) -> dict[str, RegionRule]:
    """The same as the gate sees it; nothing for no version."""
    return {one.field: one.rule for one in raises_of(version)} if version else {}


def hours_of(version: RegionVersion) -> Hours:
    """When customers there may be called or written to."""
    return Hours(
        version.timezone,
        tuple(version.weekdays),
        version.from_hour,
        version.until_hour,
        tuple(version.holidays),
    )


def versions(actor: Actor) -> QuerySet[RegionVersion]:
    """Every version of every profile, the newest of each jurisdiction first."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    return RegionVersion.objects.prefetch_related("raises__field").order_by("jurisdiction", "-number")


def awaiting(actor: Actor) -> QuerySet[RegionVersion]:
    """Drafts that wait for this person's approval."""
    if not actor.may(Permission.RULEBOOK_REGION_APPROVE):
        return RegionVersion.objects.none()
    return RegionVersion.objects.filter(approved_at__isnull=True).exclude(drafted_by__in=log_ins_of(actor))


def jurisdictions(actor: Actor) -> list[str]:
    """Those the rule pack or the organisation speaks of."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    delivered = {row.pack_row["jurisdiction"] for row in ReferenceRow.objects.filter(table=TABLE)}
    return sorted(delivered | set(RegionVersion.objects.values_list("jurisdiction", flat=True)))


def law(actor: Actor, jurisdiction: str) -> list[ReferenceRow]:
    """What the rule pack says of a jurisdiction, each row with its mark of verification."""
    actor.require(Permission.RULEBOOK_FIELD_READ)
    rows = ReferenceRow.objects.filter(table=TABLE).order_by("code")
    return [row for row in rows if row.pack_row["jurisdiction"] == jurisdiction]
