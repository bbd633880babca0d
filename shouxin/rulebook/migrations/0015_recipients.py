import django.contrib.postgres.fields
from django.db import migrations, models

import shouxin.kit.ids

# Whoever is told to customers by a purpose in use, or being approved, stays who they are: only the contact changes.
GUARD = """
CREATE FUNCTION rulebook_recipient_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.name_zh, NEW.name_en, NEW.part, NEW.way_zh, NEW.way_en, NEW.kinds, NEW.retired_at)
            IS NOT DISTINCT FROM
            (OLD.id, OLD.name_zh, OLD.name_en, OLD.part, OLD.way_zh, OLD.way_en, OLD.kinds, OLD.retired_at) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM rulebook_purpose_recipient n JOIN rulebook_purpose p ON p.key = n.purpose_id
            WHERE n.recipient_id = OLD.id AND p.status IN ('submitted', 'approved', 'active')) THEN
        RAISE EXCEPTION 'recipient %: named by a purpose in use', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rulebook_recipient_guard BEFORE UPDATE OR DELETE ON rulebook_recipient
    FOR EACH ROW EXECUTE FUNCTION rulebook_recipient_guard();
CREATE TRIGGER rulebook_purpose_part_guard BEFORE INSERT OR UPDATE OR DELETE ON rulebook_purpose_recipient
    FOR EACH ROW EXECUTE FUNCTION rulebook_purpose_part_guard();
"""
UNGUARD = """
DROP TRIGGER rulebook_purpose_part_guard ON rulebook_purpose_recipient;
DROP TRIGGER rulebook_recipient_guard ON rulebook_recipient;
DROP FUNCTION rulebook_recipient_guard;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0014_region_holidays'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recipient',
            fields=[
                ('id', models.UUIDField(default=shouxin.kit.ids.new, editable=False, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(max_length=200, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=200, verbose_name='英文名称')),
                ('part', models.CharField(choices=[('entrusted', '受托人'), ('joint', '共同处理者'), ('other', '其他个人信息处理者')], max_length=12, verbose_name='身份')),
                ('contact', models.CharField(max_length=200, verbose_name='联系方式')),
                ('way_zh', models.CharField(max_length=200, verbose_name='提供方式')),
                ('way_en', models.CharField(blank=True, max_length=200, verbose_name='提供方式（英文）')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name='信息种类')),
                ('entered_by', models.UUIDField()),
                ('entered_at', models.DateTimeField()),
                ('retired_by', models.UUIDField(blank=True, null=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': '接收方',
                'verbose_name_plural': '接收方',
                'db_table': 'rulebook_recipient',
                'ordering': ['name_zh'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('name_zh',), name='rulebook_recipient_once'), models.CheckConstraint(condition=models.Q(models.Q(('name_zh', ''), _negated=True), models.Q(('contact', ''), _negated=True), models.Q(('way_zh', ''), _negated=True), ('kinds__len__gt', 0)), name='rulebook_recipient_whole'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at__isnull', True), ('retired_by__isnull', True)), models.Q(('retired_at__isnull', False), ('retired_by__isnull', False)), _connector='OR'), name='rulebook_recipient_retirement')],
            },
        ),
        migrations.AddField(
            model_name='purpose',
            name='named',
            field=models.ManyToManyField(blank=True, db_table='rulebook_purpose_recipient', related_name='purposes', to='rulebook.recipient', verbose_name='列明的接收方'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
