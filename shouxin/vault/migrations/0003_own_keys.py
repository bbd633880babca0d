"""Wrapping keys of one owner alone: a customer or a storage group of high risk."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0002_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='epochkey',
            name='customer_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='epochkey',
            name='storage_group',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='epochkey',
            name='state',
            field=models.CharField(choices=[('current', 'Current'), ('own', 'Own'), ('retiring', 'Retiring'), ('retired', 'Retired')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='epochkey',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'own')), fields=('customer_id',), name='vault_epoch_one_of_a_customer'),
        ),
        migrations.AddConstraint(
            model_name='epochkey',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'own'), models.Q(('storage_group', ''), _negated=True)), fields=('storage_group',), name='vault_epoch_one_of_a_group'),
        ),
        migrations.AddConstraint(
            model_name='epochkey',
            constraint=models.CheckConstraint(condition=models.Q(('customer_id__isnull', True), ('storage_group', ''), _connector='OR'), name='vault_epoch_one_owner'),
        ),
        migrations.AddConstraint(
            model_name='epochkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'own'), _negated=True), ('customer_id__isnull', False), models.Q(('storage_group', ''), _negated=True), _connector='OR'), name='vault_epoch_own_has_an_owner'),
        ),
        migrations.AddConstraint(
            model_name='epochkey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'current'), _negated=True), models.Q(('customer_id__isnull', True), ('storage_group', '')), _connector='OR'), name='vault_epoch_current_is_shared'),
        ),
    ]
