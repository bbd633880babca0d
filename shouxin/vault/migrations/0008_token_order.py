from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0007_search_index")]

    operations = [
        migrations.RemoveIndex(model_name="searchtoken", name="vault_token_find"),
        migrations.AddIndex(
            model_name="searchtoken",
            index=models.Index(
                fields=["field", "kind", "version", "token", "customer_id"], name="vault_token_find"
            ),
        ),
    ]
