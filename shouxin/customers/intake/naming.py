"""What import batches are called where a value tells its origin."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils import timezone

from shouxin.core.text import Text
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.registry import origins
from shouxin.customers.registry.models import Provenance


def names(rows: Collection[Provenance]) -> Mapping[UUID, Text]:
    """By provenance, the batch it belongs to, by the day its file came."""
    batches = ImportBatch.objects.filter(id__in={row.batch_id for row in rows if row.batch_id})
    days = {batch.id: timezone.localtime(batch.uploaded_at).strftime("%Y-%m-%d") for batch in batches}
    return {
        row.id: Text(f"导入批次 {days[row.batch_id]}", f"Import of {days[row.batch_id]}")
        for row in rows
        if row.batch_id in days
    }


origins.namers.register("imports", names)
