"""Which department a complaint is about is said before it is answered, also that it is none of them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0024_sms_gateway'),
        ('rights', '0016_extensions_say_why'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='accused_named',
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(
            'UPDATE rights_case SET accused_named = true WHERE accused_id IS NOT NULL', migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('accused__isnull', True), models.Q(('accused_named', True), ('kind', 'complaint')), _connector='OR'), name='rights_case_accused_is_named'),
        ),
    ]
