"""Tables with a row and more a customer keep no index that is merely the beginning of another of theirs."""

import django.db.models.deletion
from django.db import migrations, models

CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT


def without_index(model: str, on_delete: object, related: str) -> migrations.AlterField:
    field = models.ForeignKey(db_index=False, on_delete=on_delete, related_name=related, to="customers.customer")
    return migrations.AlterField(model, "customer", field)


class Migration(migrations.Migration):
    dependencies = [("customers", "0039_face_consents")]
    operations = [
        without_index("clearversion", PROTECT, "+"),
        without_index("consent", CASCADE, "consents"),
        without_index("decision", CASCADE, "consent_decisions"),
        without_index("receipt", CASCADE, "told_notices"),
        without_index("record", PROTECT, "records"),
        # For words that begin alike; a digest is only ever looked for whole.
        migrations.RunSQL(
            "DROP INDEX IF EXISTS customers_consent_decision_shown_id_db8e5e0d_like", migrations.RunSQL.noop
        ),
    ]
