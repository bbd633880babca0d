"""What was joined to a request that is taken back, or whose asker nobody could identify, is heard by itself."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION rights_case_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('received', 'identity'), ('received', 'handling'), ('identity', 'handling'), ('identity', 'deciding'),
        ('handling', 'deciding'), ('handling', 'answered'), ('handling', 'watching'), ('deciding', 'watching'),
        ('deciding', 'answered'), ('deciding', 'handling'), ('deciding', 'identity'), ('watching', 'answered'),
        ('received', 'withdrawn'), ('identity', 'withdrawn'), ('handling', 'withdrawn'), ('deciding', 'withdrawn'),
        ('received', 'duplicate'), ('identity', 'duplicate'), ('handling', 'duplicate'), ('answered', 'handling'),
        ('answered', 'identity'), ('duplicate', 'received')) THEN
        RAISE EXCEPTION 'rights_case: % does not follow %', NEW.state, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'answered' AND NEW.state <> 'answered' AND (NEW.score IS NULL OR NOT NEW.escalated) THEN
        RAISE EXCEPTION 'rights_case: only what was rated badly opens again' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = NEW.state AND OLD.state IN ('answered', 'withdrawn', 'duplicate')
        AND (NEW.outcome, NEW.reason, NEW.closed_at) IS DISTINCT FROM (OLD.outcome, OLD.reason, OLD.closed_at) THEN
        RAISE EXCEPTION 'rights_case: what was answered stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
UNDO = """
CREATE OR REPLACE FUNCTION rights_case_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('received', 'identity'), ('received', 'handling'), ('identity', 'handling'), ('identity', 'deciding'),
        ('handling', 'deciding'), ('handling', 'answered'), ('handling', 'watching'), ('deciding', 'watching'),
        ('deciding', 'answered'), ('deciding', 'handling'), ('deciding', 'identity'), ('watching', 'answered'),
        ('received', 'withdrawn'), ('identity', 'withdrawn'), ('handling', 'withdrawn'), ('deciding', 'withdrawn'),
        ('received', 'duplicate'), ('identity', 'duplicate'), ('handling', 'duplicate'), ('answered', 'handling'),
        ('answered', 'identity')) THEN
        RAISE EXCEPTION 'rights_case: % does not follow %', NEW.state, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'answered' AND NEW.state <> 'answered' AND (NEW.score IS NULL OR NOT NEW.escalated) THEN
        RAISE EXCEPTION 'rights_case: only what was rated badly opens again' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = NEW.state AND OLD.state IN ('answered', 'withdrawn', 'duplicate')
        AND (NEW.outcome, NEW.reason, NEW.closed_at) IS DISTINCT FROM (OLD.outcome, OLD.reason, OLD.closed_at) THEN
        RAISE EXCEPTION 'rights_case: what was answered stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [("rights", "0009_downloads")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
