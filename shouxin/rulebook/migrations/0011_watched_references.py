"""Caches learn when a reference table, the jurisdictions among them, changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0010_pack_proofs")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER rulebook_touch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rulebook_referencerow "
            "FOR EACH STATEMENT EXECUTE FUNCTION rulebook_touch();",
            "DROP TRIGGER rulebook_touch ON rulebook_referencerow;",
        )
    ]
