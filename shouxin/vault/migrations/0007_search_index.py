"""Search tokens by codes, in less space; index versions that are built beside the one that is searched."""

from django.db import migrations, models

TOKENS = """
CREATE TABLE vault_search_token_lean (
    customer_id uuid NOT NULL, record_id uuid NOT NULL, place integer NOT NULL, field integer NOT NULL,
    token integer NOT NULL, kind smallint NOT NULL, version smallint NOT NULL
);
INSERT INTO vault_search_token_lean (customer_id, record_id, place, field, token, kind, version)
SELECT customer_id, record_id,
       ('x' || substr(encode(sha256(convert_to(storage_group, 'UTF8')), 'hex'), 1, 8))::bit(32)::int,
       ('x' || substr(encode(sha256(convert_to(field, 'UTF8')), 'hex'), 1, 8))::bit(32)::int,
       token::int, CASE kind WHEN 'exact' THEN 1 ELSE 2 END, version
FROM vault_search_token WHERE kind IN ('exact', 'last4') AND token < 2147483648;
DROP TABLE vault_search_token;
ALTER TABLE vault_search_token_lean RENAME TO vault_search_token;
CREATE INDEX vault_token_find ON vault_search_token (field, kind, version, token) INCLUDE (customer_id);
CREATE INDEX vault_token_owner ON vault_search_token (customer_id);
"""
FIELDS = [
    ("customer_id", models.UUIDField()),
    ("record_id", models.UUIDField()),
    ("place", models.IntegerField()),
    ("field", models.IntegerField()),
    ("token", models.IntegerField()),
    ("kind", models.SmallIntegerField()),
    ("version", models.SmallIntegerField()),
]


class Migration(migrations.Migration):

    dependencies = [
        ("vault", "0006_file_keys"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TOKENS)],
            state_operations=[
                migrations.DeleteModel("SearchToken"),
                migrations.CreateModel(
                    name="SearchToken",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "customer_id", "record_id", "field", "kind", "version", "token",
                                blank=True, editable=False, primary_key=True, serialize=False,
                            ),
                        ),
                        *FIELDS,
                    ],
                    options={
                        "db_table": "vault_search_token",
                        "indexes": [
                            models.Index(
                                fields=["field", "kind", "version", "token"],
                                include=("customer_id",),
                                name="vault_token_find",
                            ),
                            models.Index(fields=["customer_id"], name="vault_token_owner"),
                        ],
                    },
                ),
            ],
        ),
        migrations.AlterField("searchindexversion", "version", models.SmallIntegerField(primary_key=True, serialize=False)),
        migrations.AlterField("searchindexversion", "wrapped", models.BinaryField(null=True)),
        migrations.AddField("searchindexversion", "fields", models.JSONField(null=True)),
        migrations.AddField("searchindexversion", "reason", models.CharField(blank=True, default="", max_length=20)),
        migrations.AddField("searchindexversion", "upto", models.UUIDField(null=True)),
        migrations.AddField("searchindexversion", "target", models.UUIDField(null=True)),
        migrations.AddField("searchindexversion", "total", models.BigIntegerField(default=0)),
        migrations.AddField("searchindexversion", "done", models.BigIntegerField(default=0)),
        migrations.AddField("searchindexversion", "left_out", models.BigIntegerField(default=0)),
        migrations.AddField("searchindexversion", "emptied_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "searchindexversion",
            models.UniqueConstraint(
                condition=models.Q(("state", "building")), fields=("state",), name="vault_index_one_building"
            ),
        ),
        migrations.AddConstraint(
            "searchindexversion",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("emptied_at__isnull", True), ("wrapped__isnull", False)),
                    models.Q(("emptied_at__isnull", False), ("state", "retired"), ("wrapped__isnull", True)),
                    _connector="OR",
                ),
                name="vault_index_emptied_has_no_key",
            ),
        ),
        migrations.AddField("businesskey", "version", models.SmallIntegerField(db_default=1)),
    ]
