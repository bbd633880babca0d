from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0023_also_under")]

    operations = [migrations.DeleteModel(name="SearchResult")]
