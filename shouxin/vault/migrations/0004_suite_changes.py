"""Proposals to outdate a suite, each confirmed by a second person."""

import django.db.models.deletion
import shouxin.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0003_own_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SuiteChange',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('suite', models.SmallIntegerField()),
                ('successor', models.SmallIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('refused', 'Refused')], default='proposed', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('groups', models.BigIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'vault_suite_change',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('state',), name='vault_suite_change_one_waits'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='vault_suite_change_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='vault_suite_change_has_a_name')],
            },
        ),
    ]
