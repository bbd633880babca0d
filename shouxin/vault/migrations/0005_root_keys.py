"""Root keys by number, and the database's refusal to store anything under one that is proven to wrap nothing."""

from django.db import migrations, models

# The same number as vault.database.ROOT_LOCK. Whoever counts what is left under a root key holds the lock alone, so a
# row under it is either counted or refused, however long ago its key was wrapped.
GUARD = """
CREATE FUNCTION vault_check_root(wrapped bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE root bigint;
BEGIN
    IF wrapped IS NULL OR length(wrapped) < 6 THEN
        RETURN;
    END IF;
    root := (get_byte(wrapped, 2)::bigint << 24) | (get_byte(wrapped, 3) << 16)
          | (get_byte(wrapped, 4) << 8) | get_byte(wrapped, 5);
    PERFORM pg_advisory_xact_lock_shared(6001143596882808660);
    IF EXISTS (SELECT 1 FROM vault_root_key
               WHERE number = root AND state IN ('retired', 'destroying', 'destroyed')) THEN
        RAISE EXCEPTION 'nothing may be wrapped under root key % any more', root
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vault_root_retired';
    END IF;
END $$;

-- Arguments: the column, and at which byte of it the wrapped key begins.
CREATE FUNCTION vault_guard_root() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE standing bytea;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO standing USING NEW;
    PERFORM vault_check_root(substring(standing FROM TG_ARGV[1]::int + 1));
    RETURN NEW;
END $$;

-- Small secrets in base64 under a name of a JSON column.
CREATE FUNCTION vault_guard_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.type IN ('totp', 'recovery_codes') THEN
        PERFORM vault_check_root(substring(decode(
            COALESCE(NEW.data->>'secret', NEW.data->>'seed'), 'base64') FROM 5));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER vault_epoch_root BEFORE INSERT OR UPDATE OF wrapped ON vault_epoch_key
    FOR EACH ROW EXECUTE FUNCTION vault_guard_root('wrapped', '0');
CREATE TRIGGER vault_index_root BEFORE INSERT OR UPDATE OF wrapped ON vault_search_index
    FOR EACH ROW EXECUTE FUNCTION vault_guard_root('wrapped', '0');
CREATE TRIGGER vault_connection_root BEFORE INSERT OR UPDATE OF secret ON people_connection
    FOR EACH ROW EXECUTE FUNCTION vault_guard_root('secret', '4');
CREATE TRIGGER vault_connection_draft_root BEFORE INSERT OR UPDATE OF draft_secret ON people_connection
    FOR EACH ROW EXECUTE FUNCTION vault_guard_root('draft_secret', '4');
CREATE TRIGGER vault_factor_root BEFORE INSERT OR UPDATE OF data ON mfa_authenticator
    FOR EACH ROW EXECUTE FUNCTION vault_guard_factor();
"""
BACK = """
DROP TRIGGER vault_factor_root ON mfa_authenticator;
DROP TRIGGER vault_connection_draft_root ON people_connection;
DROP TRIGGER vault_connection_root ON people_connection;
DROP TRIGGER vault_index_root ON vault_search_index;
DROP TRIGGER vault_epoch_root ON vault_epoch_key;
DROP FUNCTION vault_guard_factor();
DROP FUNCTION vault_guard_root();
DROP FUNCTION vault_check_root(bytea);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('mfa', '0003_authenticator_type_uniq'),
        ('people', '0010_guarding'),
        ('vault', '0004_suite_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RootKey',
            fields=[
                ('number', models.IntegerField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('suite', models.SmallIntegerField()),
                ('fingerprint', models.CharField(blank=True, default='', max_length=64)),
                ('state', models.CharField(choices=[('prepared', 'Prepared'), ('current', 'Current'), ('retiring', 'Retiring'), ('retired', 'Retired'), ('destroying', 'Destroying'), ('destroyed', 'Destroyed')], max_length=10)),
                ('since', models.DateTimeField()),
            ],
            options={
                'db_table': 'vault_root_key',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state__in', ['prepared', 'current', 'retiring'])), fields=('state',), name='vault_root_one_of_each'),
                    models.CheckConstraint(condition=models.Q(('state', 'prepared'), models.Q(('fingerprint', ''), _negated=True), _connector='OR'), name='vault_root_has_a_fingerprint'),
                ],
            },
        ),
        migrations.RunSQL(GUARD, BACK),
    ]
