from importlib import import_module

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "shouxin.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign up the journal's events, what stands before the first request, and the sealer of small secrets."""
        import_module("shouxin.vault.events")
        import_module("shouxin.vault.holdings")
        import_module("shouxin.vault.menu")
        import_module("shouxin.vault.notice_kinds")
        import_module("shouxin.vault.explanations")
        import_module("shouxin.vault.jobs").register()
        import_module("shouxin.vault.small_secrets").register()
