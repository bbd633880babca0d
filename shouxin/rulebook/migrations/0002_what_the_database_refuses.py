"""Triggers: caches learn of every change; grades, states and approved texts are kept by the database itself."""

from django.db import migrations

WATCHED = [
    "field", "maskingrule", "retentionrule", "legalbasis", "notice", "noticeversion", "purpose", "purposefield",
    "purpose_department",
]

REVISION = """
CREATE FUNCTION rulebook_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rulebook_rulerevision (id, token) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET token = excluded.token;
    RETURN NULL;
END $$;
INSERT INTO rulebook_rulerevision (id, token) VALUES (1, gen_random_uuid());
""" + "\n".join(
    f"CREATE TRIGGER rulebook_touch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON rulebook_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION rulebook_touch();"
    for table in WATCHED
)

FIELD = """
CREATE FUNCTION rulebook_field_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.activated_at IS NOT NULL AND (
        NEW.storage_group <> OLD.storage_group OR NEW.record <> OLD.record OR NEW.activated_at IS NULL
    ) THEN
        RAISE EXCEPTION 'field %: values are sealed in its storage group; it cannot move', OLD.key
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.level < OLD.level AND NOT EXISTS (
        SELECT 1 FROM rulebook_levellowering
        WHERE field_id = OLD.key AND confirmed AND from_level = OLD.level AND to_level = NEW.level
    ) THEN
        RAISE EXCEPTION 'field %: a lower level needs two approvers', OLD.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rulebook_field_guard BEFORE UPDATE ON rulebook_field
    FOR EACH ROW EXECUTE FUNCTION rulebook_field_guard();
"""

PURPOSE = """
CREATE FUNCTION rulebook_purpose_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'purpose %: begins as a draft', NEW.key USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'purpose %: only a draft can be removed', OLD.key USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status || '>' || NEW.status) NOT IN (
        'draft>submitted', 'submitted>draft', 'submitted>approved', 'approved>active',
        'approved>draft', 'active>draft', 'approved>retired', 'active>retired'
    ) THEN
        RAISE EXCEPTION 'purpose %: % cannot become %', OLD.key, OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status <> 'draft' AND (
        NEW.key, NEW.name_zh, NEW.name_en, NEW.description_zh, NEW.description_en, NEW.basis_id, NEW.article_id,
        NEW.handler, NEW.subjects_zh, NEW.subjects_en, NEW.roles, NEW.services, NEW.use, NEW.retention_rule_id,
        NEW.recipients_zh, NEW.recipients_en, NEW.department_id, NEW.notice_id
    ) IS DISTINCT FROM (
        OLD.key, OLD.name_zh, OLD.name_en, OLD.description_zh, OLD.description_en, OLD.basis_id, OLD.article_id,
        OLD.handler, OLD.subjects_zh, OLD.subjects_en, OLD.roles, OLD.services, OLD.use, OLD.retention_rule_id,
        OLD.recipients_zh, OLD.recipients_en, OLD.department_id, OLD.notice_id
    ) THEN
        RAISE EXCEPTION 'purpose %: only a draft can be edited', OLD.key USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'active' AND OLD.status <> 'active' AND NOT EXISTS (
        SELECT 1 FROM rulebook_noticeversion WHERE notice_id = NEW.notice_id AND approved_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'purpose %: its notice has no approved version', OLD.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rulebook_purpose_guard BEFORE INSERT OR UPDATE OR DELETE ON rulebook_purpose
    FOR EACH ROW EXECUTE FUNCTION rulebook_purpose_guard();

CREATE FUNCTION rulebook_purpose_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
    state text;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    SELECT status INTO state FROM rulebook_purpose WHERE key = part.purpose_id FOR SHARE;
    IF state <> 'draft' THEN
        RAISE EXCEPTION 'purpose %: only a draft can be edited', part.purpose_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN part;
END $$;
CREATE TRIGGER rulebook_purpose_part_guard BEFORE INSERT OR UPDATE OR DELETE ON rulebook_purposefield
    FOR EACH ROW EXECUTE FUNCTION rulebook_purpose_part_guard();
CREATE TRIGGER rulebook_purpose_part_guard BEFORE INSERT OR UPDATE OR DELETE ON rulebook_purpose_department
    FOR EACH ROW EXECUTE FUNCTION rulebook_purpose_part_guard();
"""

NOTICE = """
CREATE FUNCTION rulebook_notice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'notice % version %: an approved text never changes', OLD.notice_id, OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rulebook_notice_guard BEFORE UPDATE OR DELETE ON rulebook_noticeversion
    FOR EACH ROW EXECUTE FUNCTION rulebook_notice_guard();
"""

UNDO = "\n".join(
    [f"DROP TRIGGER rulebook_touch ON rulebook_{table};" for table in WATCHED]
    + [
        "DROP TRIGGER rulebook_field_guard ON rulebook_field;",
        "DROP TRIGGER rulebook_purpose_guard ON rulebook_purpose;",
        "DROP TRIGGER rulebook_purpose_part_guard ON rulebook_purposefield;",
        "DROP TRIGGER rulebook_purpose_part_guard ON rulebook_purpose_department;",
        "DROP TRIGGER rulebook_notice_guard ON rulebook_noticeversion;",
        "DROP FUNCTION rulebook_touch, rulebook_field_guard, rulebook_purpose_guard, rulebook_purpose_part_guard, "
        "rulebook_notice_guard;",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_catalogue_and_purposes")]
    operations = [migrations.RunSQL(REVISION + FIELD + PURPOSE + NOTICE, UNDO)]
