from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "shouxin.gate"
    label = "gate"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.gate import events, menu, providers, ties  # noqa: F401 - signing up is their import
