"""The length of an entry's body becomes part of its type: PostgreSQL reads a table's rule anew at every statement,
a type's once a connection. The table is written anew, some seconds for a million entries."""

from django.db import migrations

import shouxin.journal.models

TYPE = """
CREATE DOMAIN journal_body AS bytea CONSTRAINT journal_entry_body_length CHECK (octet_length(VALUE) BETWEEN 2 AND 65535);
ALTER TABLE journal_entry DROP CONSTRAINT journal_entry_body_length, ALTER COLUMN body TYPE journal_body;
"""
RULE = """
ALTER TABLE journal_entry ALTER COLUMN body TYPE bytea,
    ADD CONSTRAINT journal_entry_body_length CHECK (length(body) BETWEEN 2 AND 65535);
DROP DOMAIN journal_body;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_lists_by_customer")]

    operations = [
        migrations.RunSQL(
            TYPE,
            RULE,
            state_operations=[
                migrations.RemoveConstraint(model_name="entry", name="journal_entry_body_length"),
                migrations.AlterField(model_name="entry", name="body", field=shouxin.journal.models.Body()),
            ],
        ),
    ]
