from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "shouxin.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign up the connection to the database."""
        from shouxin.kit import connections
        from shouxin.operations import menu  # noqa: F401 - signing up is its import
        from shouxin.operations.server import outside

        connections.register(outside.DATABASE)
