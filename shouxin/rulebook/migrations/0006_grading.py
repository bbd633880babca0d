"""Grades are lowered by three people, raised classes are sealed; the database holds both."""

import django.db.models.deletion
import shouxin.kit.ids
from django.db import migrations, models


GUARD = """
CREATE OR REPLACE FUNCTION rulebook_field_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    classes text[] := ARRAY['public', 'semi_public', 'private'];
BEGIN
    IF OLD.activated_at IS NOT NULL AND (
        NEW.storage_group <> OLD.storage_group OR NEW.record <> OLD.record OR NEW.activated_at IS NULL
    ) THEN
        RAISE EXCEPTION 'field %: values are sealed in its storage group; it cannot move', OLD.key
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.activated_at IS NOT NULL AND OLD.storage <> 'clear' AND NEW.storage = 'clear' THEN
        RAISE EXCEPTION 'field %: what is sealed never stands in clear again', OLD.key
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.level < OLD.level OR array_position(classes, NEW.exposure) < array_position(classes, OLD.exposure))
        AND NOT EXISTS (
            SELECT 1 FROM rulebook_levellowering
            WHERE field_id = OLD.key AND confirmed AND approvals = 2
              AND from_level = OLD.level AND to_level = NEW.level
              AND from_exposure = OLD.exposure AND to_exposure = NEW.exposure
        ) THEN
        RAISE EXCEPTION 'field %: a lower grade needs two approvers', OLD.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0005_records_of_promises'),
    ]

    operations = [
        migrations.CreateModel(
            name='FieldSealing',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField()),
                ('began_by', models.UUIDField()),
                ('customers', models.PositiveIntegerField()),
                ('sealed', models.PositiveIntegerField(default=0)),
                ('removed', models.PositiveIntegerField(default=0)),
                ('left', models.PositiveIntegerField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='levellowering',
            name='lowering_lowers',
        ),
        migrations.AddField(
            model_name='fieldchange',
            name='third_actor',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='levellowering',
            name='approvals',
            field=models.PositiveSmallIntegerField(default=2),
        ),
        migrations.AddField(
            model_name='levellowering',
            name='first_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='levellowering',
            name='first_by',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='levellowering',
            name='from_exposure',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='levellowering',
            name='officer_took_part',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='levellowering',
            name='to_exposure',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.RunSQL(
            "UPDATE rulebook_levellowering SET approvals = 1 WHERE closed_at IS NOT NULL", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            model_name='levellowering',
            constraint=models.CheckConstraint(condition=models.Q(('to_level__lte', models.F('from_level')), models.Q(('to_exposure', models.F('from_exposure')), models.Q(('from_exposure', 'private'), ('to_exposure__in', ['semi_public', 'public'])), models.Q(('from_exposure', 'semi_public'), ('to_exposure', 'public')), _connector='OR'), models.Q(('to_level__lt', models.F('from_level')), models.Q(('to_exposure', models.F('from_exposure')), _negated=True), _connector='OR')), name='lowering_lowers'),
        ),
        migrations.AddConstraint(
            model_name='levellowering',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approvals', 2), ('confirmed', True), _negated=True), models.Q(('first_by__isnull', False), models.Q(('first_by', models.F('proposed_by')), _negated=True), models.Q(('first_by', models.F('closed_by')), _negated=True)), _connector='OR'), name='lowering_two_approve'),
        ),
        migrations.AddConstraint(
            model_name='levellowering',
            constraint=models.CheckConstraint(condition=models.Q(('approvals__in', [1, 2])), name='lowering_approvals_known'),
        ),
        migrations.AddConstraint(
            model_name='levellowering',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approvals', 2), ('confirmed', True), _negated=True), ('officer_took_part', True), _connector='OR'), name='lowering_with_officer'),
        ),
        migrations.AddField(
            model_name='fieldsealing',
            name='field',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealings', to='rulebook.field'),
        ),
        migrations.AddConstraint(
            model_name='fieldsealing',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('field',), name='sealing_one_open_per_field'),
        ),
        migrations.AddConstraint(
            model_name='fieldsealing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('left__isnull', True)), models.Q(('ended_at__isnull', False), ('left', 0)), _connector='OR'), name='sealing_ends_with_nothing_left'),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
