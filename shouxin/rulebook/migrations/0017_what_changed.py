"""Caches learn which table of the rulebook changed, not only that one did: they ask again for that one alone."""

from django.db import migrations, models

WATCHED = (
    "field", "legalbasis", "maskingrule", "notice", "noticeversion", "purpose", "purpose_department", "purposefield",
    "referencerow", "regionfield", "regionversion", "retentionrule",
)  # fmt: skip

# The one row first, as before: whoever changes rules waits for it, so that the rows of the tables are never fought for.
TOUCH = """
CREATE OR REPLACE FUNCTION rulebook_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rulebook_rulerevision (id, token) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET token = excluded.token;
    INSERT INTO rulebook_tablerevision (name, token) VALUES (TG_TABLE_NAME, gen_random_uuid())
    ON CONFLICT (name) DO UPDATE SET token = excluded.token;
    RETURN NULL;
END $$;
""" + "".join(
    f"INSERT INTO rulebook_tablerevision (name, token) VALUES ('rulebook_{table}', gen_random_uuid());\n"
    for table in WATCHED
)
BEFORE = """
CREATE OR REPLACE FUNCTION rulebook_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rulebook_rulerevision (id, token) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET token = excluded.token;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0016_abroad_and_published")]
    operations = [
        migrations.CreateModel(
            name="TableRevision",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("token", models.UUIDField()),
            ],
        ),
        migrations.RunSQL(TOUCH, BEFORE),
    ]
