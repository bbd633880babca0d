from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "shouxin.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign up the connections of the server itself."""
        from shouxin.kit import connections, mail
        from shouxin.operations import explanations, menu  # noqa: F401 - signing up is its import
        from shouxin.operations.queue import events  # noqa: F401 - likewise
        from shouxin.operations.server import outside

        for one in (outside.DATABASE, mail.CONNECTION, outside.SMS):
            connections.register(one)
