"""A score says who took it down and counts for whoever answered; what was rated badly always comes to somebody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0024_sms_gateway'),
        ('rights', '0014_guardians'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='case',
            name='rights_case_one_open',
        ),
        migrations.AddField(
            model_name='case',
            name='answered_in',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.department'),
        ),
        migrations.AddField(
            model_name='case',
            name='rated_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('rated_by__isnull', True), ('score__isnull', False), _connector='OR'), name='rights_case_rated_by_with_score'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('escalated', False), ('fields', []), ('state__in', ('received', 'identity', 'handling', 'deciding', 'watching')), models.Q(('kind__in', ('correct', 'supplement', 'complaint', 'inquiry', 'withdraw', 'restrict', 'object', 'deceased')), _negated=True)), fields=('customer_id', 'kind'), name='rights_case_one_open'),
        ),
        # Where they work today is the nearest that is known of answers given before.
        migrations.RunSQL(
            'UPDATE rights_case c SET answered_in_id = s.department_id FROM "people_staff" s WHERE s.id = c.proposed_by_id',
            migrations.RunSQL.noop,
        ),
    ]
