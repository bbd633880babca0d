from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0011_merged_changes'),
        ('people', '0020_list_orders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='emergencyaccess',
            name='emergency_newest',
        ),
        migrations.RemoveIndex(
            model_name='riskalert',
            name='risk_alert_newest',
        ),
        migrations.RemoveIndex(
            model_name='standinggrant',
            name='grant_newest',
        ),
        migrations.AddIndex(
            model_name='apiclient',
            index=models.Index(fields=['ends_at', 'id'], name='api_client_by_end'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'delivered'), _negated=True), fields=['-id'], name='webhook_undelivered'),
        ),
        migrations.AddIndex(
            model_name='emergencyaccess',
            index=models.Index(fields=['-opened_at', '-id'], name='emergency_newest'),
        ),
        migrations.AddIndex(
            model_name='emergencyaccess',
            index=models.Index(fields=['staff', '-opened_at', '-id'], name='emergency_of_staff'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['-opened_at', '-id'], name='review_newest'),
        ),
        migrations.AddIndex(
            model_name='riskalert',
            index=models.Index(fields=['-at', '-id'], name='risk_alert_newest'),
        ),
        migrations.AddIndex(
            model_name='riskalert',
            index=models.Index(fields=['department', '-at', '-id'], name='risk_alert_of_department'),
        ),
        migrations.AddIndex(
            model_name='standinggrant',
            index=models.Index(fields=['-proposed_at', '-id'], name='grant_newest'),
        ),
        migrations.AddIndex(
            model_name='standinggrant',
            index=models.Index(fields=['until', 'id'], name='grant_by_end'),
        ),
        migrations.AddIndex(
            model_name='standinggrant',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['-proposed_at', '-id'], name='grant_pending'),
        ),
        migrations.AddIndex(
            model_name='standinggrant',
            index=models.Index(fields=['staff', '-proposed_at', '-id'], name='grant_of_staff'),
        ),
    ]
