"""Markings as of high risk, alerts of what was read of them, and grants that two people approve."""

import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import shouxin.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0007_emergency_access'),
        ('people', '0004_second_factors'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RiskAlert',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
                ('purpose', models.CharField(max_length=64)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None)),
                ('at', models.DateTimeField()),
                ('officer_at', models.DateTimeField(null=True)),
                ('head_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'access_risk_alert',
            },
        ),
        migrations.CreateModel(
            name='RiskMark',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField(null=True)),
                ('field', models.CharField(blank=True, max_length=64)),
                ('storage_group', models.CharField(blank=True, max_length=120)),
                ('state', models.CharField(choices=[('proposed', '待批准'), ('active', '生效中'), ('ending', '解除待批准'), ('ended', '已解除'), ('refused', '未批准'), ('withdrawn', '已撤回')], default='proposed', max_length=16)),
                ('reason', models.CharField(max_length=300)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('end_proposed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'access_risk_mark',
            },
        ),
        migrations.AddField(
            model_name='standinggrant',
            name='seconded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='standinggrant',
            name='seconded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='standinggrant',
            name='strict',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='standinggrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('strict', True), _negated=True), models.Q(('daily_limit__lte', 5), ('until__lte', django.db.models.expressions.CombinedExpression(models.F('proposed_at'), '+', models.Value(datetime.timedelta(days=7))))), _connector='OR'), name='grant_strict_is_short'),
        ),
        migrations.AddConstraint(
            model_name='standinggrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['active', 'ended']), ('strict', True), _negated=True), ('seconded_by__isnull', False), _connector='OR'), name='grant_strict_has_two_names'),
        ),
        migrations.AddConstraint(
            model_name='standinggrant',
            constraint=models.CheckConstraint(condition=models.Q(('seconded_by__isnull', True), models.Q(models.Q(('seconded_by', models.F('proposed_by')), _negated=True), models.Q(('seconded_by', models.F('staff')), _negated=True), models.Q(('decided_by__isnull', True), models.Q(('state', 'active'), _negated=True), models.Q(('seconded_by', models.F('decided_by')), _negated=True), _connector='OR')), _connector='OR'), name='grant_seconded_by_another'),
        ),
        migrations.AddField(
            model_name='riskalert',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.department'),
        ),
        migrations.AddField(
            model_name='riskalert',
            name='head',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskalert',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskalert',
            name='reader',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='department',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.department'),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='end_proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='riskmark',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='riskalert',
            index=models.Index(fields=['-at'], name='risk_alert_newest'),
        ),
        migrations.AddIndex(
            model_name='riskalert',
            index=models.Index(condition=models.Q(('head__isnull', True)), fields=['department'], name='risk_alert_of_head'),
        ),
        migrations.AddIndex(
            model_name='riskalert',
            index=models.Index(condition=models.Q(('officer__isnull', True)), fields=['-at'], name='risk_alert_of_officer'),
        ),
        migrations.AddConstraint(
            model_name='riskalert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('officer__isnull', True), models.Q(('officer', models.F('reader')), _negated=True), _connector='OR'), models.Q(('head__isnull', True), models.Q(('head', models.F('reader')), _negated=True), _connector='OR')), name='risk_alert_seen_by_another'),
        ),
        migrations.AddIndex(
            model_name='riskmark',
            index=models.Index(fields=['-proposed_at'], name='risk_mark_newest'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'active', 'ending', 'ended', 'refused', 'withdrawn'])), name='risk_mark_state_known'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer_id__isnull', False), ('field', '')), models.Q(('customer_id__isnull', True), models.Q(('field', ''), _negated=True)), _connector='OR'), name='risk_mark_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'active', 'ending'))), fields=('customer_id',), name='risk_mark_one_of_a_customer'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('proposed', 'active', 'ending')), models.Q(('field', ''), _negated=True)), fields=('field',), name='risk_mark_one_of_a_field'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='risk_mark_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(('ended_by__isnull', True), models.Q(('ended_by', models.F('end_proposed_by')), _negated=True), _connector='OR'), name='risk_mark_ended_by_another'),
        ),
        migrations.AddConstraint(
            model_name='riskmark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['active', 'ending', 'ended', 'refused']), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='risk_mark_decision_has_a_name'),
        ),
    ]
