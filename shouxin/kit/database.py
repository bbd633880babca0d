"""What the database roles may do. The application owns nothing; some tables it may only append to."""

from django.db import connections, models

from shouxin.kit.registry import Registry

# Tables that the application role may read and append to, never change or empty (ISO 27037-style evidence).
append_only: Registry[type[models.Model]] = Registry("append_only")


def grant_application_rights(*, application_role: str, owner_alias: str = "owner") -> None:
    """Give the application role what it needs on every table of the schema, and nothing on the journal but
    reading and appending. Run by the owner after every migration; idempotent."""
    role = '"' + application_role.replace('"', '""') + '"'
    protected = {model._meta.db_table for model in append_only.values()}  # noqa: SLF001 - Django's public Meta
    with connections[owner_alias].cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")
        standing = set(connections[owner_alias].introspection.table_names(cursor))
        for table in sorted(protected & standing):
            cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON TABLE "{table}" FROM {role}')
