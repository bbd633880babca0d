"""An index of the groups that are not open, by customer: few, and asked for at every decision."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0009_guarded_addresses'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='group',
            index=models.Index(
                fields=['customer_id'],
                name='vault_group_closed',
                condition=~models.Q(state__in=['collected', 'in_use']),
            ),
        ),
    ]
