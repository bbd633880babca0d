from importlib import import_module

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "shouxin.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign up the events of the journal and what has to stand before the first request."""
        import_module("shouxin.vault.events")
        import_module("shouxin.vault.jobs").register()
