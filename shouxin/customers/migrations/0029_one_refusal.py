from django.db import migrations

# An objection to being counted is a refusal of the purpose of the analysis: it stands where all refusals stand.
MOVE = """
INSERT INTO customers_refused_purpose (id, customer_id, purpose, kind, since, entry, lifted_at)
SELECT o.id, o.customer_id, 'customer_analysis', 'objected', o.at,
       COALESCE((SELECT e.id FROM journal_entry e WHERE e.event = 'segments.objected' AND e.customer = o.customer_id
                 ORDER BY e.at DESC LIMIT 1), o.id), NULL
FROM customers_segment_objection o
WHERE NOT EXISTS (SELECT 1 FROM customers_refused_purpose r WHERE r.customer_id = o.customer_id
                  AND r.purpose = 'customer_analysis' AND r.lifted_at IS NULL)
"""
BACK = """
INSERT INTO customers_segment_objection (id, customer_id, at, by)
SELECT DISTINCT ON (r.customer_id) r.id, r.customer_id, r.since, e.actor
FROM customers_refused_purpose r JOIN journal_entry e ON e.id = r.entry
WHERE r.purpose = 'customer_analysis' AND r.lifted_at IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0028_guardians'),
        ('journal', '0002_a_purpose_and_checks'),
    ]

    operations = [
        migrations.RunSQL(MOVE, BACK),
        migrations.DeleteModel(name='Objection'),
    ]
