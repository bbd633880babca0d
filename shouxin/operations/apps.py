from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "shouxin.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign up the connection to the database."""
        from shouxin.kit import connections
        from shouxin.operations.server import outside

        connections.register(outside.DATABASE)
