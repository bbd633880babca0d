from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "shouxin.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.rights import explanations, menu, notice_kinds  # noqa: F401 - signing up is their import
        from shouxin.rights.cases import events, keeping, proving  # noqa: F401 - likewise
