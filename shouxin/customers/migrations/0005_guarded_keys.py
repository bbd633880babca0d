"""The database stores no key of these rows under a root key that is proven to wrap nothing (vault_guard_root)."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_handovers'),
        ('vault', '0005_root_keys'),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER vault_batch_root BEFORE INSERT OR UPDATE OF wrapped_key ON intake_batch
                FOR EACH ROW EXECUTE FUNCTION vault_guard_root('wrapped_key', '0');
            """,
            "DROP TRIGGER vault_batch_root ON intake_batch;",
        ),
    ]
