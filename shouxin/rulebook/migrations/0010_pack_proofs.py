"""The proofs that rule packs loosened nothing."""

import django.db.models.deletion
import shouxin.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0009_regions'),
    ]

    operations = [
        migrations.CreateModel(
            name='PackProof',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('by', models.UUIDField()),
                ('digest_before', models.CharField(max_length=64)),
                ('digest_after', models.CharField(max_length=64)),
                ('compared', models.PositiveIntegerField()),
                ('added', models.PositiveIntegerField()),
                ('lines', models.JSONField(default=list)),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='rulebook.pack')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
    ]
