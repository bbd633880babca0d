"""A guardian asks on behalf of a ward at their own door."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rights', '0013_pauses'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='representative',
            field=models.UUIDField(null=True),
        ),
    ]
