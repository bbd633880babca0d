from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0037_enclosed'),
    ]

    operations = [
        migrations.AddField(
            model_name='provenance',
            name='kept_for',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
