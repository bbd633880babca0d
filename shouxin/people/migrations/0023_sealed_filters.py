from django.db import migrations, models

# Fields that are typed and may name somebody; what earlier versions kept of them in clear is dropped.
TYPED = ("words", "who", "supplier")


def forget_typed(apps, editor):
    of = editor.connection.alias
    apps.get_model("people", "ListQuery").objects.using(of).all().delete()
    saved = apps.get_model("people", "SavedFilter").objects.using(of)
    for row in saved.filter(query__has_any_keys=list(TYPED)):
        row.query = {one: text for one, text in row.query.items() if one not in TYPED}
        if set(row.query) - {"sort"}:
            row.save(update_fields=["query"])
        else:
            row.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0022_guard_portal'),
    ]

    operations = [
        migrations.AddField(
            model_name='listquery',
            name='sealed',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='savedfilter',
            name='sealed',
            field=models.BinaryField(null=True),
        ),
        migrations.RunPython(forget_typed, migrations.RunPython.noop),
    ]
