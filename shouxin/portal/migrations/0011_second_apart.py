"""Whether a second code went by another way than the first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_extension_letters")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="second_apart",
            field=models.BooleanField(default=False, db_default=False),
        )
    ]
