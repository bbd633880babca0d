"""Region profiles; caches learn of their changes, and what was approved stays as it is."""

import django.contrib.postgres.fields
import django.db.models.deletion
import shouxin.kit.ids
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER rulebook_touch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rulebook_regionversion
    FOR EACH STATEMENT EXECUTE FUNCTION rulebook_touch();
CREATE TRIGGER rulebook_touch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rulebook_regionfield
    FOR EACH STATEMENT EXECUTE FUNCTION rulebook_touch();
CREATE FUNCTION rulebook_region_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'region % version %: an approved profile never changes', OLD.jurisdiction, OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rulebook_region_guard BEFORE UPDATE OR DELETE ON rulebook_regionversion
    FOR EACH ROW EXECUTE FUNCTION rulebook_region_guard();
CREATE FUNCTION rulebook_region_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    IF EXISTS (SELECT 1 FROM rulebook_regionversion WHERE id = part.version_id AND approved_at IS NOT NULL) THEN
        RAISE EXCEPTION 'region: an approved profile never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN part;
END $$;
CREATE TRIGGER rulebook_region_part_guard BEFORE INSERT OR UPDATE OR DELETE ON rulebook_regionfield
    FOR EACH ROW EXECUTE FUNCTION rulebook_region_part_guard();
"""
UNDO = """
DROP TRIGGER rulebook_touch ON rulebook_regionversion;
DROP TRIGGER rulebook_touch ON rulebook_regionfield;
DROP TRIGGER rulebook_region_guard ON rulebook_regionversion;
DROP TRIGGER rulebook_region_part_guard ON rulebook_regionfield;
DROP FUNCTION rulebook_region_guard, rulebook_region_part_guard;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0008_attachment_record'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegionVersion',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('jurisdiction', models.CharField(max_length=8, verbose_name='法域')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('timezone', models.CharField(max_length=40, verbose_name='当地时区')),
                ('weekdays', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None, verbose_name='可联系的星期')),
                ('from_hour', models.TimeField(verbose_name='最早')),
                ('until_hour', models.TimeField(verbose_name='最晚')),
                ('note', models.CharField(max_length=300, verbose_name='说明')),
                ('verification', models.CharField(blank=True, max_length=300, verbose_name='核验标记')),
                ('sha256', models.CharField(max_length=64)),
                ('drafted_by', models.UUIDField()),
                ('drafted_at', models.DateTimeField()),
                ('approved_by', models.UUIDField(null=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('pack', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.pack')),
            ],
            options={
                'ordering': ['jurisdiction', '-number'],
            },
        ),
        migrations.CreateModel(
            name='RegionField',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField(null=True, verbose_name='至少')),
                ('sensitive', models.BooleanField(default=False, verbose_name='按敏感处理')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('verification', models.CharField(blank=True, max_length=300, verbose_name='核验标记')),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rulebook.field')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='raises', to='rulebook.regionversion')),
            ],
            options={
                'ordering': ['field_id'],
            },
        ),
        migrations.AddConstraint(
            model_name='regionversion',
            constraint=models.UniqueConstraint(fields=('jurisdiction', 'number'), name='region_version_once'),
        ),
        migrations.AddConstraint(
            model_name='regionversion',
            constraint=models.UniqueConstraint(condition=models.Q(('approved_at__isnull', True)), fields=('jurisdiction',), name='region_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='regionversion',
            constraint=models.CheckConstraint(condition=models.Q(('jurisdiction__regex', '^[A-Z]{2}(-[A-Z0-9]{1,3})?$')), name='region_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='regionversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), models.Q(('approved_by', models.F('drafted_by')), _negated=True)), _connector='OR'), name='region_needs_two'),
        ),
        migrations.AddConstraint(
            model_name='regionversion',
            constraint=models.CheckConstraint(condition=models.Q(('from_hour__lt', models.F('until_hour')), ('weekdays__len__gt', 0), ('weekdays__contained_by', [1, 2, 3, 4, 5, 6, 7])), name='region_hours_exist'),
        ),
        migrations.AddConstraint(
            model_name='regionfield',
            constraint=models.UniqueConstraint(fields=('version', 'field'), name='region_field_once'),
        ),
        migrations.AddConstraint(
            model_name='regionfield',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('level__gte', 2), ('level__lte', 5)), models.Q(('level__isnull', True), ('sensitive', True)), _connector='OR'), name='region_field_only_raises'),
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
