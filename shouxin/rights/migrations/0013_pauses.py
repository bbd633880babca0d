"""The reasons to stop the clock in the words that the person reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0012_relatives")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="pause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("proof", "等申请人补交身份证明"),
                    ("clarify", "等申请人说明要求"),
                    ("dispute", "争议或诉讼期间"),
                ],
                max_length=10,
            ),
        )
    ]
