"""What rests on the tree of departments learns of its changes as it learns of changed rules: by the token."""

from django.db import migrations

WATCH = """
INSERT INTO rulebook_tablerevision (name, token) VALUES ('people_department', gen_random_uuid());
CREATE TRIGGER rulebook_touch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON people_department
    FOR EACH STATEMENT EXECUTE FUNCTION rulebook_touch();
"""
GONE = """
DROP TRIGGER rulebook_touch ON people_department;
DELETE FROM rulebook_tablerevision WHERE name = 'people_department';
"""


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0018_consents_end"), ("people", "0024_sms_gateway")]
    operations = [migrations.RunSQL(WATCH, GONE)]
