from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0019_lists'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='staff',
            index=models.Index(fields=['display_name', 'id'], name='staff_by_name'),
        ),
        migrations.AddIndex(
            model_name='staff',
            index=models.Index(fields=['user_name', 'id'], name='staff_by_user_name'),
        ),
    ]
