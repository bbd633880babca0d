"""The database stores no notice address under a root key that is proven to wrap nothing (vault_guard_root)."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0018_notices'),
        ('vault', '0008_token_order'),
    ]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER vault_notice_address_root BEFORE INSERT OR UPDATE OF sealed ON people_notice_address
                FOR EACH ROW EXECUTE FUNCTION vault_guard_root('sealed', '4');
            """,
            "DROP TRIGGER vault_notice_address_root ON people_notice_address;",
        ),
    ]
