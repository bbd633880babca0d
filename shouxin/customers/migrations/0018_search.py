"""What public values are found by, and the hits of a search while its pages are turned."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import shouxin.kit.ids


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0017_segments"),
    ]

    operations = [
        migrations.AddField(
            "customer",
            "search_parts",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddIndex(
            "customer",
            django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("search_parts", []), _negated=True), fields=["search_parts"], gin_pending_list_limit=256, name="customer_parts"
            ),
        ),
        migrations.CreateModel(
            name="SearchResult",
            fields=[
                ("id", models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ("token", models.BinaryField(unique=True)),
                ("reader", models.UUIDField()),
                ("purpose", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=32)),
                ("crowd", models.BooleanField()),
                ("customers", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "customers_search_result"},
        ),
    ]
