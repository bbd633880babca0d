from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "shouxin.drafts"
    label = "drafts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.drafts import explanations, holdings, keeping, menu, ties  # noqa: F401 - signing up is their import
