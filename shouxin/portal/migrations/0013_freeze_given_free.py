from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0012_figures_switch'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='freeze', name='freeze_settled_by_somebody'),
        migrations.AddConstraint(
            model_name='freeze',
            constraint=models.CheckConstraint(
                condition=Q(kept__isnull=True)
                | Q(settled_at__isnull=False) & (Q(kept=True) | Q(settled_by__isnull=False)),
                name='freeze_settled_by_somebody',
            ),
        ),
    ]
