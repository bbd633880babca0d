from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ('general', '同意'),
    ('sensitive', '敏感个人信息的单独同意'),
    ('provision', '向他人提供的单独同意'),
    ('publication', '公开的单独同意'),
    ('abroad', '向境外提供的单独同意'),
    ('face', '人脸等身份识别信息的单独同意'),
]


class Migration(migrations.Migration):
    """A separate consent to face and other identifying features opens its field, as one to sensitive information does."""

    dependencies = [
        ('customers', '0038_kept_for'),
    ]

    operations = [
        migrations.RemoveConstraint('consent', 'consent_opens_only_when_given'),
        migrations.AlterField('consent', 'kind', models.CharField(choices=KINDS, max_length=12)),
        migrations.AlterField('decision', 'kind', models.CharField(choices=KINDS, max_length=12)),
        migrations.AddConstraint(
            'consent',
            models.CheckConstraint(
                condition=Q(('fields', []), Q(('kind__in', ['general', 'sensitive', 'face']), ('state', 'given')), _connector='OR'),
                name='consent_opens_only_when_given',
            ),
        ),
    ]
