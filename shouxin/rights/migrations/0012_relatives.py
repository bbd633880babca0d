"""What close relatives of the deceased ask for, and what the deceased arranged; what is corrected by word."""

import django.contrib.postgres.fields
import django.db.models.deletion
import shouxin.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0038_kept_for'),
        ('people', '0024_sms_gateway'),
        ('rights', '0011_deeds_say_from_when'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrangement',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('allowed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=list, size=None)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'rights_arrangement',
            },
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='rights_case_one_open',
        ),
        migrations.AddField(
            model_name='case',
            name='stated',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='case',
            name='wish',
            field=models.CharField(blank=True, choices=[('access', '查阅'), ('copy', '复制'), ('correct', '更正'), ('delete', '删除')], max_length=10),
        ),
        # Taken down before it was asked what they want: to see what is kept.
        migrations.RunSQL("UPDATE rights_case SET wish = 'access' WHERE kind = 'deceased'", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='package',
            name='way',
            field=models.CharField(blank=True, choices=[('portal', '客户门户下载'), ('staff', '工作人员交付'), ('follow', '凭查询码和验证码下载')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'deceased'), ('wish__in', ['access', 'copy', 'correct', 'delete'])), models.Q(models.Q(('kind', 'deceased'), _negated=True), ('wish', '')), _connector='OR'), name='rights_case_relative_says_what'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('stated', False), ('kind__in', ['correct', 'supplement']), ('wish', 'correct'), _connector='OR'), name='rights_case_stated_of_corrections'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('fields', []), ('state__in', ('received', 'identity', 'handling', 'deciding', 'watching')), models.Q(('kind__in', ('correct', 'supplement', 'complaint', 'inquiry', 'withdraw', 'restrict', 'object', 'deceased')), _negated=True)), fields=('customer_id', 'kind'), name='rights_case_one_open'),
        ),
        migrations.AddField(
            model_name='arrangement',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='arrangement',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AddConstraint(
            model_name='arrangement',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('customer',), name='rights_arrangement_one'),
        ),
        migrations.AddConstraint(
            model_name='arrangement',
            constraint=models.CheckConstraint(condition=models.Q(('allowed__contained_by', ['access', 'copy', 'correct', 'delete'])), name='rights_arrangement_known'),
        ),
    ]
