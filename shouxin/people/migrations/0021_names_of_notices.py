from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0020_list_orders'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='name_en',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='notice',
            name='name_zh',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
    ]
