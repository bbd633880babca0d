from importlib import import_module

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "shouxin.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("shouxin.vault.events")
