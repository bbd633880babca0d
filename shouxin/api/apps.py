from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "shouxin.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouxin.api.problems import page
        from shouxin.console.errors import elsewhere

        elsewhere.register("/api/", page)
