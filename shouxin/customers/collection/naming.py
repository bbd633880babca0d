"""What forms and plans are called where a value tells its origin."""

from collections.abc import Collection, Mapping
from uuid import UUID

from shouxin.core.text import Text
from shouxin.customers.collection.models import CollectionPlan
from shouxin.customers.collection_forms.queries import titles
from shouxin.customers.registry import origins
from shouxin.customers.registry.models import Provenance


def of_forms(rows: Collection[Provenance]) -> Mapping[UUID, Text]:
    """By provenance, the form it was asked on."""
    found = titles({row.form_version for row in rows if row.form_version})
    return {row.id: found[row.form_version] for row in rows if row.form_version in found}


def of_plans(rows: Collection[Provenance]) -> Mapping[UUID, Text]:
    """By provenance, the plan it was gathered for."""
    plans = CollectionPlan.objects.filter(id__in={row.plan for row in rows if row.plan})
    found = dict(plans.values_list("id", "title"))
    return {row.id: Text(found[row.plan], found[row.plan]) for row in rows if row.plan in found}


origins.namers.register("forms", of_forms)
origins.namers.register("plans", of_plans)
