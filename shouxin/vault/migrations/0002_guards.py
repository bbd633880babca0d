"""The state machine in the database, storage that suits ciphertext, and the register of suites."""

from django.db import migrations

GUARD = """
CREATE FUNCTION vault_guard_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'collected' THEN
            RAISE EXCEPTION 'a storage group begins as collected, not as %', NEW.state
                USING ERRCODE = 'check_violation', CONSTRAINT = 'vault_group_transition';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the record of a storage group is kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vault_group_kept';
    END IF;
    IF (NEW.customer_id, NEW.storage_group) <> (OLD.customer_id, OLD.storage_group) THEN
        RAISE EXCEPTION 'a storage group does not change hands'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vault_group_kept';
    END IF;
    IF NOT (OLD.state, NEW.state) IN (
        ('collected', 'in_use'), ('collected', 'locked'), ('collected', 'destroyed'),
        ('in_use', 'locked'), ('in_use', 'destroyed'),
        ('locked', 'in_use'), ('locked', 'destroyed')
    ) THEN
        RAISE EXCEPTION 'a storage group cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vault_group_transition';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER vault_group_begins BEFORE INSERT ON vault_group
    FOR EACH ROW WHEN (NEW.state <> 'collected') EXECUTE FUNCTION vault_guard_group();
CREATE TRIGGER vault_group_steps BEFORE UPDATE OF state, customer_id, storage_group ON vault_group
    FOR EACH ROW WHEN (
        OLD.state IS DISTINCT FROM NEW.state OR OLD.customer_id <> NEW.customer_id
        OR OLD.storage_group <> NEW.storage_group
    ) EXECUTE FUNCTION vault_guard_group();
CREATE TRIGGER vault_group_kept BEFORE DELETE ON vault_group
    FOR EACH ROW EXECUTE FUNCTION vault_guard_group();

CREATE FUNCTION vault_guard_data_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM made JOIN vault_algorithm USING (suite) WHERE status = 'outdated') THEN
        RAISE EXCEPTION 'an outdated suite is forbidden for new values'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'vault_data_key_suite';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER vault_data_key_suite AFTER INSERT ON vault_data_key REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION vault_guard_data_key();
"""

STORAGE = """
ALTER TABLE vault_sealed_record ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE vault_sealed_history ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE vault_group SET (fillfactor = 85);
ALTER TABLE vault_sealed_record SET (fillfactor = 85);
"""

SUITES = """
INSERT INTO vault_algorithm (suite, name, status, since) VALUES
    (1, 'aes-256-gcm+hmac-sha256', 'allowed', now()), (2, 'sm4-gcm+hmac-sm3', 'allowed', now())
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [
        migrations.RunSQL(
            GUARD,
            """DROP TRIGGER vault_data_key_suite ON vault_data_key; DROP FUNCTION vault_guard_data_key;
            DROP TRIGGER vault_group_kept ON vault_group; DROP TRIGGER vault_group_steps ON vault_group;
            DROP TRIGGER vault_group_begins ON vault_group; DROP FUNCTION vault_guard_group""",
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(SUITES, "DELETE FROM vault_algorithm"),
    ]
