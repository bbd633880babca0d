from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "shouxin.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"
