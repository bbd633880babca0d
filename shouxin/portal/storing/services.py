"""Stating where a store is."""

from datetime import datetime

from django.db import transaction
from django_countries import countries

from shouxin.core.identifiers import divisions
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.portal.storing.configuration import stores
from shouxin.portal.storing.errors import StoringProblem
from shouxin.portal.storing.models import Part, StoredIn

HOME = "CN"


def state(*, actor: Actor, part: Part, country: str, province: str, seen: str, now: datetime) -> StoredIn:
    """State in which country (and, in China, which province) a store is; `seen` is the configuration looked at.

    Raises:
        StoringProblem: the store was configured anew meanwhile, or there is no such place.
    """
    actor.require(Permission.PORTAL_STORAGE_STATE)
    known = {one.name for one in divisions.provinces().values()}
    if country not in countries.countries or (province and (country != HOME or province not in known)):
        raise StoringProblem("place.unknown")
    with transaction.atomic():
        if stores()[part].digest != seen:
            raise StoringProblem("configuration.changed")
        row = StoredIn.objects.create(
            part=part,
            country=country,
            province=province,
            configuration=seen,
            stated_by_id=actor.id,
            stated_at=now,
        )
        journal.append(
            actor=actor,
            event="portal.storage_stated",
            data={"storage_part": part.value, "storage_country": country, "statement": str(row.id)},
        )
    return row
