import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0029_one_refusal'),
    ]

    operations = [
        migrations.AddField(
            model_name='formversion',
            name='offers',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None, verbose_name='另征求同意'),
        ),
    ]
