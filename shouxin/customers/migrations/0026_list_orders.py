from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0025_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(condition=models.Q(('state', 'open'), _negated=True), fields=['owner', '-closed_at', '-id'], name='promise_closed'),
        ),
        migrations.AddIndex(
            model_name='suspectedpair',
            index=models.Index(fields=['-score', '-id'], name='duplicates_pair_surest'),
        ),
    ]
