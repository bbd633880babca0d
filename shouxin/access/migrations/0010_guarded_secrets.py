"""The database stores no key of these rows under a root key that is proven to wrap nothing (vault_guard_root)."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0009_register_of_names'),
        ('vault', '0005_root_keys'),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER vault_endpoint_root BEFORE INSERT OR UPDATE OF wrapped_key ON access_webhook_endpoint
                FOR EACH ROW EXECUTE FUNCTION vault_guard_root('wrapped_key', '0');
            """,
            "DROP TRIGGER vault_endpoint_root ON access_webhook_endpoint;",
        ),
    ]
