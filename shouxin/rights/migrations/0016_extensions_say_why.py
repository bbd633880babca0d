"""An extension says why, and a case remembers its first answer and the last day that stood then."""

from django.db import migrations, models
from django.db.models import Q

# What was opened again since has lost the day that stood: it is known from its next answer on.
ANSWERED = """
UPDATE rights_case SET first_answered_at = COALESCE(decided_at, proposed_at, closed_at), first_stop_on = stop_on
WHERE state IN ('answered', 'watching') AND COALESCE(decided_at, proposed_at, closed_at) IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("rights", "0015_scores_of_whom")]

    operations = [
        migrations.AddField(
            model_name="case", name="extension", field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(model_name="case", name="first_answered_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="case", name="first_stop_on", field=models.DateField(null=True)),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(extension="") | Q(extended_at__isnull=False), name="rights_case_extension_of_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(first_answered_at__isnull=True, first_stop_on__isnull=True)
                | Q(first_answered_at__isnull=False, first_stop_on__isnull=False),
                name="rights_case_first_answer",
            ),
        ),
        migrations.RunSQL(ANSWERED, migrations.RunSQL.noop),
    ]
