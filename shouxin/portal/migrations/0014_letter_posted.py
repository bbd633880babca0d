from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0013_freeze_given_free'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter', name='posted_at', field=models.DateTimeField(null=True),
        ),
        migrations.RemoveIndex(model_name='letter', name='answer_letter_by_post'),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(
                fields=['case'],
                name='answer_letter_by_post',
                condition=Q(posted_at__isnull=True, outcome__in=['left_out', 'failed', 'unclear']),
            ),
        ),
    ]
