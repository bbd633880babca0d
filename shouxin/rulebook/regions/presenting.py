"""Region profiles in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shouxin.core.policy import FieldRule
from shouxin.core.policy.regions import raised
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.regions import queries
from shouxin.rulebook.regions.forms import DAYS
from shouxin.rulebook.regions.models import RegionVersion
from shouxin.rulebook.regions.rules import Hours, loosened
from shouxin.rulebook.showing import language


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a profile: as the catalogue has it, and as it counts there."""

    key: str
    name: str
    before: str
    after: str
    reason: str
    verification: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as the screen shows it."""

    version: RegionVersion
    hours: str
    lines: Sequence[Line]
    looser: Sequence[str]


def shown(version: RegionVersion) -> Shown:
    """The version with what it brings, and what it would demand less than the one in force."""
    known, demands = fields(), queries.rules_of(version)
    lines = [
        Line(
            one.field,
            known[one.field].name.in_(language()),
            _standing(known[one.field]),
            _standing(raised(known[one.field], demands)),
            one.reason,
            one.verification,
        )
        for one in queries.raises_of(version)
    ]
    standing = queries.in_force().get(version.jurisdiction)
    looser = loosened(queries.rules_of(standing), demands) if standing and standing.id != version.id else []
    return Shown(
        version,
        hours_words(queries.hours_of(version)),
        lines,
        [known[k].name.in_(language()) for k in looser],
    )


def _standing(rule: FieldRule) -> str:
    words = _("%(level)d 级") % {"level": rule.level}
    return words + (_("，敏感") if rule.sensitive else "")


def hours_words(hours: Hours) -> str:
    """When customers may be contacted, in words: 周一至周五 09:00–18:00 (Europe/Brussels)."""
    named = dict(DAYS)
    days = sorted(hours.weekdays)
    in_a_row = days == list(range(days[0], days[-1] + 1))
    if in_a_row and days[0] + 1 < days[-1]:
        said = _("周%(first)s至周%(last)s") % {"first": named[days[0]], "last": named[days[-1]]}
    else:
        said = _("、").join(str(_("周%(day)s") % {"day": named[day]}) for day in days)
    clock = f"{hours.from_hour:%H:%M}–{hours.until_hour:%H:%M}"
    return _("%(days)s %(clock)s（当地，%(zone)s）") % {"days": said, "clock": clock, "zone": hours.timezone}
