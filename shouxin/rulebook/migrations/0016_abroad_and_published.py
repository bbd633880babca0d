from django.db import migrations, models

COLUMNS = "id, name_zh, name_en, part, way_zh, way_en, kinds, retired_at"
NOW = COLUMNS + ", country, redress_zh, redress_en"


def guard(columns: str) -> str:
    """As 0015 has it, with what stays as it is while a purpose in use names a company."""
    new = ", ".join(f"NEW.{one.strip()}" for one in columns.split(","))
    old = ", ".join(f"OLD.{one.strip()}" for one in columns.split(","))
    return f"""
CREATE OR REPLACE FUNCTION rulebook_recipient_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND ({new}) IS NOT DISTINCT FROM ({old}) THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM rulebook_purpose_recipient n JOIN rulebook_purpose p ON p.key = n.purpose_id
            WHERE n.recipient_id = OLD.id AND p.status IN ('submitted', 'approved', 'active')) THEN
        RAISE EXCEPTION 'recipient %: named by a purpose in use', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
"""


# What is published is approved like everything else a purpose says.
PUBLISHES = """
CREATE FUNCTION rulebook_purpose_publishes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND (NEW.publishes_zh, NEW.publishes_en) IS DISTINCT FROM (OLD.publishes_zh, OLD.publishes_en)
    THEN
        RAISE EXCEPTION 'purpose %: only a draft can be edited', OLD.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rulebook_purpose_publishes_guard BEFORE UPDATE ON rulebook_purpose
    FOR EACH ROW EXECUTE FUNCTION rulebook_purpose_publishes_guard();
"""
UNPUBLISHES = """
DROP TRIGGER rulebook_purpose_publishes_guard ON rulebook_purpose;
DROP FUNCTION rulebook_purpose_publishes_guard;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0015_recipients'),
    ]

    operations = [
        migrations.AddField('recipient', 'country', models.CharField(default='CN', max_length=2, verbose_name='所在国家或地区')),
        migrations.AddField('recipient', 'redress_zh', models.CharField(blank=True, default='', max_length=400, verbose_name='向它行使权利的方式和程序'), preserve_default=False),
        migrations.AddField('recipient', 'redress_en', models.CharField(blank=True, default='', max_length=400, verbose_name='向它行使权利的方式和程序（英文）'), preserve_default=False),
        migrations.AddConstraint('recipient', models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$'), models.Q(('country', 'CN'), models.Q(('redress_zh', ''), _negated=True), _connector='OR')), name='rulebook_recipient_abroad')),
        migrations.AddField('purpose', 'publishes_zh', models.CharField(blank=True, default='', max_length=400, verbose_name='公开的信息和去处'), preserve_default=False),
        migrations.AddField('purpose', 'publishes_en', models.CharField(blank=True, default='', max_length=400, verbose_name='公开的信息和去处（英文）'), preserve_default=False),
        migrations.RunSQL(guard(NOW) + PUBLISHES, UNPUBLISHES + guard(COLUMNS)),
    ]
