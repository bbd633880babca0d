"""A code for whoever asked for somebody else, before they fetch what they are given."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0008_published'),
    ]

    operations = [
        migrations.AddField(
            model_name='challenge',
            name='case_id',
            field=models.UUIDField(null=True),
        ),
    ]
