"""A statutory period is told with what it counts from and how long it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rights', '0010_joined_heard'),
    ]

    operations = [
        migrations.AddField(
            model_name='deed',
            name='begins',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.AddField(
            model_name='deed',
            name='lasts',
            field=models.CharField(blank=True, default='', max_length=20),
        ),
    ]
