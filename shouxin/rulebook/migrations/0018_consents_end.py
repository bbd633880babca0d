from django.db import migrations, models


def guard(columns: str) -> str:
    """As 0016 has it: what is approved of a purpose stays as it is until it is a draft again."""
    new, old = (", ".join(f"{row}.{one}" for one in columns.split()) for row in ("NEW", "OLD"))
    return f"""
CREATE OR REPLACE FUNCTION rulebook_purpose_publishes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'draft' AND ({new}) IS DISTINCT FROM ({old})
    THEN
        RAISE EXCEPTION 'purpose %: only a draft can be edited', OLD.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0017_what_changed")]
    operations = [
        migrations.AddField(
            "purpose",
            "consent_months",
            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="同意的有效期（月）"),
        ),
        migrations.AddConstraint(
            "purpose",
            models.CheckConstraint(
                condition=models.Q(
                    ("consent_months__isnull", True),
                    models.Q(("consent_months__gte", 1), ("consent_months__lte", 120)),
                    _connector="OR",
                ),
                name="purpose_consent_ends",
            ),
        ),
        migrations.RunSQL(
            guard("publishes_zh publishes_en consent_months"), guard("publishes_zh publishes_en")
        ),
    ]
