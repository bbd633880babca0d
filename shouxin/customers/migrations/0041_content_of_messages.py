"""A message keeps the digest of its content alone, which is asked at every sending."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from shouxin.customers.messages.rules import Content


def keep_digests(apps: Any, editor: Any) -> None:
    """Of what was handed in before."""
    messages = apps.get_model("customers", "Message").objects.using(editor.connection.alias)
    for row in messages.exclude(state="draft"):
        said = {name: getattr(row, name) for name in Content.__slots__ if name != "proof"}
        row.content_sha256 = Content(**said, proof=row.proof_sha256).digest()
        row.save(update_fields=["content_sha256"])


class Migration(migrations.Migration):
    dependencies = [("customers", "0040_one_index_each")]
    operations = [
        migrations.AddField("message", "content_sha256", models.CharField(blank=True, default="", max_length=64)),
        migrations.AlterField("message", "content_sha256", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(keep_digests, migrations.RunPython.noop),
        migrations.RemoveConstraint("message", "message_frozen_when_submitted"),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=Q(state="draft")
                | (~Q(sha256="") & ~Q(content_sha256="") & Q(submitted_at__isnull=False)),
                name="message_frozen_when_submitted",
            ),
        ),
    ]
